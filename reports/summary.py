"""One line a drill, for the terminal; a drill that was repeated has the verdict of its worst time."""

from __future__ import annotations

from collections.abc import Iterable

from reports import recovery
from reports.figures import share, span
from reports.record import Record
from reports.text import one_line, visible
from reports.verdict import WORST_FIRST, Verdict, judge

_VERDICT = max(len(verdict) for verdict in Verdict) + 2


def lines(records: Iterable[Record]) -> list[str]:
    """A line a drill: its own, or that of its worst time, and how many of how many passed."""
    drills: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        faults = record.plan.attempts if record.plan else []
        drills.setdefault((record.stack, record.drill, *faults), []).append(record)
    return [_of_all(times) for times in drills.values()]


def _of_all(times: list[Record]) -> str:
    verdicts = [judge(record).verdict for record in times]
    worst = min(range(len(times)), key=lambda number: WORST_FIRST.index(verdicts[number]))
    asked = times[0].repeat[1]
    if asked == 1:
        return line(times[worst])
    ran = f", of which {len(times)} left a journal" if len(times) < asked else ""
    return f"{line(times[worst])}  passed {verdicts.count(Verdict.PASSED)} of {asked}{ran}"


def line(record: Record) -> str:
    """Verdict, stack, type, clocks, loss, file and, if it did not pass, the weightiest cause, as one line."""
    judgement = judge(record)
    columns = [
        record.stack,
        record.rollback,
        *(f"{name} {shown}" for name, shown in _clocks(record)),
        _loss(record),
        record.drill,
    ]
    if judgement.cause:
        columns.append(judgement.cause)
    words = "  ".join(one_line(column) for column in columns)
    return visible(f"{judgement.verdict.value:<{_VERDICT}}{words}")


def _clocks(record: Record) -> list[tuple[str, str]]:
    missing = "never" if record.never_recovered else "unknown"
    to_serve = recovery.seconds_to_serve(record.bare, record.rebuilt)
    return [
        *([("to serve", _span(to_serve, "never"))] if record.bare else []),
        ("rollback", _span(record.rollback_seconds)),
        ("recovery", _span(record.recovery_seconds, missing)),
        ("outage", _span(record.outage_seconds)),
    ]


def _span(seconds: float | None, missing: str = "unknown") -> str:
    return missing if seconds is None else span(seconds)


def _loss(record: Record) -> str:
    if record.loss is None:
        return "loss unknown"
    before = record.loss.parts.get("before")
    lost = f"{before.acked_lost} of {before.acked}" if before else "unknown"
    return f"loss {share(record.loss.share)} ({lost} from before the backup)"
