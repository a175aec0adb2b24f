"""An exploration as its journal tells it: where a procedure was interrupted, and what became of the host.

Its first event is `exploration` where a drill's is `drill`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass

from reports import journal
from reports.record import understood
from reports.text import one_line, visible
from reports.typed import EXACT

EVENT = "exploration"
SURVIVED, NOT_EXPLORED = "survived", "not explored"
OUTCOMES = ("false success", "failed", NOT_EXPLORED, SURVIVED)  # the worst first


@dataclass(frozen=True, config=EXACT)
class Call:
    """One call by which the procedure changes the host. `line` is the script's, where it could be told."""

    number: int
    call: str
    effect: str
    paths: list[str]
    command: str
    line: str


@dataclass(frozen=True, config=EXACT)
class Explored:
    """One fault at one call: the outcome, what was wrong, and the state of each scope that was found after it.

    `status` is the interrupted run's, `again` that of the second run, which had no fault (None: it was not run, or had
    to be ended).
    """

    id: str
    number: int
    fault: str
    outcome: str
    wrong: list[str]
    states: dict[str, str]
    status: int | None
    again: int | None
    said: str
    seconds: float


@dataclass(config=EXACT)
class Exploration:
    """Everything that the journal of an exploration says. `points` are all there are, `planned` those to be tried."""

    path: Path
    stack: str
    kind: str
    merged: bool
    command: str = ""  # of a host that did not come to be prepared
    harm: str = ""
    calls: list[Call] = field(default_factory=list)
    points: int = 0
    planned: list[str] = field(default_factory=list)
    explored: dict[str, Explored] = field(default_factory=dict)
    closed: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many of the planned points have each outcome, the worst first; one that is not there is not explored."""
        found = Counter(self.explored[id_].outcome if id_ in self.explored else NOT_EXPLORED for id_ in self.planned)
        return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}

    @property
    def survived(self) -> int:
        """How many points the procedure survived."""
        return self.counts.get(SURVIVED, 0)

    @property
    def holds(self) -> bool:
        """Whether every point was explored, and survived; an exploration without any shows nothing."""
        return self.closed and bool(self.planned) and self.survived == len(self.planned)

    @property
    def failing(self) -> list[Explored]:
        """The points that were tried and did not survive, the worst first."""
        wrong = [point for point in self.explored.values() if point.outcome != SURVIVED]
        return sorted(wrong, key=lambda point: OUTCOMES.index(point.outcome))

    @property
    def not_tried(self) -> list[str]:
        """The ids of the planned points that were not tried."""
        return [id_ for id_ in self.planned if id_ not in self.explored]

    @property
    def line_of_points(self) -> list[tuple[Call, list[Explored], str]]:
        """The procedure from its first call to its last, each with the points tried at it, and the worst outcome."""
        by_number: dict[int, list[Explored]] = {}
        for point in self.explored.values():
            by_number.setdefault(point.number, []).append(point)
        found = []
        for call in self.calls:
            its = by_number.get(call.number, [])
            worst = min((point.outcome for point in its), key=OUTCOMES.index, default="")
            found.append((call, its, worst))
        return found


def load(path: Path) -> Exploration:
    """Read a journal.

    Raises:
        ValueError: it is damaged, of something else, or holds an event that this version does not know.
        OSError: the file cannot be read.
    """
    return understood(path, EVENT, _fold)


def tried(path: Path) -> list[dict[str, Any]]:
    """The points that a journal has, as they were written, for another run to take over."""
    events = [event for event in journal.read(path) if event["event"] == "explored"]
    return [{k: v for k, v in event.items() if k not in ("event", "at")} for event in events]


def _fold(path: Path, events: list[dict[str, Any]]) -> Exploration:
    first, *rest = events
    found = Exploration(path=path, **{k: v for k, v in first.items() if k not in ("event", "at")})
    for event in rest:
        data = {k: v for k, v in event.items() if k not in ("event", "at")}
        match event["event"]:
            case "scene":
                found.command, found.harm = data["command"], data["harm"]
            case "recorded":
                found.calls = [Call(**call) for call in data["calls"]]
                found.points, found.planned = data["points"], data["planned"]
            case "explored":
                found.explored[data["id"]] = Explored(**data)
            case "closed":
                found.closed = True
            case other:
                raise ValueError(
                    f"{path}: event {other!r} is unknown to this version (journal schema {journal.SCHEMA})"
                )
    return found


def line(found: Exploration) -> str:
    """What became of it, as one line of the terminal."""
    counts = ", ".join(f"{number} {outcome}" for outcome, number in found.counts.items()) or "no point"
    verdict = "survived" if found.holds else "failed"
    columns = [found.stack, found.kind, f"{len(found.planned)} of {found.points} points to be tried: {counts}"]
    return visible(f"{verdict:<15}{'  '.join(one_line(column) for column in columns)}")
