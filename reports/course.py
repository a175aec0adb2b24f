"""The course of an incident, by SOP A's six moments, and the figures of its rollback, each beside its objective."""

from __future__ import annotations

from dataclasses import dataclass

from reports import figures
from reports.record import Record


@dataclass(frozen=True)
class Moment:
    """One moment; `at` is None where the journal has none, `what` says what it was."""

    name: str
    at: float | None
    what: str


@dataclass(frozen=True)
class Figure:
    """A figure and its objective, as they are shown; `held` is None where nothing can be said of it."""

    name: str
    shown: str | None
    objective: str | None
    held: bool | None


def moments(record: Record) -> list[Moment]:
    """SOP A, timeline: occurred, alerted, response started, contained, fixed, service restored."""
    harm = min((harm for harm in record.harms if harm.moment == "before"), key=lambda harm: harm.at, default=None)
    incident, run = record.incident, record.rollback_run
    contained = record.contained[0] if record.contained else None
    return [
        Moment("occurred", harm.at if harm else None, harm.description if harm else ""),
        Moment("alerted", record.detected, reporter(record)),
        Moment("response_started", incident.at if incident else None, incident.by if incident else ""),
        Moment("contained_at", contained.at if contained else None, ", ".join(contained.switches) if contained else ""),
        Moment("fixed", _fixed(record), f"{run.procedure} {run.ending}" if run else ""),
        Moment("restored", record.recovered, ""),
    ]


def _fixed(record: Record) -> float | None:
    """The procedure's end, where it claims success and the checks that were run say the same."""
    run = record.rollback_run
    if run is None or not run.claims_success or not record.at_stage("after") or record.red("after"):
        return None
    return run.ended


def reporter(record: Record) -> str:
    """Who or what told first: a trigger by its name, people by theirs; a check told where neither did."""
    told = [(trigger.at, trigger.name) for trigger in record.fired("damaged")]
    told += [(report.at, report.by) for report in record.reports]
    told += [(check.ended, check.name) for check in record.red("damaged")]
    return min(told, default=(0.0, ""))[1]


def response(record: Record) -> Figure:
    """From the alert to the response, against the clock of the grade."""
    incident = record.incident
    if incident is None:
        return Figure("responded", None, None, None)
    seconds = None if record.detected is None else max(0.0, incident.at - record.detected)
    return _figure("responded", seconds, incident.clock)


def clocks(record: Record) -> list[Figure]:
    """Rollback time, recovery time and outage."""
    limits = record.objectives
    recovery = _figure("recovery_time", record.recovery_seconds, limits.get("recovery"))
    if record.never_recovered:
        recovery = Figure(recovery.name, None, recovery.objective, None if recovery.objective is None else False)
    return [
        _figure("rollback_time", record.rollback_seconds, limits.get("rollback")),
        recovery,
        _figure("outage", record.outage_seconds, None),
    ]


def rows_lost(record: Record) -> Figure:
    """The share of rows that are gone, with the rows it is of."""
    loss, limit = record.loss, record.objectives.get("loss")
    objective = None if limit is None else figures.share_limit(limit)
    if loss is None:
        return Figure("rows_lost", None, objective, None)
    shown = f"{loss.rows_lost:,}/{loss.rows_before_damage + loss.acked_since:,}, {figures.share(loss.share)}"
    return Figure("rows_lost", shown, objective, None if limit is None else loss.share < limit)


def writes_lost(record: Record) -> Figure:
    """Writes that were acknowledged before the backup and are gone; a right rollback loses none."""
    before = record.loss.parts.get("before") if record.loss else None
    if before is None:
        return Figure("writes_lost", None, None, None)
    return Figure("writes_lost", f"{before.acked_lost:,}/{before.acked:,}", None, None)


def _figure(name: str, seconds: float | None, limit: float | None) -> Figure:
    return Figure(
        name,
        None if seconds is None else figures.span(seconds),
        None if limit is None else figures.limit(limit),
        None if seconds is None or limit is None else seconds < limit,
    )
