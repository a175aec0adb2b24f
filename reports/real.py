"""A real rollback as its journal tells it: what people said of it, and what the live host was found to hold.

Its first event is `real` where a drill's is `drill`: whoever counts drills never meets it.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from reports import journal
from reports.record import CheckResult, understood
from reports.text import first_line, one_line, shorten, visible
from reports.typed import EXACT, Moment
from reports.verdict import LONGEST_CAUSE, Judgement, Verdict

EVENT = "real"
_VERDICT = max(len(verdict) for verdict in Verdict) + 2


@dataclass(config=ConfigDict(validate_assignment=True, **EXACT))
class Real:
    """Everything that the journal of a real rollback says; `verified` is when the verification began."""

    path: Path
    stack: str
    target: str  # ssh's, without secrets
    url: str
    rollback: str
    reason: str
    decided_by: str
    backups: list[str]  # what the host was rolled back to
    verified: Moment
    began: Moment | None = None  # the rollback, where the host tells
    planned: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # checks that no one can judge there, each with the reason
    checks: list[CheckResult] = field(default_factory=list)
    closed: bool = False

    @property
    def red(self) -> list[CheckResult]:
        """The checks that do not hold."""
        return [check for check in self.checks if not check.holds]


def load(path: Path) -> Real:
    """Read a journal.

    Raises:
        ValueError: it is damaged, of something else, or holds an event that this version does not know.
        OSError: the file cannot be read.
    """
    return understood(path, EVENT, _fold)


def _fold(path: Path, events: list[dict[str, Any]]) -> Real:
    first, *rest = events
    real = Real(path=path, verified=first["at"], **{k: v for k, v in first.items() if k not in ("event", "at")})
    checks: dict[str, CheckResult] = {}
    for event in rest:
        data = {k: v for k, v in event.items() if k not in ("event", "at")}
        match event["event"]:
            case "plan":
                real.planned, real.left_out = data["checks"], data["left_out"]
            case "check":
                checks[data["name"]] = CheckResult(**data)
            case "closed":
                real.closed = True
            case other:
                raise ValueError(
                    f"{path}: event {other!r} is unknown to this version (journal schema {journal.SCHEMA})"
                )
    real.checks = list(checks.values())
    return real


def judge(real: Real) -> Judgement:
    """What was found: `failed` where a check is red; `passed` where all that can be judged was, and holds."""
    verdict, causes = _judged(real)
    return Judgement(verdict, tuple(shorten(one_line(cause), LONGEST_CAUSE) for cause in causes))


def _judged(real: Real) -> tuple[Verdict, list[str]]:
    if real.red:
        return Verdict.FAILED, [f"{check.name}: {first_line(check.message)}" for check in real.red]
    if not real.closed:
        return Verdict.ABORTED, ["the journal has no closing record: the verification did not end"]
    if not real.checks:
        return Verdict.INCONCLUSIVE, ["no check was run"]
    ran = {check.name for check in real.checks}
    if missing := sorted({*real.planned} - ran):
        return Verdict.INCONCLUSIVE, [f"checks that were to run did not: {', '.join(missing)}"]
    return Verdict.PASSED, []


def line(real: Real) -> str:
    """What was found, of which host and backup, and what was not judged, as one line of the terminal."""
    judgement = judge(real)
    columns = [
        real.stack,
        real.target,
        f"{real.rollback} to {', '.join(real.backups)}",
        f"{len(real.checks) - len(real.red)} of {len(real.planned)} hold",
        f"{len(real.left_out)} not judged",
        *judgement.causes[:1],
    ]
    return visible(f"{judgement.verdict.value:<{_VERDICT}}{'  '.join(one_line(column) for column in columns)}")
