"""Evidence of an incident, as a drill's journal tells it: what was kept, and whether the harness found it so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic.dataclasses import dataclass

from reports.typed import EXACT, Count, Moment


@dataclass(frozen=True, config=EXACT)
class File:
    """A file of it, by its path in the folder; its hash is the harness's own."""

    path: str
    sha256: str
    bytes: Count


@dataclass(frozen=True, config=EXACT)
class Evidence:
    """The scene, kept before anything changed it. Event `evidence`; `at`: all of it was there."""

    folder: str
    at: Moment
    files: list[File]


@dataclass(frozen=True, config=EXACT)
class EvidenceSeen:
    """A look of the harness at evidence, when it was `taken` or at the drill's `end`. Event `evidence_seen`.

    `wrong` says what is not as it must be, a sentence each.
    """

    when: Literal["taken", "end"]
    wrong: list[str]


def failings(evidence: Sequence[Evidence], seen: Sequence[EvidenceSeen], changes: Sequence[Moment]) -> list[str]:
    """What is wrong with it; `changes` are the moments of containment and rollback, before which it must be taken."""
    found = [f"evidence: {wrong}" for look in seen for wrong in look.wrong]
    late = [kept for kept in evidence if changes and kept.at >= min(changes)]
    return found + [f"evidence: {kept.folder} was taken after the host had been changed" for kept in late]


def gaps(evidence: Sequence[Evidence], seen: Sequence[EvidenceSeen]) -> list[str]:
    """Looks that are missing."""
    if not evidence:
        return []
    looked = {look.when for look in seen}
    shown = {"taken": "that it is what was there", "end": "that it is still there"}
    return [f"evidence: {what} is not shown" for when, what in shown.items() if when not in looked]
