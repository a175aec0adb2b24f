"""Journals of drills in which an incident was opened, as they could have been. Deterministic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.record import Record, fold
from tests.reports import journals
from tests.reports.journals import BACKUP_STARTED, DETECTED, ENDED, ROLLBACK_ENDED, ROLLBACK_STARTED, Change, Event

OPENED, KEPT, CONTAINED, DECIDED = DETECTED + 0.3, DETECTED + 0.9, DETECTED + 1.4, DETECTED + 1.9
BACKUP = "lingzhi_ecosystem.db.backup_20260301_120006"
NUMBER = "INC-20260301-007"


def incident(**data: Any) -> Event:
    """An incident, opened."""
    return {
        "event": "incident",
        "at": OPENED,
        "number": NUMBER,
        "grade": "P0",
        "reasons": ["P0, production is down, or data is lost: 2093 of 4186 rows of checkins are gone"],
        "unknown": ["whether rows are damaged"],
        "by": "the detector",
        "clock": 900.0,
        "channel": "phone",
        **data,
    }


def decision(**data: Any) -> Event:
    """What was decided."""
    return {
        "event": "decision",
        "at": DECIDED,
        "by": "the night shift",
        "damaged": {"holds": True, "evidence": ["2093 rows are lost"]},
        "usable": {"holds": True, "evidence": ["it answers, and its core functions work: /api/login, /api/pay"]},
        "solves": {"holds": True, "evidence": [f"{BACKUP} is stable and whole"]},
        "type": "database",
        "reasons": ["database: 2093 rows are lost"],
        "backup": {"name": BACKUP, "taken": BACKUP_STARTED, "stable": True, "whole": True},
        **data,
    }


def evidence(**data: Any) -> Event:
    """The scene, kept."""
    files = [{"path": "database/lingzhi.db", "sha256": "0a1b" * 16, "bytes": 40960}]
    return {"event": "evidence", "at": KEPT, "folder": f"/var/lib/evidence/{NUMBER}", "files": files, **data}


def evidence_seen(when: str, *wrong: str) -> Event:
    """A look at it."""
    return {"event": "evidence_seen", "when": when, "wrong": list(wrong)}


def contained(*, refused: bool = True, **data: Any) -> Event:
    """Containment, and what was tried."""
    tried = [
        {"what": "POST /api/pay", "status": 503 if refused else 201, "refused": refused},
        {"what": "GET /api/health", "status": 200, "refused": False},
    ]
    switches = ["DISABLE_RISKY_OPS", "READONLY_MODE"]
    return {"event": "contained", "at": CONTAINED, "switches": switches, "tried": tried, **data}


def lifted(**let_through: int) -> Event:
    """Its end."""
    tried = [{"what": "POST /api/pay", "status": 201, "refused": False}]
    return {"event": "lifted", "at": ROLLBACK_ENDED, "tried": tried, "refused": 12, "let_through": let_through}


def notified(occasion: str, sent: float, **data: Any) -> Event:
    """A mail."""
    return {
        "event": "notified",
        "channel": "oncall",
        "kind": "mail",
        "to": ["oncall@lingzhi.example"],
        "occasion": occasion,
        "subject": f"[lingzhi-ecosystem] {occasion}",
        "text": "Stack: lingzhi-ecosystem",
        "sent": sent,
        "seconds": 0.2,
        "ok": True,
        "said": "",
        **data,
    }


TOLD = (
    notified("P0 incident", OPENED + 0.1),
    notified("rollback starts", ROLLBACK_STARTED - 0.1),
    notified("rollback complete", ENDED),
)


def outbox(*sent: Event) -> Event:
    """All of it arrived."""
    arrivals = [
        {"at": one["sent"] + 0.4, **{key: one[key] for key in ("kind", "subject", "text")}, "to": to}
        for one in sent
        for to in one["to"]
    ]
    return {"event": "outbox", "arrivals": arrivals}


def whole() -> list[Event]:
    """The events of a drill with an incident in which nothing is missing; without the closing record."""
    before, after = [], []
    for event in journals.passing():
        late = event["event"] in ("rollback", "recovered", "probes", "writes", "loss", "leg")
        (after if late or event.get("stage") == "after" else before).append(event)
    response = [incident(), evidence(), evidence_seen("taken"), contained(), decision(), *TOLD[:2]]
    return [*before, *response, *after, lifted(), TOLD[2], outbox(*TOLD), evidence_seen("end")]


def changed(*changes: Change) -> list[Event]:
    """Its events with changes made in turn."""
    events = whole()
    for change in changes:
        events = change(events)
    return events


def record_of(events: list[Event], *, closed: bool = True, path: Path = Path("drill.jsonl")) -> Record:
    """The record of such events."""
    return fold(path, [*events, *([{"event": "closed", "at": ENDED}] if closed else [])])


def record(*changes: Change) -> Record:
    """Its record with changes made in turn."""
    return record_of(changed(*changes))
