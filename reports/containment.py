"""Containment in a drill, as its journal tells it: what was switched off, what was tried, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic.dataclasses import dataclass

from reports import figures
from reports.typed import EXACT, Count, Moment

_NOBODY = (None, 502, 504)  # no answer, or a proxy's in its place


@dataclass(frozen=True, config=EXACT)
class Tried:
    """A request that was sent to see what becomes of it.

    `what` is method and path; `status` of the answer, None where none came; `refused`: with the status and in the words
    that stack.toml declares, and nothing was written.
    """

    what: str
    status: int | None
    refused: bool

    @property
    def reads(self) -> bool:
        """It only asks."""
        return self.what.startswith("GET ")

    @property
    def taken(self) -> bool:
        """It was answered as if nothing were contained."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.what} was {'not answered' if self.status is None else f'answered {self.status}'}"


@dataclass(frozen=True, config=EXACT)
class Contained:
    """Switches of containment that were put on while the service runs. Event `contained`; `at`: all of them were on."""

    switches: list[str]
    at: Moment
    tried: list[Tried]


@dataclass(frozen=True, config=EXACT)
class Lifted:
    """Containment's end. Event `lifted`; `at`: from here on the switches went off.

    `tried` was tried after it. Of the drill's own writers meanwhile: how many writes were `refused` in containment's
    words, and how many were `let_through`, sent and acknowledged, by method and path.
    """

    at: Moment
    tried: list[Tried]
    refused: Count
    let_through: dict[str, Count]


def failings(contained: Sequence[Contained], lifted: Sequence[Lifted]) -> list[str]:
    """What was let through, what was not refused, and what was refused that must not be; a sentence each."""
    found = []
    for one in (one for each in contained for one in each.tried):
        if one.reads and one.refused:
            found.append(f"the containment refuses reads: {one}")
        elif not one.reads and one.taken:
            found.append(f"the containment let a write through: {one}")
        elif not one.reads and not one.refused and one.status not in _NOBODY:
            found.append(f"the containment does not refuse what it must: {one}")
    for each in lifted:
        found += [
            f"the containment let {figures.count(number, 'acknowledged write')} through: {what}"
            for what, number in each.let_through.items()
        ]
        found += [f"the containment was lifted, and writes are not taken again: {o}" for o in each.tried if not o.taken]
    return found


def gaps(contained: Sequence[Contained], lifted: Sequence[Lifted]) -> list[str]:
    """What was to be shown of it, and is not."""
    found = []
    for each in contained:
        writes = [one for one in each.tried if not one.reads]
        if not writes:
            found.append("contained, no write was tried: that they are refused is not shown")
        found += [f"contained, {o}: that it is refused is not shown" for o in writes if o.status in _NOBODY]
        if not any(one.reads and one.taken for one in each.tried):
            found.append("contained, no read was answered: that reads go on is not shown")
    if contained and (not lifted or lifted[-1].at < contained[-1].at):
        found.append("the containment was not lifted")
    return found
