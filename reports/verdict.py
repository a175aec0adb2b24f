"""The verdict of a drill: what its journal proves (SOP.md, decision 4). Only `passed` counts as passed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from reports import containment, evidence, figures, recovery
from reports.record import EARLY_WRITES, LEGS, LOSS, NEVER_LOST, WRITES, Execution, Record, Stage, ending
from reports.text import first_line, one_line, shorten

OBJECTIVES = ("rollback", "recovery", "loss")
LONGEST_CAUSE = 400  # characters
PROBES_MISSED = 10  # in a row, before the outage counts as unknown
STAGES: dict[Stage, str] = {
    "before": "before the harm",
    "damaged": "between harm and rollback",
    "after": "after the rollback",
}


class Verdict(StrEnum):
    """Best first; `false success` is the worst: the procedure said it worked, and it did not."""

    PASSED = "passed"
    FAILED = "failed"
    FALSE_SUCCESS = "false success"
    INCONCLUSIVE = "inconclusive"
    ABORTED = "aborted"


WORST_FIRST = (Verdict.FALSE_SUCCESS, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ABORTED, Verdict.PASSED)


@dataclass(frozen=True)
class Judgement:
    """A verdict with its causes, each one sentence, the weightiest first; none for `passed`."""

    verdict: Verdict
    causes: tuple[str, ...]

    @property
    def cause(self) -> str:
        """The weightiest cause, or an empty string."""
        return self.causes[0] if self.causes else ""


def judge(record: Record) -> Judgement:
    """Judge a drill; no evidence is never success.

    Order: a drill that did not end is aborted; one whose ground was not sound (host unhealthy before, damage not real,
    nothing looked at) is inconclusive; then the claim against what was seen to be wrong; then what failed around the
    rollback, of which that claim says nothing: containment, evidence; where nothing did, but some evidence is missing,
    it is inconclusive again; then the objectives.
    """
    verdict, causes = _judged(record)
    return Judgement(verdict, tuple(shorten(one_line(cause), LONGEST_CAUSE) for cause in causes))


def _judged(record: Record) -> tuple[Verdict, list[str]]:
    if not record.closed:
        return Verdict.ABORTED, ["the journal has no closing record: the drill did not end"]
    if ground := _unsound(record):
        return Verdict.INCONCLUSIVE, ground
    run = record.rollback_run
    assert run is not None  # _unsound has seen to it
    wrong, failed, gaps = _wrong(record, run), _failed(record, run), _gaps(record, run)
    if not run.claims_success:
        alarm = [] if wrong or gaps else ["a false alarm: every check holds"]
        return Verdict.FAILED, [f"the procedure {run.ending}", *alarm, *wrong, *failed, *gaps]
    if wrong:
        return Verdict.FALSE_SUCCESS, [*wrong, *failed]
    if failed:
        return Verdict.FAILED, [*failed, *gaps]
    if gaps:
        return Verdict.INCONCLUSIVE, gaps
    if missed := _missed(record):
        return Verdict.FAILED, missed
    return Verdict.PASSED, []


def _unsound(record: Record) -> list[str]:
    found = []
    if not record.at_stage("before"):
        found.append("nothing shows that the host was healthy before: no check ran")
    found += [f"not healthy before: {c.name}: {first_line(c.message)}" for c in record.red("before")]
    found += [f"not healthy before: the trigger {t.name!r} fired: {t.evidence}" for t in record.fired("before")]
    if not record.harms:
        found.append("no harm was applied: there was nothing to roll back from")
    found += [f"the fault {a.fault} did not take effect: {a.proof}" for a in record.attempts if not a.real]
    found += [f"the harm {h.name} did not take effect: {h.proof}" for h in record.harms if not h.real]
    if record.at_stage("damaged") and not record.red("damaged"):
        found.append("the damage was not real: no check saw it")
    found += recovery.unsound(record.bare)
    if record.rollback_run is None:
        found.append("no rollback was run")
    elif not record.at_stage("after"):
        found.append("nothing shows what the rollback did: no check ran after it")
    return found


def _gaps(record: Record, run: Execution) -> list[str]:
    """Evidence without which nothing can be called passed."""
    return [
        *record.problems,
        *_backwards(record, run),
        *_undone(record),
        *_unwatched(record),
        *_unprobed(record, run),
        *_uncounted(record),
        *evidence.gaps(record.evidence, record.evidence_seen),
        *containment.gaps(record.contained, record.lifted),
        *record.notifications.doubts,
        *(
            f"the sabotage {s.name} did not take effect: {s.proof}"
            for s in record.sabotages
            if not s.real and not s.unfit
        ),
        *(f"no check saw the sabotage {s.name}" for s in record.sabotages if s.real and not s.caught_by),
        *(
            f"{asked.what}, which was to be in flight when the rollback began, was over before it"
            for asked in record.in_flight
            if asked.answered <= run.started
        ),
        *(
            f"no objective is stated for {name}"
            for name in OBJECTIVES
            if name not in record.objectives and name not in record.left_out
        ),
        *recovery.gaps(record.rollback, record.bare, record.rebuilt),
    ]


def _backwards(record: Record, run: Execution) -> list[str]:
    """Moments that come before what must have come before them: no span between them says anything."""
    course = []
    if record.backup:
        course += [("the backup's start", record.backup.started), ("the backup's end", record.backup.ended)]
    if harms := [harm.at for harm in record.harms if harm.moment == "before"]:
        course.append(("the harm", max(harms)))
    course += [("the rollback's start", run.started), ("the rollback's end", run.ended)]
    if record.recovered is not None:
        course.append(("the recovery", record.recovered))
    return [
        f"the times run backwards: {later} comes before {earlier}"
        for (earlier, at), (later, then) in pairwise(course)
        if then < at
    ]


def _undone(record: Record) -> list[str]:
    """What the drill set out to do, and did not."""
    found = []
    if record.backup is None:
        found.append("no backup was taken: that nothing from before it is lost shows nothing")
    elif not record.backup.claims_success:
        found.append(f"the backup {record.backup.ending}")
    if record.plan is None:
        return [*found, "the journal does not say what was to be done: that nothing is missing shows nothing"]
    for stage, when in STAGES.items():
        ran = {check.name for check in record.at_stage(stage)}
        if not ran:  # before and after, the ground would not be sound
            found.append(f"nothing shows that the damage was seen: no check ran {when}")
        elif missing := sorted({*record.plan.checks.get(stage, ())} - ran):
            found.append(f"checks that were to run {when} did not: {', '.join(missing)}")
    refused = {refusal.how for refusal in record.refusals}
    found += [f"{how}: whether it refuses was not tried" for how in record.plan.refusals if how not in refused]
    struck = {attempt.fault for attempt in record.attempts}
    found += [f"{fault}: no attempt was made under it" for fault in record.plan.attempts if fault not in struck]
    tried = {leg.name for leg in record.legs} | record.plan.not_tried.keys()
    return found + [f"{name} was not tried, and nothing says why" for name in LEGS if name not in tried]


def _unwatched(record: Record) -> list[str]:
    """What the triggers should have seen, and did not."""
    found = [record.undetected] if record.undetected else []
    before = [watch for watch in record.watches if watch.stage == "before"]
    if not before:
        found.append("nothing shows that no trigger would have fired before the harm: nothing was watched")
    return found + [
        f"the trigger {name!r} saw too little before the harm: that it did not fire shows nothing"
        for watch in before
        for name in watch.blind
    ]


def _unprobed(record: Record, run: Execution) -> list[str]:
    """Stretches of which the prober cannot say whether users were served: the outage may lie in them."""
    if not record.by_name:
        return ["the prober saw nothing by name: the outage is unknown"]
    start, end = (record.backup or run).started, max(run.ended, record.recovered or 0)
    if record.by_name[-1].at < end:
        return ["the prober fell silent before the host had recovered: the outage is unknown"]
    found = [] if record.release_before else ["the prober saw no release by name before the backup"]
    seen = [start, *(probe.at for probe in record.by_name if start < probe.at < end), end]
    hole = max(then - at for at, then in pairwise(seen))
    if record.plan and hole > max(1.0, PROBES_MISSED * record.plan.probe_every):
        shown = figures.span(hole)
        found.append(f"the prober saw nothing by name for {shown} between backup and recovery: the outage is unknown")
    return found


def _uncounted(record: Record) -> list[str]:
    """What is missing to say what was lost."""
    if LOSS in record.left_out:
        return []
    if record.loss is None or "before" not in record.loss.parts:
        return ["the loss could not be counted"]
    if WRITES in record.left_out:
        return []
    found = [] if record.writes else ["the writes are not in the journal: the loss cannot be counted again"]
    return found + [
        f"no write was acknowledged {acked}: that none is lost shows nothing"
        for part, acked in NEVER_LOST.items()
        if (part not in record.loss.parts or not record.loss.parts[part].acked)
        and not (part == "before" and EARLY_WRITES in record.left_out)
    ]


def _wrong(record: Record, run: Execution) -> list[str]:
    """What is not as it must be: red checks, what users are answered, and writes lost that no right rollback loses."""
    found = []
    for part, acked in NEVER_LOST.items():
        writes = record.loss.parts.get(part) if record.loss else None
        if writes and writes.acked_lost:
            found.append(f"{writes.acked_lost} of {writes.acked} writes acknowledged {acked} are lost")
    found += [f"{c.name}: {first_line(c.message)}" for c in record.red("after")]
    found += recovery.wrong(record.rebuilt)
    for table in record.wrong:
        if number := table.missing + table.altered + table.left_over:
            found.append(f"wrong rows in table {table.table}: {number:,}")
    found += [
        f"a request in flight when the rollback began, {asked.what}, was cut off after {figures.span(asked.seconds)}: "
        f"{asked.answer}; it has {figures.limit(asked.grace)} to end"
        for asked in record.in_flight
        if asked.cut_off and asked.answered > run.started and asked.seconds < asked.grace
    ]
    last = record.by_name[-1] if record.by_name else None
    if last and last.at > run.ended:
        asked = "by name, the prober's last question was answered"
        if not last.ok:
            found.append(f"{asked} with {last.error}")
        elif record.release_before and last.release != record.release_before:
            found.append(f"{asked} by release {last.release}, and must be by {record.release_before}")
    for refusal in record.refusals:
        if refusal.status == 0:
            found.append(f"{refusal.how}: exit status 0, though it was to do nothing")
        elif refusal.changed:
            found.append(f"{refusal.how}: it was to do nothing, and {refusal.changed[0]}")
    for attempt in record.attempts:
        if attempt.wrong:
            claims = "it claimed success, and" if attempt.status == 0 else f"it {ending(attempt.status)}, and"
            found.append(f"{attempt.fault}: {claims} {attempt.wrong[0]}")
    found += [f"{leg.name}, exit status 0: {leg.wrong[0]}" for leg in record.legs if leg.status == 0 and leg.wrong]
    return found


def _failed(record: Record, run: Execution) -> list[str]:
    """What went wrong around the rollback, and is no lie of the procedure's."""
    changes = [run.started, *(contained.at for contained in record.contained)]
    return [
        *containment.failings(record.contained, record.lifted),
        *evidence.failings(record.evidence, record.evidence_seen, changes),
    ]


def _missed(record: Record) -> list[str]:
    found = [f"{leg.name}: {leg.ending}" for leg in record.legs if leg.status != 0]
    found += [f"{a.fault}: it {ending(None)}" for a in record.attempts if a.status is None]
    found += [f"{refusal.how}: it {ending(None)}" for refusal in record.refusals if refusal.status is None]
    values = (record.rollback_seconds, record.recovery_seconds, record.loss.share if record.loss else None)
    for name, value in zip(OBJECTIVES, values, strict=True):
        if name in record.left_out:
            continue
        limit = record.objectives[name]
        wanted = figures.share_limit(limit) if name == "loss" else figures.limit(limit)
        if value is None:
            found.append(f"objective missed: no {name} within the limit, and it must be under {wanted}")
        elif value >= limit:
            shown = figures.share(value) if name == "loss" else figures.span(value)
            found.append(f"objective missed: {name} {shown}, and it must be under {wanted}")
    return found + recovery.missed(record.bare, record.rebuilt, record.objectives.get(recovery.SERVE))
