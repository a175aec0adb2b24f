"""The log: a time-stamped line a step, to the operator and to one file that only grows (H25)."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Optional, TextIO


class RunLog:
    """Lines go to standard output and to <folder>/rollback.log; to standard error goes a failure's sentence, alone.

    Neither a folder that cannot be written nor a terminal that went away (a dropped ssh) ends a rollback half-way.
    """

    def __init__(self, folder: Path) -> None:
        self._file: Optional[int] = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(folder / "rollback.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        except OSError as error:
            _say(sys.stdout, f"the log cannot be written, going on without it: {error}")

    def step(self, text: str) -> None:
        """One step that was taken, or one fact that was found."""
        _say(sys.stdout, self._record(text))

    def failed(self, sentence: str) -> None:
        """Why the program ends."""
        self._record(sentence)
        _say(sys.stderr, sentence)

    def detail(self, text: str) -> None:
        """What only whoever mends the program wants to read."""
        self._record(text)

    @staticmethod
    def say_only(sentence: str) -> None:
        """Why the program ends, where it does not know yet where its log is."""
        _say(sys.stderr, sentence)

    def _record(self, text: str) -> str:
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        line = f"{now} [{os.getpid()}] {' '.join(text.split())}"
        if self._file is not None:
            try:
                os.write(self._file, f"{line}\n".encode(errors="backslashreplace"))
            except OSError as error:
                self._file = None
                _say(sys.stdout, f"the log cannot be written, going on without it: {error}")
        return line


def _say(stream: Optional[TextIO], line: str) -> None:
    if stream is None:
        return  # It was closed before the program began.
    try:
        stream.write(f"{line}\n")
        stream.flush()
    except (OSError, ValueError):
        # Nobody reads any more. What stays in the buffer must not fail once more when the interpreter ends.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
