"""Text from hosts and procedures, made fit to be shown: nothing hidden, nothing endless, nothing that acts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures import count
from reports.record import Line

LONGEST_LINE = 400  # characters of one line of output that are shown

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, format (bidi), surrogate, line and paragraph separators


def visible(text: str) -> str:
    """The text with every character that acts rather than shows replaced by a sign for it; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in _UNSEEN else _sign(c) for c in text)


def first_line(text: str) -> str:
    """The first line that says anything, on which the sentence must stand alone; `(no message)` if there is none."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "(no message)")


def one_line(text: str) -> str:
    """The text with each stretch of white space and line ends as one space."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, and how many were cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … [{count(len(text) - limit, 'character')} cut]"


@dataclass(frozen=True)
class Excerpt:
    """What is shown of a procedure's output: its head, its tail, and a sentence for what is missing between them."""

    head: Sequence[Line]
    cut: str
    tail: Sequence[Line]


def excerpt(lines: Sequence[Line], most: int = 200, characters: int = 10_000) -> Excerpt:
    """All lines where they fit; else the first and the last, each half of `most` lines and `characters`."""
    head = _fitting(lines, most // 2, characters // 2)
    tail = _fitting(lines[: head - 1 if head else None : -1], most // 2, characters // 2)
    missing = len(lines) - head - tail
    if missing <= 0:
        return Excerpt(lines[:head], "", lines[head:])
    cut = f"{count(missing, 'line')} of {len(lines):,} not shown here; the journal has them all."
    return Excerpt(lines[:head], cut, lines[len(lines) - tail :])


def _fitting(lines: Sequence[Line], most: int, characters: int) -> int:
    """How many lines from the first fit; a line counts as the page shortens it."""
    used = 0
    for number, line in enumerate(lines[:most]):
        used += min(len(line.text), LONGEST_LINE)
        if used > characters:
            return number
    return min(len(lines), most)


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return f"\\u{code:04x}"
