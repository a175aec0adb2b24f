"""Every verdict and every cause; and that no lack of evidence ever passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import facts
from reports.record import LEGS
from reports.verdict import Verdict, judge
from tests.reports import journals
from tests.reports.journals import (
    CHECKS,
    RECOVERED,
    ROLLBACK_ENDED,
    ROLLBACK_STARTED,
    Change,
    added,
    check,
    leg,
    loss,
    probed_until,
    record,
    replaced,
    reprobed,
    without,
    without_check,
    without_checks,
    without_leg,
)

LIMITS = {"rollback": 300.0, "recovery": 300.0, "loss": 0.01}
SILENT = "the prober fell silent before the host had recovered: the outage is unknown"


def seen_if(wanted: Callable[[float], bool]) -> Change:
    """Leave out the probes by name at other moments."""
    return reprobed(lambda probe: probe if wanted(probe["at"]) else None)


def after_rollback(**seen: Any) -> Change:
    """Change what every probe by name saw once the rollback had ended."""
    return reprobed(lambda probe: {**probe, **seen} if probe["at"] > ROLLBACK_ENDED else probe)


def test_what_holds_everything_passes_without_a_cause() -> None:
    judgement = judge(record())
    assert (judgement.verdict, judgement.causes, judgement.cause) == (Verdict.PASSED, (), "")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (without_checks("before"), "nothing shows that the host was healthy before: no check ran"),
        (
            added(check("api.health", "before", False, "host h: refused\nmore")),
            "not healthy before: api.health: host h: refused",
        ),
        (
            added(journals.trigger("errors", "before", "3 of 24 answers are errors")),
            "not healthy before: the trigger 'errors' fired: 3 of 24 answers are errors",
        ),
        (
            lambda events: [e for e in events if (e["event"], e.get("stage")) != ("watch", "before")],
            "nothing shows that no trigger would have fired before the harm: nothing was watched",
        ),
        (
            added(journals.watch("before", 1.0, 2.0, blind=["errors"])),
            "the trigger 'errors' saw too little before the harm: that it did not fire shows nothing",
        ),
        (
            without("trigger"),
            "the damage was not detected as it should be: the trigger 'data lost or corrupted' did not fire, "
            "and no other did",
        ),
        (
            replaced("trigger", name="errors"),
            "the damage was not detected as it should be: the trigger 'data lost or corrupted' did not fire; "
            "these did: errors",
        ),
        (
            replaced("drill", trigger=None, reported="users"),
            "the damage was not detected as it should be: no report by 'users' is recorded",
        ),
        (without("harm"), "no harm was applied: there was nothing to roll back from"),
        (
            replaced("harm", real=False, proof="all rows are there"),
            "the harm drop-checkins did not take effect: all rows are there",
        ),
        (without("rollback"), "no rollback was run"),
        (without_checks("after"), "nothing shows what the rollback did: no check ran after it"),
        (
            lambda events: [
                {**e, "holds": True} if e.get("stage") == "damaged" and "holds" in e else e for e in events
            ],
            "the damage was not real: no check saw it",
        ),
        (
            lambda events: [e for e in events if (e["event"], e.get("stage")) != ("check", "damaged")],
            "nothing shows that the damage was seen: no check ran between harm and rollback",
        ),
        (without("plan"), "the journal does not say what was to be done: that nothing is missing shows nothing"),
        (without_check("before", "api.login"), "checks that were to run before the harm did not: api.login"),
        (
            without_check("damaged", "api.login"),
            "checks that were to run between harm and rollback did not: api.login",
        ),
        (without_check("after", "site.files"), "checks that were to run after the rollback did not: site.files"),
        (
            without_check("after", "service.reboot"),
            "checks that were to run after the rollback did not: service.reboot",
        ),
        (without("leg"), "back was not tried, and nothing says why"),
        *((without_leg(name), f"{name} was not tried, and nothing says why") for name in LEGS),
        (without("backup"), "no backup was taken: that nothing from before it is lost shows nothing"),
        (replaced("backup", status=1), "the backup exited with status 1"),
        (replaced("backup", status=None), "the backup was ended at its time-out"),
        (without("writes"), "the writes are not in the journal: the loss cannot be counted again"),
        (replaced("writes", writes=[]), "the writes are not in the journal: the loss cannot be counted again"),
        (seen_if(lambda at: at > RECOVERED + 2), "the prober saw no release by name before the backup"),
        (
            seen_if(lambda at: not ROLLBACK_STARTED <= at <= ROLLBACK_ENDED),
            "the prober saw nothing by name for 2.0 s between backup and recovery: the outage is unknown",
        ),
        (
            reprobed(lambda probe: probe if probe["at"] == journals.T0 else None),
            SILENT,
        ),
        (
            replaced("rollback", started=ROLLBACK_ENDED, ended=ROLLBACK_STARTED),
            "the times run backwards: the rollback's end comes before the rollback's start",
        ),
        (
            replaced("recovered", moment=ROLLBACK_STARTED - 1),
            "the times run backwards: the recovery comes before the rollback's end",
        ),
        (
            replaced("harm", applied=ROLLBACK_ENDED + 1),
            "the times run backwards: the rollback's start comes before the harm",
        ),
        (
            replaced("backup", started=journals.DAMAGED + 1, ended=journals.DAMAGED + 2),
            "the times run backwards: the harm comes before the backup's end",
        ),
        (replaced("drill", trigger=None), "the drill names nothing that must tell of the damage"),
        (without("probes"), "the prober saw nothing by name: the outage is unknown"),
        (
            reprobed(lambda probe: None),
            "the prober saw nothing by name: the outage is unknown",
        ),
        (seen_if(lambda at: at < ROLLBACK_ENDED), SILENT),
        (seen_if(lambda at: at < RECOVERED), SILENT),
        (without("loss"), "the loss could not be counted"),
        (replaced("loss", parts={}), "the loss could not be counted"),
        (replaced("plan", attempts=["fault.port_held"]), "fault.port_held: no attempt was made under it"),
        (added(journals.attempt(1, real=False)), "the fault fault.port_held did not take effect: it is active"),
        (replaced("plan", refusals=["answered n"]), "answered n: whether it refuses was not tried"),
        (
            added(journals.in_flight(ROLLBACK_STARTED - 0.1, "200")),
            "POST /api/agent/chat, which was to be in flight when the rollback began, was over before it",
        ),
        (added({"event": "problem", "text": "the ledger is gone"}), "the ledger is gone"),
        *(
            (
                replaced("drill", objectives={k: v for k, v in LIMITS.items() if k != name}),
                f"no objective is stated for {name}",
            )
            for name in LIMITS
        ),
    ],
)
def test_unsound_ground_is_inconclusive(change: Change, cause: str) -> None:
    assert judge(record(change)).verdict is Verdict.INCONCLUSIVE
    assert judge(record(change)).cause == cause


@pytest.mark.parametrize(
    "gap", [without("loss"), without("probes"), added({"event": "problem", "text": "the ledger is cut short"})]
)
def test_missing_evidence_does_not_hide_what_was_seen_to_be_wrong(gap: Change) -> None:
    red = added(check("database.integrity", "after", False, "host h: malformed"))
    judgement = judge(record(gap, red))
    assert judgement.verdict is Verdict.FALSE_SUCCESS
    assert judgement.cause == "database.integrity: host h: malformed"


def test_a_false_success_is_one_though_the_damage_was_not_detected() -> None:
    red = added(check("database.integrity", "after", False, "host h: malformed"))
    assert judge(record(without("trigger"), red)).verdict is Verdict.FALSE_SUCCESS


@pytest.mark.parametrize(
    "changes",
    [
        (replaced("drill", trigger=None, reported="users"), added(journals.reported("users"))),
        (replaced("drill", trigger=None, reported="users"), without("trigger"), added(journals.reported("users"))),
        (added(journals.trigger("errors", "damaged", "3 of 24 answers are errors")),),
    ],
    ids=["people and a trigger", "people alone", "one more than must"],
)
def test_what_must_tell_of_the_damage_told(changes: tuple[Change, ...]) -> None:
    assert judge(record(*changes)).verdict is Verdict.PASSED


def test_a_drill_that_did_not_end_is_aborted() -> None:
    judgement = judge(record(closed=False))
    assert judgement.verdict is Verdict.ABORTED
    assert judgement.cause == "the journal has no closing record: the drill did not end"


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (
            added(check("database.rows", "after", False, "host h: expected 2, got 1\nmore")),
            "database.rows: host h: expected 2, got 1",
        ),
        (added(check("database.rows", "after", False, "")), "database.rows: (no message)"),
        (added(loss(before=(143, 2, 0, 0))), "2 of 143 writes acknowledged before the backup started are lost"),
        (added(loss(restored=(41, 3, 0, 0))), "3 of 41 writes acknowledged after the rollback ended are lost"),
        (added(journals.wrong_rows()), "wrong rows in table checkins: 7"),
        (
            added(journals.in_flight(ROLLBACK_STARTED + 0.5, "502")),
            "a request in flight when the rollback began, POST /api/agent/chat, was cut off after 1.5 s: 502; "
            "it has 20 s to end",
        ),
        (
            added(journals.attempt(1, "database is neither as it was before nor as it is after: …")),
            "fault.port_held: it exited with status 1, and database is neither as it was before nor as it is after: …",
        ),
        (
            added(journals.attempt(0, "/a is missing, and must be a file")),
            "fault.port_held: it claimed success, and /a is missing, and must be a file",
        ),
        (added(journals.refusal("answered n", 0)), "answered n: exit status 0, though it was to do nothing"),
        (
            added(journals.refusal("end of input", 1, "/a is missing, and must be a file")),
            "end of input: it was to do nothing, and /a is missing, and must be a file",
        ),
        (
            after_rollback(ok=False, status=502, release=None, error="502\nBad Gateway"),
            "by name, the prober's last question was answered with 502 Bad Gateway",
        ),
        (
            after_rollback(release="1.1.0"),
            "by name, the prober's last question was answered by release 1.1.0, and must be by 1.0.0",
        ),
    ],
)
def test_a_claim_that_the_evidence_denies_is_a_false_success(change: Change, cause: str) -> None:
    assert judge(record(change)).verdict is Verdict.FALSE_SUCCESS
    assert judge(record(change)).cause == cause


def test_lost_writes_weigh_more_than_red_checks() -> None:
    both = record(added(check("api.login", "after", False), loss(before=(143, 1, 0, 0))))
    assert "acknowledged" in judge(both).causes[0]
    assert "api.login" in judge(both).causes[1]


def test_writes_that_going_back_may_cost_are_no_cause() -> None:
    gone = (20, 20, 5, 5)
    assert judge(record(added(loss(between=gone, after=gone, rollback=gone)))).verdict is Verdict.PASSED


@pytest.mark.parametrize(("answer", "grace"), [("200", 20), ("no answer", 1.4)], ids=["answered", "grace is over"])
def test_a_request_in_flight_that_had_its_grace_is_no_cause(answer: str, grace: float) -> None:
    asked = journals.in_flight(ROLLBACK_STARTED + 0.5, answer, grace=grace)
    assert judge(record(added(asked))).verdict is Verdict.PASSED


@pytest.mark.parametrize(("status", "verdict"), [(0, Verdict.PASSED), (4, Verdict.PASSED), (None, Verdict.FAILED)])
def test_a_fault_that_is_survived_is_no_cause(status, verdict) -> None:
    planned = replaced("plan", attempts=["fault.port_held"])
    judgement = judge(record(planned, added(journals.attempt(status))))
    assert judgement.verdict is verdict, judgement.causes


def test_a_procedure_that_refuses_is_no_cause() -> None:
    planned = replaced("plan", refusals=["answered n"])
    assert judge(record(planned, added(journals.refusal("answered n", 1)))).verdict is Verdict.PASSED


def test_wrong_rows_that_number_none_are_no_cause() -> None:
    none = {**journals.wrong_rows(), "missing": 0, "altered": 0, "left_over": 0, "rows": []}
    assert judge(record(added(none))).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("change", "causes"),
    [
        (replaced("rollback", status=3), ("the procedure exited with status 3", "a false alarm: every check holds")),
        (
            replaced("rollback", status=None),
            ("the procedure was ended at its time-out", "a false alarm: every check holds"),
        ),
        (
            lambda events: [
                *replaced("rollback", status=1)(events),
                check("site.files", "after", False, "host h: 1 file"),
            ],
            ("the procedure exited with status 1", "site.files: host h: 1 file"),
        ),
        (
            lambda events: probed_until(ROLLBACK_STARTED + 301)(
                replaced("recovered", moment=ROLLBACK_STARTED + 301)(
                    replaced("rollback", ended=ROLLBACK_STARTED + 300)(events)
                )
            ),
            ("objective missed: rollback 5 min, and it must be under 5 min",),
        ),
        (without("recovered"), ("objective missed: no recovery within the limit, and it must be under 5 min",)),
        (
            lambda events: probed_until(ROLLBACK_ENDED + 300.2)(
                replaced("recovered", moment=ROLLBACK_ENDED + 300.2)(events)
            ),
            ("objective missed: recovery 5 min 0.2 s, and it must be under 5 min",),
        ),
        (added(loss(rows_lost=61)), ("objective missed: loss 1.44 %, and it must be under 1 %",)),
    ],
)
def test_a_failure_that_is_owned_or_an_objective_missed_is_failed(change: Change, causes: tuple[str, ...]) -> None:
    judgement = judge(record(change))
    assert judgement.verdict is Verdict.FAILED
    assert judgement.causes == causes


EVIDENCE: dict[str, dict[str, Any]] = {
    "closing record": {"closed": False},
    "rollback": {"rollback_run": None},
    "recovery": {"recovered": None},
    "plan": {"plan": None},
    "backup": {"backup": None},
    "probes": {"probes": []},
    "writes": {"writes": []},
    "legs": {"legs": []},
    "loss": {"loss": None},
    "harm": {"harms": []},
    "checks": {"checks": []},
    "objectives": {"objectives": {}},
    "watching": {"watches": []},
    "trigger": {"triggers": []},
}


@given(st.sets(st.sampled_from(sorted(EVIDENCE)), min_size=1))
def test_nothing_that_lacks_evidence_passes(missing: set[str]) -> None:
    lacking = record()
    for name in missing:
        for field, value in EVIDENCE[name].items():
            setattr(lacking, field, value)
    assert judge(lacking).verdict is not Verdict.PASSED


CHANGES = st.lists(
    st.sampled_from(
        [
            replaced("rollback", status=0),
            replaced("rollback", status=1),
            without("probes"),
            without("recovered"),
            without("loss"),
            replaced("harm", real=False),
            without_checks("before"),
            added(loss(rows_lost=500)),
        ]
    ),
    max_size=3,
)


@given(CHANGES, st.booleans(), st.sampled_from([name for name, _, _ in journals.CHECKS] + ["one.more"]), st.text())
def test_a_red_check_after_the_rollback_never_passes(
    changes: list[Change], closed: bool, name: str, message: str
) -> None:
    red = added(check(name, "after", False, message))
    assert judge(record(*changes, red, closed=closed)).verdict is not Verdict.PASSED


@given(CHANGES, st.one_of(st.none(), st.integers(-64, 255).filter(bool)))
def test_a_procedure_that_does_not_claim_success_never_passes(changes: list[Change], status: int | None) -> None:
    assert judge(record(*changes, replaced("rollback", status=status))).verdict in {
        Verdict.FAILED,
        Verdict.INCONCLUSIVE,
    }


@given(CHANGES, st.booleans())
def test_only_a_pass_has_no_cause(changes: list[Change], closed: bool) -> None:
    judgement = judge(record(*changes, closed=closed))
    assert (judgement.verdict is Verdict.PASSED) == (judgement.causes == ())


@given(st.floats(0, 1000, allow_nan=False), st.floats(0, 1000, allow_nan=False))
def test_a_pass_holds_its_clocks(rollback: float, recovery: float) -> None:
    ended = ROLLBACK_STARTED + rollback
    passing = record(
        replaced("rollback", ended=ended),
        replaced("recovered", moment=ended + recovery),
        probed_until(ended + recovery),
    )
    assert passing.rollback_run is not None
    held = passing.rollback_run.seconds < 300 and (passing.recovery_seconds or 0) < 300
    assert judge(passing).verdict is (Verdict.PASSED if held else Verdict.FAILED)


@pytest.mark.parametrize(
    ("status", "wrong", "verdict", "cause"),
    [
        (0, [], Verdict.PASSED, ""),
        (0, ["x is y, and must be z"], Verdict.FALSE_SUCCESS, "back, exit status 0: x is y, and must be z"),
        (4, [], Verdict.FAILED, "back: exited with status 4"),
        (None, [], Verdict.FAILED, "back: was ended at its time-out"),
    ],
)  # fmt: skip
def test_the_way_back_is_judged_like_the_way_there(
    status: int | None, wrong: list[str], verdict: Verdict, cause: str
) -> None:
    judgement = judge(record(without_leg("back"), added(leg("back", status=status, wrong=wrong))))
    assert (judgement.verdict, judgement.cause) == (verdict, cause)


def test_a_way_back_that_there_is_not_is_not_missed() -> None:
    none = replaced("plan", not_tried={"back": "the procedure under test has none"})
    assert judge(record(none, without_leg("back"))).verdict is Verdict.PASSED


NOTHING_KEPT = {"loss": "the stack has no database", "writes": "the stack has no database"}


def test_what_the_plan_leaves_out_is_not_missed() -> None:
    assert judge(record(replaced("plan", left_out=NOTHING_KEPT), without("loss"), without("writes"))).verdict is (
        Verdict.PASSED
    )
    early = loss()
    early["parts"]["before"] = dict.fromkeys(early["parts"]["before"], 0)
    none_early = replaced("loss", parts=early["parts"])
    why = {"writes from before the backup": "the backup was taken before the drill"}
    assert judge(record(replaced("plan", left_out=why), none_early)).verdict is Verdict.PASSED
    assert judge(record(none_early)).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("left", ["loss", "writes"])
def test_what_it_does_not_leave_out_is_missed_still(left: str) -> None:
    """To leave out the one does not excuse what the other is missing; nor is a loss that was counted forgiven."""
    why = {name: text for name, text in NOTHING_KEPT.items() if name == left}
    others = without("probes"), without_leg("back"), without_checks("after")
    for other in others:
        assert judge(record(replaced("plan", left_out=why), other)).verdict is Verdict.INCONCLUSIVE
    lost = loss()
    lost["parts"]["before"]["acked_lost"] = 1
    assert judge(record(replaced("plan", left_out=why), replaced("loss", parts=lost["parts"]))).verdict is (
        Verdict.FALSE_SUCCESS
    )


def test_facts_are_left_out_as_the_plan_says() -> None:
    names = {fact.name for fact in facts.of_drill([], left_out=NOTHING_KEPT)}
    every = {fact.name for fact in facts.of_drill([])}
    assert every - names == {"no write from before the backup is lost", "loss within objective"}
    early = {fact.name for fact in facts.of_drill([], left_out=["writes from before the backup"])}
    assert every - early == {"no write from before the backup is lost"}


def test_every_cause_is_one_line() -> None:
    said = leg("rerun", wrong=["release is <html>\r\n<body>\n\n502 Bad Gateway, and must be 1.0.0"])
    assert judge(record(without_leg("rerun"), added(said))).causes == (
        "rerun, exit status 0: release is <html> <body> 502 Bad Gateway, and must be 1.0.0",
    )


def test_a_cause_is_of_a_length_that_can_be_read() -> None:
    said = leg("rerun", wrong=["schema is " + "x" * 5000])
    [cause] = judge(record(without_leg("rerun"), added(said))).causes
    assert len(cause) < 500
    assert cause.endswith("characters cut]")


FACTS = facts.of_drill([name for name, _, _ in CHECKS])


def reds(*changes: Change) -> list[str]:
    """The names of a drill's red rows."""
    judged, found = record(*changes), []
    for fact in FACTS:
        try:
            fact.holds(judged)
        except (AssertionError, KeyError):
            found.append(fact.name)
    return found


def without_one(number: int) -> Change:
    """Leave out one event, whichever."""
    return lambda events: [event for at, event in enumerate(events) if at != number]


# Told to readers; no verdict stands on them. What the detector saw of the damage is in the triggers.
NOT_MISSED = {"facts", "phase", "backup_used", "detected", "watch damaged"}


@pytest.mark.parametrize("number", range(1, len(journals.passing())))
def test_no_event_that_counts_can_be_left_out_of_a_pass(number: int) -> None:
    event = journals.passing()[number]
    kinds = {event["event"], f"{event['event']} {event.get('stage')}"}
    passes = judge(record(without_one(number))).verdict is Verdict.PASSED
    assert passes == bool(kinds & NOT_MISSED)


@given(st.lists(st.integers(1, len(journals.passing()) - 1).map(without_one), max_size=2), CHANGES)
def test_a_drill_with_a_red_row_never_passes(left_out: list[Change], changes: list[Change]) -> None:
    if judge(record(*left_out, *changes)).verdict is Verdict.PASSED:
        assert reds(*left_out, *changes) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (journals.sabotage("files.unseen", looked=("files.site",)), "no check saw the sabotage files.unseen"),
        (journals.sabotage("files.undone", real=False), "the sabotage files.undone did not take effect: files.undone"),
    ],
)
def test_a_sabotage_that_shows_no_check_at_work_leaves_the_drill_inconclusive(row: dict[str, Any], says: str) -> None:
    judgement = judge(record(added(journals.sabotage("files.left_over", "files.site"), row)))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.cause.startswith(says)


def test_a_sabotage_that_the_host_has_nothing_for_takes_nothing_away() -> None:
    assert judge(record(added(journals.sabotage("database.x", real=False, unfit="no index")))).verdict is Verdict.PASSED
