"""A drill as its journal tells it: typed, read-only, the one thing that verdicts, pages and figures are made from.

All moments are epoch seconds by the engine's clock (one clock for host, workstation, prober and writers); all spans
are seconds. A journal is checked for its types as it is read: what stands in a record can be reckoned with and shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from reports import journal
from reports.containment import Contained, Lifted
from reports.evidence import Evidence, EvidenceSeen
from reports.notifications import Notifications
from reports.recovery import Bare, Rebuilt
from reports.response import Decision, Incident
from reports.typed import EXACT, Count, Moment

Stage = Literal["before", "damaged", "after"]
LegName = Literal["back", "rerun", "rerun again"]

LEGS: tuple[LegName, ...] = get_args(LegName)

ReportKind = Literal["user report", "monitoring", "review", "failed tests"]  # SOP B's manual triggers

NEVER_LOST = {"before": "before the backup started", "restored": "after the rollback ended"}  # no right rollback can

# What a drill may leave out, by the names that a plan gives them.
LOSS, WRITES, EARLY_WRITES = "loss", "writes", "writes from before the backup"

Told = TypeVar("Told")


@dataclass(frozen=True, config=EXACT)
class Plan:
    """What the drill sets out to do: evidence that is not there in the end is missed. Event `plan`.

    `checks` are names by stage; `not_tried` are legs that are left out, and why; `left_out` is what else cannot be
    shown, and why; `probe_every` is of the prober;
    `refusals` say how the procedure is to be called so that it must do nothing, `attempts` which fault is to strike it.
    """

    checks: dict[Stage, list[str]]
    not_tried: dict[LegName, str]
    probe_every: Annotated[float, Field(gt=0)]
    refusals: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, config=EXACT)
class CheckResult:
    """One check, run once. Event `check`."""

    stage: Stage
    name: str
    scope: str
    when: Literal["once", "eventually"]
    holds: bool
    message: str  # empty when it holds; else its first line stands alone: host, command, expected, got
    started: Moment
    ended: Moment


@dataclass(frozen=True, config=EXACT)
class Line:
    """One line a procedure printed, when it arrived."""

    at: Moment
    stream: Literal["stdout", "stderr", "answer"]
    text: str


@dataclass(frozen=True, config=EXACT)
class Execution:
    """A procedure, run once. Events `backup` and `rollback`; its claim is `status` alone (SOP.md, decision 4)."""

    procedure: str  # path, as the stack names it
    command: str
    where: str  # "host" or "operator"
    started: Moment
    ended: Moment
    status: int | None  # None: ended by the harness at its time-out
    lines: list[Line]

    @property
    def seconds(self) -> float:
        """Start to end: for a rollback, the rollback time."""
        return self.ended - self.started

    @property
    def ending(self) -> str:
        """How it ended, as part of a sentence."""
        return ending(self.status)

    @property
    def claims_success(self) -> bool:
        """Exit status 0, whatever it printed."""
        return self.status == 0


@dataclass(frozen=True, config=EXACT)
class Harm:
    """Something done to the replica on purpose, with the proof that it took effect. Event `harm`."""

    name: str
    layer: str
    moment: Literal["before", "during", "after"]
    description: str
    at: Moment
    real: bool
    proof: str


@dataclass(frozen=True, config=EXACT)
class Trigger:
    """An automatic trigger that fired. Event `trigger`, whose `fired` is `at` here.

    `since` is when the harm was done (at stage `before`: when watching began); `factor` is by how much the procedure's
    own time was compressed; `suggests` are types of rollback.
    """

    stage: Literal["before", "damaged"]
    name: str
    sops: list[Literal["A", "B"]]
    severity: Literal["P0", "P1", "P2", "P3"]
    suggests: list[str]
    at: Moment
    since: Moment
    evidence: str
    factor: Annotated[float, Field(gt=0, le=1)]

    @property
    def seconds(self) -> float:
        """From the harm to here: how long the detection took."""
        return max(0.0, self.at - self.since)


@dataclass(frozen=True, config=EXACT)
class Watch:
    """What the detector looked at. Event `watch`; `blind` are triggers that saw too little to fire."""

    stage: Literal["before", "damaged"]
    since: Moment
    until: Moment
    triggers: list[str]
    blind: list[str]
    seen: dict[str, Count]


@dataclass(frozen=True, config=EXACT)
class Report:
    """A manual trigger: people told. Event `reported`, whose `moment` is `at` here."""

    by: str
    kind: ReportKind
    why: str
    at: Moment


@dataclass(frozen=True, config=EXACT)
class Probe:
    """One question of the prober. From event `probes`."""

    at: Moment
    seconds: float
    path: Literal["name", "direct"]  # by name through nginx, or straight to the backend's port
    ok: bool
    status: int | None
    release: str | None
    error: str | None


@dataclass(frozen=True, config=EXACT)
class Write:
    """One write of the ledger. From event `writes`.

    `outcome`: acked (2xx), refused (4xx), contained (refused in containment's own words), unknown (anything else: no
    answer, a gateway's error).
    `present`: found in the database at the end; None where the database could not be read.
    `part`: when it was sent, as the loss is counted (SOP.md, decision 3): before (acknowledged before the backup
    started), between, after (sent after the backup ended, answered before the rollback started), rollback (in flight
    while the procedure ran), restored (sent after it ended).
    """

    key: str
    table: str
    sent: Moment
    answered: Moment | None
    outcome: Literal["acked", "refused", "contained", "unknown"]
    part: Literal["before", "between", "after", "rollback", "restored"]
    present: bool | None


@dataclass(frozen=True, config=EXACT)
class InFlight:
    """A request that was under way when the rollback began. Event `in_flight`.

    `answer` is its status or why there was none; `grace` are the seconds that the host gives such a request to end.
    """

    what: str
    sent: Moment
    answered: Moment
    answer: str
    expected: str
    grace: Annotated[float, Field(gt=0)]

    @property
    def cut_off(self) -> bool:
        """It was not answered as it would have been."""
        return self.answer != self.expected

    @property
    def seconds(self) -> float:
        """From its sending to its answer, or to its end without one."""
        return self.answered - self.sent


@dataclass(frozen=True, config=EXACT)
class Part:
    """Writes of one part of the loss."""

    acked: Count
    acked_lost: Count
    unknown: Count
    unknown_lost: Count


@dataclass(frozen=True, config=EXACT)
class Loss:
    """Both figures of SOP.md, decision 3. Event `loss`."""

    rows_before_damage: Count
    acked_since: Count  # acknowledged after the damage
    rows_lost: Count
    parts: dict[str, Part]

    @property
    def share(self) -> float:
        """Rows lost over the rows present just before the damage plus those acknowledged since (objective: 1 %)."""
        return self.rows_lost / max(1, self.rows_before_damage + self.acked_since)


@dataclass(frozen=True, config=EXACT)
class WrongRow:
    """A row that is not what it must be. From event `wrong_rows`: at most a few a table, with the total."""

    table: str
    kind: Literal["missing", "altered", "left over"]
    key: str
    expected: dict[str, Any] | None
    found: dict[str, Any] | None


@dataclass(frozen=True, config=EXACT)
class WrongTable:
    """How many rows of a table are wrong, and the first of them."""

    table: str
    missing: Count
    altered: Count
    left_over: Count
    rows: list[WrongRow]


@dataclass(frozen=True, config=EXACT)
class Refusal:
    """A procedure that was called so that it must do nothing and not exit 0. Event `refusal`.

    `how` it was called; `changed` says what is not as it was before.
    """

    how: str
    command: str
    status: int | None  # None: ended by the harness at its time-out
    output: str
    changed: list[str]

    @property
    def holds(self) -> bool:
        """It refused, and nothing changed."""
        return self.status not in (0, None) and not self.changed


@dataclass(frozen=True, config=EXACT)
class Attempt:
    """A rollback that a fault struck, before the one that is judged. Event `attempt`.

    `parts`: for each part of the host (a tree, the database) whether it was left as `before`, as `after` the rollback
    without the fault, or as `neither`. `wrong` says what is not as it may be.
    """

    fault: str
    description: str
    real: bool
    proof: str
    command: str
    status: int | None  # None: ended by the harness at its time-out
    output: str
    parts: dict[str, Literal["before", "after", "neither"]]
    wrong: list[str]

    @property
    def survived(self) -> bool:
        """The fault struck, and what it left is what it may leave."""
        return self.real and not self.wrong and self.status is not None


@dataclass(frozen=True, config=EXACT)
class Leg:
    """A procedure that was run after the rollback was judged: back, or again. Event `leg`.

    `wrong` says how the host differs from the state that the leg must leave: none, if it is the same.
    """

    name: LegName
    command: str
    started: Moment
    ended: Moment
    status: int | None  # None: ended by the harness at its time-out
    output: str
    wrong: list[str]

    @property
    def ending(self) -> str:
        """How it ended, as part of a sentence."""
        return ending(self.status)

    @property
    def holds(self) -> bool:
        """It claims success, and the host is as it must be."""
        return self.status == 0 and not self.wrong


@dataclass(frozen=True, config=EXACT)
class Sabotage:
    """A named way in which a rollback is wrong while it looks right, and what each check said of it. Event `sabotage`.

    `checks` has the message of each that looked, empty where it saw nothing; `seconds` are until the host was clean
    again; `wrong` says in what it was not. `unfit`: what the host lacks, so that it could not be done to it.
    """

    name: str
    layer: str
    description: str
    at: Moment
    seconds: float
    real: bool
    proof: str
    unfit: str
    checks: dict[str, str]
    wrong: list[str]

    @property
    def caught_by(self) -> list[str]:
        """The checks that saw it; none where it did not take effect."""
        return [name for name, message in self.checks.items() if message] if self.real else []


@dataclass(frozen=True, config=EXACT)
class LintFinding:
    """A known hazard at a line of a script. From event `lint`."""

    path: str
    line: Annotated[int, Field(ge=1)]
    rule: str
    hazard: str  # its class, as in "H20"
    why: str
    mend: str


@dataclass(frozen=True, config=EXACT)
class Lint:
    """What is known of a script under test, before it is run. Event `lint`; no verdict stands on it.

    `note` says what was not looked at, and why; empty: everything was.
    """

    script: str
    note: str
    findings: list[LintFinding]


@dataclass(frozen=True, config=EXACT)
class Phase:
    """A named stretch of the drill. Event `phase` (start; the next one ends it)."""

    name: str
    at: Moment


@dataclass(config=ConfigDict(validate_assignment=True, **EXACT))
class Record:
    """Everything one journal says."""

    path: Path
    stack: str
    drill: str  # node id of the drill's file
    title: str
    rollback: str  # type: database, backend, …
    started: Moment
    objectives: dict[str, float] = field(default_factory=dict)  # rollback, recovery (s); loss (share)
    repeat: tuple[int, int] = (1, 1)  # which time it was run, of how many
    must_fire: str | None = None  # the automatic trigger that must tell of the damage
    must_report: str | None = None  # or the people who must
    plan: Plan | None = None
    facts: dict[str, str] = field(default_factory=dict)  # image, engine, host, release: name and value
    lint: list[Lint] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    harms: list[Harm] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    detected: Moment | None = None  # the first moment at which a trigger, people or a check told of the damage
    backup: Execution | None = None
    backup_name: str | None = None  # the backup the rollback used, where the drill named or found it
    backup_taken: Moment | None = None
    rollback_run: Execution | None = None
    recovered: Moment | None = None  # the moment the host served rightly; None: not within the limit
    probes: list[Probe] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    loss: Loss | None = None
    wrong: list[WrongTable] = field(default_factory=list)
    in_flight: list[InFlight] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    evidence_seen: list[EvidenceSeen] = field(default_factory=list)
    contained: list[Contained] = field(default_factory=list)
    lifted: list[Lifted] = field(default_factory=list)
    incident: Incident | None = None
    decision: Decision | None = None
    refusals: list[Refusal] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    sabotages: list[Sabotage] = field(default_factory=list)
    notifications: Notifications = field(default_factory=Notifications)
    bare: Bare | None = None  # the host that was built anew, where the old one was lost
    rebuilt: Rebuilt | None = None
    problems: list[str] = field(default_factory=list)  # of the harness itself: evidence that is missing, and why
    closed: bool = False

    @property
    def rollback_seconds(self) -> float | None:
        """The first clock: the procedure's start to its end."""
        return self.rollback_run.seconds if self.rollback_run else None

    @property
    def recovery_seconds(self) -> float | None:
        """The second clock: the procedure's end to the moment the host serves rightly; None: it never did."""
        if self.rollback_run is None or self.recovered is None:
            return None
        return max(0.0, self.recovered - self.rollback_run.ended)

    @property
    def never_recovered(self) -> bool:
        """The rollback ran, the drill went on to its end, and the host did not serve rightly within the limit."""
        return self.closed and self.rollback_run is not None and self.recovered is None

    @property
    def by_name(self) -> list[Probe]:
        """What the prober saw by name, through nginx, as users do; in order."""
        return sorted((p for p in self.probes if p.path == "name"), key=lambda p: p.at)

    @property
    def release_before(self) -> str | None:
        """The release that answered users before the backup was taken, which must answer them again."""
        if self.backup is None:
            return None
        return next((p.release for p in self.by_name if p.ok and p.at < self.backup.started), None)

    @property
    def outages(self) -> list[tuple[float, float]]:
        """The third clock: the windows in which the prober saw failures, first failure to next success, by name."""
        windows: list[tuple[float, float]] = []
        first: float | None = None
        last = 0.0
        for probe in self.by_name:
            last = probe.at + probe.seconds
            if not probe.ok and first is None:
                first = probe.at
            elif probe.ok and first is not None:
                windows.append((first, probe.at))
                first = None
        if first is not None:
            windows.append((first, last))
        return windows

    @property
    def outage_seconds(self) -> float | None:
        """All windows of the outage together; None: the prober saw nothing by name."""
        if not self.by_name:
            return None
        return sum(end - start for start, end in self.outages)

    @property
    def left_out(self) -> dict[str, str]:
        """What the plan leaves out besides legs, and why; without a plan, nothing may be missing."""
        return self.plan.left_out if self.plan else {}

    def fired(self, stage: Literal["before", "damaged"]) -> list[Trigger]:
        """The triggers that fired at a stage."""
        return [trigger for trigger in self.triggers if trigger.stage == stage]

    @property
    def undetected(self) -> str | None:
        """What should have told of the damage and did not, as a sentence; None where it did."""
        if self.must_fire is None and self.must_report is None:
            return "the drill names nothing that must tell of the damage"
        fired = [trigger.name for trigger in self.fired("damaged")]
        if self.must_fire is not None and self.must_fire not in fired:
            others = f"; these did: {', '.join(fired)}" if fired else ", and no other did"
            return f"the damage was not detected as it should be: the trigger {self.must_fire!r} did not fire{others}"
        if self.must_report is not None and self.must_report not in [report.by for report in self.reports]:
            return f"the damage was not detected as it should be: no report by {self.must_report!r} is recorded"
        return None

    def red(self, stage: Stage) -> list[CheckResult]:
        """The checks that do not hold at a stage."""
        return [c for c in self.checks if c.stage == stage and not c.holds]

    def at_stage(self, stage: Stage) -> list[CheckResult]:
        """The checks run at a stage."""
        return [c for c in self.checks if c.stage == stage]


def ending(status: int | None) -> str:
    """How a procedure ended, as part of a sentence."""
    return "was ended at its time-out" if status is None else f"exited with status {status}"


def load(path: Path) -> Record:
    """Read a journal into a record.

    Raises:
        ValueError: the journal is damaged, does not begin with the event `drill`, or holds an event that this version
            does not know; one sentence that names the file.
        OSError: the file cannot be read.
    """
    return understood(path, "drill", fold)


def understood(path: Path, first_event: str, fold: Callable[[Path, list[dict[str, Any]]], Told]) -> Told:
    """What a journal tells that begins with an event, as a function of its events has it; see `load`."""
    events = journal.read(path)
    if not events or events[0]["event"] != first_event:
        raise ValueError(f"{path}: expected a journal that begins with the event {first_event!r}")
    try:
        return fold(path, events)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path}: {error.title}, {where}: {first['msg']}, found {first['input']!r:.80}") from None
    except KeyError as error:
        raise ValueError(f"{path}: an event lacks {error}") from None
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{path}: an event is not as this version knows it: {error}") from None


def fold(path: Path, events: Iterable[dict[str, Any]]) -> Record:  # noqa: PLR0912, PLR0915 (one arm an event)
    """Turn events into a record; a later `check` of the same stage and name replaces an earlier one."""
    source = iter(events)
    first = next(source)
    record = Record(
        path=path,
        stack=first["stack"],
        drill=first["drill"],
        title=first["title"],
        rollback=first["rollback"],
        started=first["at"],
        objectives=first["objectives"],
        repeat=(first["repeat"][0], first["repeat"][1]) if "repeat" in first else (1, 1),
        must_fire=first.get("trigger"),
        must_report=first.get("reported"),
    )
    checks: dict[tuple[str, str], CheckResult] = {}
    for event in source:
        data = {k: v for k, v in event.items() if k not in ("event", "at")}
        match event["event"]:
            case "plan":
                record.plan = Plan(**data)
            case "facts":
                record.facts = {**record.facts, **data["facts"]}
            case "lint":
                record.lint.append(Lint(**data))
            case "phase":
                record.phases.append(Phase(name=data["name"], at=data["since"]))
            case "check":
                checks[data["stage"], data["name"]] = CheckResult(**data)
            case "harm":
                record.harms.append(Harm(at=data.pop("applied"), **data))
            case "watch":
                record.watches.append(Watch(**data))
            case "trigger":
                record.triggers.append(Trigger(at=data.pop("fired"), **data))
            case "reported":
                record.reports.append(Report(at=data.pop("moment"), **data))
            case "detected":
                record.detected = data["moment"]
            case "backup":
                record.backup = Execution(**data)
            case "backup_used":
                record.backup_name, record.backup_taken = data["name"], data["taken"]
            case "rollback":
                record.rollback_run = Execution(**data)
            case "recovered":
                record.recovered = data["moment"]
            case "probes":
                record.probes = data["probes"]
            case "writes":
                record.writes = data["writes"]
            case "loss":
                record.loss = Loss(**data)
            case "in_flight":
                record.in_flight.append(InFlight(**data))
            case "evidence":
                record.evidence.append(Evidence(at=event["at"], **data))
            case "evidence_seen":
                record.evidence_seen.append(EvidenceSeen(**data))
            case "contained":
                record.contained.append(Contained(at=event["at"], **data))
            case "lifted":
                record.lifted.append(Lifted(at=event["at"], **data))
            case "incident":
                record.incident = Incident(at=event["at"], **data)
            case "decision":
                record.decision = Decision(at=event["at"], **data)
            case "refusal":
                record.refusals.append(Refusal(**data))
            case "attempt":
                record.attempts.append(Attempt(**data))
            case "leg":
                record.legs.append(Leg(**data))
            case "sabotage":
                record.sabotages.append(Sabotage(at=data.pop("applied"), **data))
            case "notified" | "outbox":
                record.notifications.add(event["event"], data)
            case "bare":
                record.bare = Bare(**data)
            case "rebuilt":
                record.rebuilt = Rebuilt(**data)
            case "wrong_rows":
                record.wrong.append(WrongTable(**data))
            case "problem":
                record.problems = [*record.problems, data["text"]]
            case "closed":
                record.closed = True
            case other:
                raise ValueError(
                    f"{path}: event {other!r} is unknown to this version (journal schema {journal.SCHEMA})"
                )
    record.checks = list(checks.values())
    return record
