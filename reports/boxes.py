"""The checklists of both SOPs, box by box: one is ticked only where the journal has what it stands on, and shows it."""

from __future__ import annotations

from dataclasses import dataclass

from reports import containment, course, evidence, figures
from reports.record import Record
from reports.response import Answer

RISKY_OFF, READ_ONLY = "DISABLE_RISKY_OPS", "READONLY_MODE"
STARTS, COMPLETE = "rollback starts", "rollback complete"  # the occasions on which people are told of a rollback


@dataclass(frozen=True)
class Box:
    """One box: its name, the events without any of which it stays open, and what shows it; None: it is open.

    A box that needs no event is for a person to tick.
    """

    name: str
    needs: tuple[str, ...]
    shown: str | None

    @property
    def ticked(self) -> bool:
        """Whether something shows it."""
        return self.shown is not None


def of_rollback(record: Record) -> list[Box]:
    """SOP B's checklist."""
    run = record.rollback_run
    return [
        Box("confirmed", ("detected", "decision"), _confirmed(record)),
        Box("backup_verified", ("decision", "backup_used"), _backup_verified(record)),
        Box("executed", ("rollback",), figures.date(run.ended) if run and run.claims_success else None),
        Box("verified", ("plan", "check", "recovered"), _verified(record)),
        Box("logged", ("closed",), record.path.name if record.closed else None),
        Box("people_told", ("notified",), _told(record, STARTS, COMPLETE)),
    ]


def of_containment(record: Record) -> list[Box]:
    """SOP A's containment checklist."""
    incident, decision = record.incident, record.decision
    return [
        Box("scope_users", ("probes",), _asked(record)),
        Box("scope_data", ("loss",), course.rows_lost(record).shown),
        Box("scope_modules", ("decision",), decision.type if decision else None),
        Box("services_stopped", (), None),
        Box("risky_off", ("contained",), _switched(record, RISKY_OFF)),
        Box("read_only", ("contained",), _switched(record, READ_ONLY)),
        Box("refused", ("contained",), _refused(record)),
        Box("preserved", ("evidence", "evidence_seen"), _preserved(record)),
        Box("grade_told", ("incident", "notified"), _told(record, f"{incident.grade} incident") if incident else None),
        Box("answered_damaged", ("decision",), _answered(decision.damaged) if decision else None),
        Box("answered_usable", ("decision",), _answered(decision.usable) if decision else None),
        Box("answered_solves", ("decision",), _answered(decision.solves) if decision else None),
    ]


def _confirmed(record: Record) -> str | None:
    if record.detected is None or record.decision is None:
        return None
    return f"{figures.date(record.detected)}; {record.decision.by}"


def _backup_verified(record: Record) -> str | None:
    """The one that was used is the one that was decided on, and that one is stable and whole."""
    chosen = record.decision.backup if record.decision else None
    if chosen is None or not chosen.stable or not chosen.whole or chosen.name != record.backup_name:
        return None
    return chosen.name


def _verified(record: Record) -> str | None:
    """Every check that was planned ran, all of them hold, and the host serves."""
    ran = {check.name for check in record.at_stage("after")}
    planned = record.plan.checks.get("after", []) if record.plan else []
    if not planned or {*planned} - ran or record.red("after") or record.recovered is None:
        return None
    return figures.date(record.recovered)


def _told(record: Record, *occasions: str) -> str | None:
    """Everybody was told of each, as far as it is known: all was said to be sent, and where one looked, it arrived."""
    looked = record.notifications.arrived is not None
    found = []
    for occasion in occasions:
        its = [one for one in record.notifications.deliveries if one.notification.occasion == occasion]
        if not its or not all(one.holds if looked else one.notification.ok for one in its):
            return None
        found.append(f"{occasion}: {', '.join(one.to for one in its)}")
    return "; ".join(found)


def _asked(record: Record) -> str | None:
    asked = record.by_name
    return f"{sum(not probe.ok for probe in asked):,}/{len(asked):,}" if asked else None


def _switched(record: Record, switch: str) -> str | None:
    return next((figures.date(one.at) for one in record.contained if switch in one.switches), None)


def _refused(record: Record) -> str | None:
    """Writes were tried, every one was refused, and nothing says otherwise."""
    writes = [tried for one in record.contained for tried in one.tried if not tried.reads]
    if not writes or not all(tried.refused for tried in writes):
        return None
    return None if containment.failings(record.contained, record.lifted) else "; ".join(map(str, writes))


def _preserved(record: Record) -> str | None:
    """There is evidence, it was taken before any change, and each look at it found it right."""
    kept, seen = record.evidence, record.evidence_seen
    changes = [one.at for one in record.contained] + ([record.rollback_run.started] if record.rollback_run else [])
    if not any(one.files for one in kept) or evidence.failings(kept, seen, changes) or evidence.gaps(kept, seen):
        return None
    return "; ".join(f"{one.folder}, {figures.date(one.at)}" for one in kept)


def _answered(answer: Answer) -> str | None:
    return None if answer.holds is None else answer.evidence[0]
