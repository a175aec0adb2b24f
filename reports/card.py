"""What the page shows of one drill, beyond what its record says by itself: bars, groups, sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from reports import figures, recovery
from reports.matrix import Matrix
from reports.record import CheckResult, Execution, Record, Stage, WrongRow
from reports.timeline import Timeline, timeline
from reports.verdict import Judgement, judge

STAGES: tuple[Stage, ...] = ("before", "damaged", "after")

PARTS = {
    "before": "acknowledged before the backup started: none may be lost",
    "between": "sent or acknowledged while the backup ran: may be in it or not",
    "after": "sent after the backup ended: what going back to it costs",
    "rollback": "in flight while the rollback ran",
    "restored": "sent after the rollback ended: none may be lost",
}


LEGS = {
    "back": {True: "The host was again as it was before the rollback.", False: "The way back does not lead back."},
    "rerun": {
        True: "Rolled back once more: the same as the first time.",
        False: "Rolled back once more: not the same as the first time.",
    },
    "rerun again": {
        True: "The same again, over itself: nothing changed.",
        False: "The same again, over itself, does not leave things alone.",
    },
}


@dataclass(frozen=True)
class Clock:
    """One of the three clocks; `width` and `limit_at` are percent of a scale that all three share."""

    name: str
    meaning: str
    shown: str
    objective: str
    held: bool | None  # None: no objective, or nothing known
    width: float
    limit_at: float | None


@dataclass(frozen=True)
class CheckRow:
    """One check at the three stages; None where it did not run."""

    name: str
    when: str
    at: dict[Stage, CheckResult | None]


@dataclass(frozen=True)
class Cell:
    """One column of a wrong row; None where the row itself is not there."""

    column: str
    expected: str | None
    found: str | None

    @property
    def differs(self) -> bool:
        """The two are not the same; a row that is not there differs in all its columns."""
        return self.expected != self.found


@dataclass(frozen=True)
class Card:
    """A drill, ready for the page."""

    anchor: str
    record: Record

    @cached_property
    def judgement(self) -> Judgement:
        """The verdict and its causes."""
        return judge(self.record)

    @cached_property
    def timeline(self) -> Timeline | None:
        """The drill on one axis of time."""
        return timeline(self.record)

    @cached_property
    def matrix(self) -> Matrix:
        """Which check caught which sabotage."""
        return Matrix(self.record.sabotages)

    @property
    def verdict(self) -> str:
        """The verdict's word."""
        return self.judgement.verdict.value

    @property
    def claim(self) -> str:
        """What the procedure says by its exit status."""
        return claim(self.record.rollback_run)

    @property
    def finding(self) -> str:
        """What the checks say."""
        ran, red = len(self.record.at_stage("after")), len(self.record.red("after"))
        if not ran:
            return "No check ran after the rollback."
        if not red:
            return f"All {figures.count(ran, 'check')} hold." if ran > 1 else "The one check holds."
        return f"{red} of {figures.count(ran, 'check')} {'does' if red == 1 else 'do'} not hold."

    @property
    def clocks(self) -> list[Clock]:
        """Rollback time, recovery time and outage, on one scale."""
        record = self.record
        windows = len(record.outages)
        values = (record.rollback_seconds, record.recovery_seconds, record.outage_seconds)
        limits = (record.objectives.get("rollback"), record.objectives.get("recovery"), None)
        scale = max((v for v in (*values, *limits) if v is not None), default=0) or 1.0
        names = (
            ("Rollback time", "the procedure's start to its end", "none ran"),
            (
                "Recovery time",
                "its end until the host serves rightly",
                "never" if record.never_recovered else "not known",
            ),
            ("Outage", f"failures seen by name, in {figures.count(windows, 'window')}", "not known"),
        )
        return [
            Clock(
                name=name,
                meaning=meaning,
                shown=missing if value is None else figures.span(value),
                objective="no objective" if limit is None else f"objective: under {figures.limit(limit)}",
                held=_held(value, limit, never=missing == "never"),
                width=100 * max(0.0, value or 0) / scale,
                limit_at=None if limit is None else 100 * limit / scale,
            )
            for (name, meaning, missing), value, limit in zip(names, values, limits, strict=True)
        ]

    @property
    def loss_share_means(self) -> str:
        """The first figure of the loss, as a sentence."""
        loss, limit = self.record.loss, self.record.objectives.get("loss")
        if loss is None:
            return "The loss could not be counted."
        rows = figures.count(loss.rows_before_damage + loss.acked_since, "row")
        held = "" if limit is None else f" The objective, under {figures.share_limit(limit)}, is "
        held += "" if limit is None else "held." if loss.share < limit else "missed."
        return f"{loss.rows_lost:,} of {rows} that were there before the damage or acknowledged since are gone.{held}"

    @property
    def loss_before_means(self) -> str:
        """The second figure of the loss, as a sentence."""
        before = self.record.loss.parts.get("before") if self.record.loss else None
        if before is None:
            return "The writes from before the backup could not be counted."
        if not before.acked:
            return "No write was acknowledged before the backup started, so this figure proves nothing."
        if not before.acked_lost:
            return "Every write that users were told was saved before the backup is still there, as it must be."
        return (
            "Users were told that these were saved, and the backup should have held them. A right rollback loses none."
        )

    @property
    def backup_age(self) -> float | None:
        """Seconds from the backup that was used to the start of the rollback."""
        if self.record.rollback_run is None or self.record.backup_taken is None:
            return None
        return self.record.rollback_run.started - self.record.backup_taken

    @property
    def seconds_to_serve(self) -> float | None:
        """From a bare host's start to its first right answer; None: there was none, or no such host."""
        return recovery.seconds_to_serve(self.record.bare, self.record.rebuilt)

    @property
    def scopes(self) -> list[tuple[str, list[CheckRow]]]:
        """Every check that ran at any stage, by scope."""
        found: dict[tuple[str, str], dict[Stage, CheckResult]] = {}
        for check in self.record.checks:
            found.setdefault((check.scope, check.name), {})[check.stage] = check
        rows = [
            (scope, CheckRow(name, next(iter(at.values())).when, {stage: at.get(stage) for stage in STAGES}))
            for (scope, name), at in sorted(found.items())
        ]
        return [(scope, [row for _, row in group]) for scope, group in groupby(rows, key=lambda pair: pair[0])]


def _held(value: float | None, limit: float | None, *, never: bool) -> bool | None:
    """Whether a clock is within its objective; what never came is not."""
    if limit is None or (value is None and not never):
        return None
    return value is not None and value < limit


def claim(run: Execution | None) -> str:
    """What a procedure says by its exit status alone."""
    if run is None:
        return "It was not run."
    if run.status is None:
        return "It was ended at its time-out: it says nothing."
    return f"Exit status {run.status}: it says that it {'worked' if run.claims_success else 'failed'}."


def cells(row: WrongRow) -> list[Cell]:
    """A wrong row's columns, those that differ first."""
    expected, found = row.expected or {}, row.found or {}
    names = dict.fromkeys([*expected, *found])
    columns = [Cell(name, *_window(_value(row.expected, name), _value(row.found, name))) for name in names]
    return sorted(columns, key=lambda cell: not cell.differs)


def _window(expected: str | None, found: str | None) -> tuple[str | None, str | None]:
    """Two values, from shortly before they part: what is shown of a long value must show the difference."""
    if expected is None or found is None or expected == found:
        return expected, found
    pairs = enumerate(zip(expected, found, strict=False))
    start = next((at for at, (one, other) in pairs if one != other), min(len(expected), len(found))) - 40
    return (f"…{expected[start:]}", f"…{found[start:]}") if start > 40 else (expected, found)


def _value(row: dict[str, Any] | None, column: str) -> str | None:
    if row is None or column not in row:
        return None
    return "NULL" if row[column] is None else json.dumps(row[column], ensure_ascii=False)  # so that 1 is not "1"
