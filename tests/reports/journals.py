"""Journals of drills as they could have been: one that passed, and changes that make it any other. Deterministic."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from reports.journal import Journal
from reports.record import Record, fold

T0 = 1_772_366_400.0  # 2026-03-01 12:00:00 UTC: the drill starts
BACKUP_STARTED, BACKUP_ENDED = T0 + 6.0, T0 + 6.4
DAMAGED, DETECTED = T0 + 14.0, T0 + 15.2
ROLLBACK_STARTED, ROLLBACK_ENDED = T0 + 18.0, T0 + 19.2
RECOVERED = T0 + 19.6
ENDED = T0 + 24.0

Event = dict[str, Any]
Change = Callable[[list[Event]], list[Event]]

CHECKS = (
    ("database.integrity", "database", "once"),
    ("database.rows", "database", "once"),
    ("database.schema", "database", "once"),
    ("site.answers", "site", "eventually"),
    ("site.files", "site", "once"),
    ("api.health", "backend", "eventually"),
    ("api.login", "backend", "eventually"),
    ("service.nginx", "service", "eventually"),
    ("service.gunicorn", "service", "eventually"),
    ("service.reboot", "service", "once"),
)
CHANGES_HOST = ("service.reboot",)


def passing() -> list[Event]:
    """The events of a database rollback that held everything; without the closing record."""
    return [
        {
            "event": "drill",
            "at": T0,
            "stack": "lingzhi-ecosystem",
            "drill": "drills/test_bad_migration.py",
            "title": "A bad migration reached production: restore the database from the last good backup",
            "rollback": "database",
            "objectives": {"rollback": 300.0, "recovery": 300.0, "loss": 0.01},
            "trigger": "data lost or corrupted",
            "reported": None,
        },
        plan(),
        {"event": "facts", "facts": {"image": "lingzhi-ecosystem:1.0.0", "engine": "20.10.24, cgroup v1"}},
        *(
            {"event": "phase", "name": name, "since": T0 + since}
            for name, since in (("steady state", 0), ("backup", 6), ("traffic", 6.4), ("harm", 14), ("decision", 15.2))
        ),
        {"event": "phase", "name": "rollback", "since": ROLLBACK_STARTED},
        {"event": "phase", "name": "verification", "since": ROLLBACK_ENDED},
        *(check(name, "before") for name, _, _ in CHECKS if name not in CHANGES_HOST),
        watch("before", T0 + 2.1, BACKUP_STARTED),
        execution("backup", "scripts/backup.sh", BACKUP_STARTED, BACKUP_ENDED, ["backup_20260301_120006 written"]),
        {"event": "backup_used", "name": "lingzhi_ecosystem.db.backup_20260301_120006", "taken": BACKUP_STARTED},
        {
            "event": "harm",
            "name": "drop-checkins",
            "layer": "database",
            "moment": "before",
            "description": "a migration drops half of the check-ins",
            "applied": DAMAGED,
            "real": True,
            "proof": "checkins has 2,093 rows, and had 4,186",
        },
        trigger("data lost or corrupted", "damaged", "2093 of 4186 rows of checkins are gone"),
        watch("damaged", DAMAGED, DETECTED),
        {"event": "detected", "moment": DETECTED},
        *(check(name, "damaged", name != "database.rows") for name, _, _ in CHECKS if name not in CHANGES_HOST),
        execution(
            "rollback",
            "scripts/rollback_database.sh",
            ROLLBACK_STARTED,
            ROLLBACK_ENDED,
            ["stopping gunicorn", "database kept as lingzhi_ecosystem.db.before_rollback_20260301_120018", "done"],
        ),
        {"event": "recovered", "moment": RECOVERED},
        *(check(name, "after") for name, _, _ in CHECKS),
        {"event": "probes", "probes": probes()},
        {"event": "writes", "writes": writes()},
        loss(),
        *(leg(name, ENDED + since) for since, name in enumerate(("back", "rerun", "rerun again"))),
    ]


def plan(**not_tried: str) -> Event:
    """What the drill sets out to do; `not_tried` are legs that it leaves out, and why."""
    names = [name for name, _, _ in CHECKS]
    looked = [name for name in names if name not in CHANGES_HOST]
    checks = {"before": looked, "damaged": looked, "after": names}
    return {"event": "plan", "checks": checks, "not_tried": not_tried, "probe_every": 0.1}


def leg(name: str, started: float = ENDED, *, status: int | None = 0, wrong: Iterable[str] = ()) -> Event:
    """A procedure that was run after the rollback was judged."""
    return {
        "event": "leg",
        "name": name,
        "command": f"bash scripts/{name}.sh",
        "started": started,
        "ended": started + 0.9,
        "status": status,
        "output": "",
        "wrong": list(wrong),
    }


def refusal(how: str, status: int | None, *changed: str) -> Event:
    """The procedure, called so that it must do nothing."""
    return {
        "event": "refusal",
        "how": how,
        "command": "scripts/rollback.sh",
        "status": status,
        "output": "",
        "changed": list(changed),
    }


def attempt(status: int | None, *wrong: str, real: bool = True) -> Event:
    """A rollback while a port is held."""
    return {
        "event": "attempt",
        "fault": "fault.port_held",
        "description": "Another program takes the port",
        "real": real,
        "proof": "it is active",
        "command": "scripts/rollback.sh",
        "status": status,
        "output": "",
        "parts": {"database": "neither" if wrong else "before"},
        "wrong": list(wrong),
    }


def in_flight(answered: float, answer: str, *, grace: float = 20) -> Event:
    """A chat that was sent a second before the rollback began."""
    return {
        "event": "in_flight",
        "what": "POST /api/agent/chat",
        "sent": ROLLBACK_STARTED - 1,
        "answered": answered,
        "answer": answer,
        "expected": "200",
        "grace": grace,
    }


def check(name: str, stage: str, holds: bool = True, message: str | None = None, scope: str | None = None) -> Event:
    """One check, run at a stage."""
    known = {each: (scope, when) for each, scope, when in CHECKS}
    own, when = known.get(name, ("other", "once"))
    at = {"before": T0 + 2, "damaged": DETECTED, "after": ROLLBACK_ENDED + 0.2}[stage]
    said = f"host lingzhi: {name}: expected 4186, got 2093" if message is None else message
    return {
        "event": "check",
        "stage": stage,
        "name": name,
        "scope": scope or own,
        "when": when,
        "holds": holds,
        "message": "" if holds else said,
        "started": at,
        "ended": at + 0.05,
    }


def trigger(name: str, stage: str, evidence: str, *, fired: float = DETECTED, factor: float = 1.0) -> Event:
    """A trigger that fired."""
    return {
        "event": "trigger",
        "stage": stage,
        "name": name,
        "sops": ["A"],
        "severity": "P0",
        "suggests": ["database"],
        "fired": fired,
        "since": DAMAGED,
        "evidence": evidence,
        "factor": factor,
    }


def watch(stage: str, since: float, until: float, *, blind: Iterable[str] = ()) -> Event:
    """What the detector looked at."""
    return {
        "event": "watch",
        "stage": stage,
        "since": since,
        "until": until,
        "triggers": ["data lost or corrupted", "errors"],
        "blind": list(blind),
        "seen": {"probes": 40, "looks at the database": 1},
    }


def sabotage(name: str, *caught_by: str, real: bool = True, looked: Iterable[str] = (), unfit: str = "") -> Event:
    """An event of a sabotage that these checks caught, and those of `looked` did not."""
    return {
        "event": "sabotage",
        "name": name,
        "layer": name.partition(".")[0],
        "description": f"It does {name}.",
        "applied": ENDED,
        "seconds": 5.0,
        "real": real,
        "proof": f"{name} was seen",
        "unfit": unfit,
        "checks": {
            **dict.fromkeys(looked, ""),
            **{check: f"host lingzhi: {check}: expected 1, got 2" for check in caught_by},
        },
        "wrong": [],
    }


def lint(*rules: str, note: str = "") -> Event:
    """What is known of the script under test: one finding a rule, a line each."""
    script = "scripts/rollback_database.sh"
    findings = [
        {
            "path": script,
            "line": line,
            "rule": rule,
            "hazard": "H20",
            "why": "it hits neighbours",
            "mend": "stop the unit",
        }
        for line, rule in enumerate(rules, 1)
    ]
    return {"event": "lint", "script": script, "note": note, "findings": findings}


def tried(what: str, status: int | None, refused: bool) -> Event:
    """A request that was sent to see what becomes of it."""
    return {"what": what, "status": status, "refused": refused}


REFUSED = (tried("POST /api/pay", 503, True), tried("POST /api/checkin", 503, True))
READ = tried("GET /api/health", 200, False)
TAKEN = (tried("POST /api/pay", 201, False), tried("POST /api/checkin", 201, False))


def contained(*requests: Event, at: float = DETECTED + 1) -> Event:
    """Containment, switched on before the rollback."""
    return {"event": "contained", "at": at, "switches": ["DISABLE_RISKY_OPS", "READONLY_MODE"], "tried": list(requests)}


def lifted(*requests: Event, at: float = ROLLBACK_ENDED + 0.1, let_through: dict[str, int] | None = None) -> Event:
    """Containment, switched off after the rollback."""
    return {
        "event": "lifted",
        "at": at,
        "tried": list(requests),
        "refused": 40,
        "let_through": let_through or {},
    }


def evidence(at: float = DETECTED + 0.5) -> Event:
    """The scene, kept."""
    files = [{"path": "database/shop.db", "sha256": "ab" * 32, "bytes": 4096}]
    return {"event": "evidence", "at": at, "folder": "/var/lib/evidence/INC-20260301-001", "files": files}


def evidence_seen(when: str, *wrong: str) -> Event:
    """A look at it."""
    return {"event": "evidence_seen", "when": when, "wrong": list(wrong)}


def notified(occasion: str, *to: str, ok: bool = True, said: str = "", sent: float = ROLLBACK_STARTED - 1) -> Event:
    """A mail that people were told by."""
    return {
        "event": "notified",
        "channel": "oncall",
        "kind": "mail",
        "to": list(to) or ["oncall@lingzhi.example"],
        "occasion": occasion,
        "subject": f"[lingzhi-ecosystem] {occasion}",
        "text": "Stack: lingzhi-ecosystem",
        "sent": sent,
        "seconds": 0.3,
        "ok": ok,
        "said": said,
    }


def outbox(*arrivals: tuple[str, str, float]) -> Event:
    """What the sinks have: of which occasion, for whom, and when."""
    return {
        "event": "outbox",
        "arrivals": [
            {
                "at": at,
                "kind": "mail",
                "to": to,
                "subject": f"[lingzhi-ecosystem] {occasion}",
                "text": "Stack: lingzhi-ecosystem\n",
            }
            for occasion, to, at in arrivals
        ],
    }


def reported(by: str) -> Event:
    """People told."""
    why = "half of my check-ins are gone"
    return {"event": "reported", "by": by, "kind": "user report", "why": why, "moment": DETECTED}


def execution(
    event: str, procedure: str, started: float, ended: float, said: Iterable[str], *, status: int | None = 0
) -> Event:
    """A procedure that ran, its lines evenly over its time."""
    texts = list(said)
    step = (ended - started) / (len(texts) + 1)
    return {
        "event": event,
        "procedure": procedure,
        "command": f"bash {procedure}",
        "where": "operator",
        "started": started,
        "ended": ended,
        "status": status,
        "lines": [
            {"at": started + step * number, "stream": "stdout", "text": text} for number, text in enumerate(texts, 1)
        ],
    }


def probes(number: int = 96) -> list[Event]:
    """Probes by name and direct over the whole drill; those by name fail from the rollback's start to recovery."""
    step = (ENDED - T0) / number
    return [
        {
            "at": T0 + step * index,
            "seconds": 0.012,
            "path": path,
            "ok": not (down := ROLLBACK_STARTED <= T0 + step * index < RECOVERED - 0.2),
            "status": 502 if down else 200,
            "release": None if down else "1.0.0",
            "error": "502 Bad Gateway" if down else None,
        }
        for index, path in zip(range(number), itertools.cycle(("name", "name", "direct")), strict=False)
    ]


def writes(number: int = 240) -> list[Event]:
    """Writes over the whole drill: those after the backup are lost by going back, those in the rollback unknown."""
    step = (ENDED - 0.5 - T0) / number
    return [_write(index, T0 + 0.2 + step * index) for index in range(number)]


def _write(index: int, sent: float) -> Event:
    bounds = ((BACKUP_STARTED - 0.02, "before"), (BACKUP_ENDED, "between"), (ROLLBACK_STARTED, "after"))
    part = next((name for bound, name in bounds if sent < bound), "rollback" if sent < ROLLBACK_ENDED else "restored")
    answered = part != "rollback"
    refused = answered and index % 40 == 3
    return {
        "key": f"write-{index:05d}",
        "table": "checkins",
        "sent": sent,
        "answered": sent + 0.008 if answered else None,
        "outcome": "refused" if refused else "acked" if answered else "unknown",
        "part": part,
        "present": part in ("before", "restored", "between") and not refused,
    }


def loss(rows_lost: int = 1, **parts: tuple[int, int, int, int]) -> Event:
    """Both figures of the loss; a part is acked, acked and lost, unknown, unknown and lost."""
    counts = {
        "before": (143, 0, 0, 0),
        "between": (4, 1, 0, 0),
        "after": (110, 110, 0, 0),
        "rollback": (0, 0, 12, 12),
        "restored": (41, 0, 0, 0),
        **parts,
    }
    fields = ("acked", "acked_lost", "unknown", "unknown_lost")
    return {
        "event": "loss",
        "rows_before_damage": 4186,
        "acked_since": 41,
        "rows_lost": rows_lost,
        "parts": {name: dict(zip(fields, numbers, strict=True)) for name, numbers in counts.items()},
    }


def wrong_rows() -> Event:
    """Two rows of a table that are not as they must be, of seven."""
    return {
        "event": "wrong_rows",
        "table": "checkins",
        "missing": 5,
        "altered": 1,
        "left_over": 1,
        "rows": [
            {
                "table": "checkins",
                "kind": "altered",
                "key": "1041",
                "expected": {"id": 1041, "user": "mei", "points": 12, "note": None},
                "found": {"id": 1041, "user": "mei", "points": 0, "note": None},
            },
            {
                "table": "checkins",
                "kind": "missing",
                "key": "1042",
                "expected": {"id": 1042, "user": "wang", "points": 3, "note": "晨练"},
                "found": None,
            },
        ],
    }


def without(*names: str) -> Change:
    """Leave out every event of these names."""
    return lambda events: [event for event in events if event["event"] not in names]


def without_checks(stage: str) -> Change:
    """Leave out all checks of a stage."""
    return lambda events: [event for event in events if event.get("stage") != stage]


def replaced(name: str, /, **data: Any) -> Change:
    """Change what the events of a name carry."""
    return lambda events: [{**event, **data} if event["event"] == name else event for event in events]


def without_leg(name: str) -> Change:
    """Leave out a leg."""
    return lambda events: [event for event in events if (event["event"], event.get("name")) != ("leg", name)]


def without_check(stage: str, name: str) -> Change:
    """Leave out one check of a stage."""
    return lambda events: [event for event in events if (event.get("stage"), event.get("name")) != (stage, name)]


def reprobed(change: Callable[[Event], Event | None]) -> Change:
    """Change what each probe by name saw; None leaves it out."""

    def probes_changed(events: list[Event]) -> list[Event]:
        [seen] = (event["probes"] for event in events if event["event"] == "probes")
        made = (change(probe) if probe["path"] == "name" else probe for probe in seen)
        return replaced("probes", probes=[probe for probe in made if probe is not None])(events)

    return probes_changed


def probed_until(moment: float) -> Change:
    """Have the prober go on until a moment, seldom."""

    def goes_on(events: list[Event]) -> list[Event]:
        [seen] = (event["probes"] for event in events if event["event"] == "probes")
        number = max(1, int((moment - ENDED) / 50) + 2)
        more = [{**seen[0], "at": ENDED + (moment + 1 - ENDED) * index / number} for index in range(1, number + 1)]
        return replaced("plan", probe_every=10.0)(replaced("probes", probes=[*seen, *more])(events))

    return goes_on


def added(*new: Event) -> Change:
    """Append events."""
    return lambda events: [*events, *new]


def changed(*changes: Change) -> list[Event]:
    """The passing drill's events with changes made in turn."""
    events = passing()
    for change in changes:
        events = change(events)
    return events


def record(*changes: Change, closed: bool = True) -> Record:
    """The record of the passing drill with changes made in turn."""
    ending = [{"event": "closed", "at": ENDED}] if closed else []
    return fold(Path("drill.jsonl"), [*changed(*changes), *ending])


def write(path: Path, *changes: Change, closed: bool = True) -> Path:
    """The journal of the passing drill with changes made in turn, as a file."""
    journal = Journal(path)
    for event in changed(*changes):
        journal.write(event["event"], **{key: value for key, value in event.items() if key != "event"})
    if closed:
        journal.close()
    return path
