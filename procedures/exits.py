"""What an exit status means. The same number means the same in every program here.

==  =====================================================================================
 0  done, and verified
 1  an unexpected error; its sentence says which
 2  usage or configuration
 3  cancelled; nothing was changed
 4  no usable backup: unknown, damaged, incomplete, invalid, unstable, or of another schema
 5  refused: a deploy or another run is in progress, something is in use, nginx -t fails, or evidence is there
 6  not enough space; nothing was changed
 7  not enough rights; nothing was changed
 8  failed or interrupted before the data was changed; what had been done was undone
 9  all is restored, but the right release does not answer, or the right page is not served
10  all is restored and the service is back, but the last verification failed
11  stopped half-way: run the same program again, and it finishes
12  the backup is kept, but it is not stable: not every check held
13  no version was named: they are listed, and nothing was changed
14  the evidence is kept, but not all of the scene could be taken: what is missing is named
==  =====================================================================================
"""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """The table above, by name."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    CANCELLED = 3
    NO_BACKUP = 4
    REFUSED = 5
    NO_SPACE = 6
    NO_RIGHTS = 7
    UNDONE = 8
    NO_SERVICE = 9
    NOT_VERIFIED = 10
    HALF_WAY = 11
    NOT_STABLE = 12
    NOT_CHOSEN = 13
    NOT_ALL = 14


class Failure(Exception):
    """The program ends here: one sentence for the operator, one exit status for whatever called it."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def described(error: BaseException) -> str:
    """An error as part of a sentence: never empty, never more than a line."""
    text = " ".join(str(error).split())
    kind = type(error).__name__
    if text and isinstance(error, (Failure, OSError)):
        return text
    return f"{kind}: {text}" if text else kind
