"""The verdict of a drill: what its journal proves (SOP.md, decision 4). Only `passed` counts as passed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports import figures
from reports.record import NEVER_LOST, Record
from reports.text import first_line

OBJECTIVES = ("rollback", "recovery", "loss")


class Verdict(StrEnum):
    """Best first; `false success` is the worst: the procedure said it worked, and it did not."""

    PASSED = "passed"
    FAILED = "failed"
    FALSE_SUCCESS = "false success"
    INCONCLUSIVE = "inconclusive"
    ABORTED = "aborted"


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
    nothing looked at) is inconclusive; then the claim against what was seen to be wrong; where nothing was, but some
    evidence is missing, it is inconclusive again; then the objectives.
    """
    if not record.closed:
        return Judgement(Verdict.ABORTED, ("the journal has no closing record: the drill did not end",))
    if ground := _unsound(record):
        return Judgement(Verdict.INCONCLUSIVE, tuple(ground))
    run = record.rollback_run
    assert run is not None  # _unsound has seen to it
    wrong = _wrong(record)
    if run.claims_success and wrong:
        return Judgement(Verdict.FALSE_SUCCESS, tuple(wrong))
    if not run.claims_success:
        gaps = _gaps(record)
        said = "was ended at its time-out" if run.status is None else f"exited with status {run.status}"
        alarm = () if wrong or gaps else ("a false alarm: every check holds",)
        return Judgement(Verdict.FAILED, (f"the procedure {said}", *alarm, *wrong, *gaps))
    if gaps := _gaps(record):
        return Judgement(Verdict.INCONCLUSIVE, tuple(gaps))
    if missed := _missed(record):
        return Judgement(Verdict.FAILED, tuple(missed))
    return Judgement(Verdict.PASSED, ())


def _unsound(record: Record) -> list[str]:
    found = []
    if not record.at_stage("before"):
        found.append("nothing shows that the host was healthy before: no check ran")
    found += [f"not healthy before: {c.name}: {first_line(c.message)}" for c in record.red("before")]
    found += [f"not healthy before: the trigger {t.name!r} fired: {t.evidence}" for t in record.fired("before")]
    if not record.harms:
        found.append("no harm was applied: there was nothing to roll back from")
    found += [f"the harm {h.name} did not take effect: {h.proof}" for h in record.harms if not h.real]
    if record.rollback_run is None:
        found.append("no rollback was run")
    elif not record.at_stage("after"):
        found.append("nothing shows what the rollback did: no check ran after it")
    return found


def _gaps(record: Record) -> list[str]:
    """Evidence without which nothing can be called passed."""
    found = list(record.problems)
    if record.undetected:
        found.append(record.undetected)
    before = [watch for watch in record.watches if watch.stage == "before"]
    if not before:
        found.append("nothing shows that no trigger would have fired before the harm: nothing was watched")
    found += [
        f"the trigger {name!r} saw too little before the harm: that it did not fire shows nothing"
        for watch in before
        for name in watch.blind
    ]
    by_name = [p.at for p in record.probes if p.path == "name"]
    if not by_name:
        found.append("the prober saw nothing by name: the outage is unknown")
    elif record.rollback_run and max(by_name) < record.rollback_run.ended:
        found.append("the prober fell silent before the rollback ended: the outage is unknown")
    if record.rollback_run and (record.loss is None or "before" not in record.loss.parts):
        found.append("the loss could not be counted")
    elif record.loss:
        found += [
            f"no write was acknowledged {acked}: that none is lost shows nothing"
            for part, acked in NEVER_LOST.items()
            if part not in record.loss.parts or not record.loss.parts[part].acked
        ]
    found += [f"no objective is stated for {name}" for name in OBJECTIVES if name not in record.objectives]
    asked = {c.name for c in record.at_stage("before")}
    after = {c.name for c in record.at_stage("after")}
    if record.at_stage("after") and (unasked := sorted(asked - after)):
        found.append(f"checks that ran before the harm did not run after the rollback: {', '.join(unasked)}")
    return found


def _wrong(record: Record) -> list[str]:
    """What is not as it must be: red checks, and writes lost that no right rollback can lose."""
    found = []
    for part, acked in NEVER_LOST.items():
        writes = record.loss.parts.get(part) if record.loss else None
        if writes and writes.acked_lost:
            found.append(f"{writes.acked_lost} of {writes.acked} writes acknowledged {acked} are lost")
    found += [f"{c.name}: {first_line(c.message)}" for c in record.red("after")]
    for table in record.wrong:
        if number := table.missing + table.altered + table.left_over:
            found.append(f"wrong rows in table {table.table}: {number:,}")
    found += [f"{leg.name}, exit status 0: {leg.wrong[0]}" for leg in record.legs if leg.status == 0 and leg.wrong]
    return found


def _missed(record: Record) -> list[str]:
    found = [f"{leg.name}: {leg.ending}" for leg in record.legs if leg.status != 0]
    values = (record.rollback_seconds, record.recovery_seconds, record.loss.share if record.loss else None)
    for name, value in zip(OBJECTIVES, values, strict=True):
        limit = record.objectives[name]
        wanted = figures.share_limit(limit) if name == "loss" else figures.limit(limit)
        if value is None:
            found.append(f"objective missed: no {name} within the limit, and it must be under {wanted}")
        elif value >= limit:
            shown = figures.share(value) if name == "loss" else figures.span(value)
            found.append(f"objective missed: {name} {shown}, and it must be under {wanted}")
    return found
