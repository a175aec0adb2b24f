"""The checklists: every box can be ticked, none without its evidence, and evidence to the contrary opens it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import boxes
from reports.boxes import Box
from reports.incident import incident_report, rollback_log
from reports.record import Record
from reports.words import LANGUAGES, words
from tests.reports import incidents
from tests.reports.incidents import contained, decision, evidence, evidence_seen, record, record_of, whole
from tests.reports.journals import ENDED, ROLLBACK_STARTED, Change, added, check, replaced, without

FOR_A_PERSON = "services_stopped"


def every(found: Record) -> list[Box]:
    return [*boxes.of_rollback(found), *boxes.of_containment(found)]


def ticked(found: Record) -> set[str]:
    return {box.name for box in every(found) if box.ticked}


ALL = [box for box in every(record()) if box.name != FOR_A_PERSON]


def test_of_a_whole_response_every_box_is_ticked_but_that_which_no_event_tells_of() -> None:
    assert {box.name for box in every(record()) if not box.ticked} == {FOR_A_PERSON}
    assert all(box.needs for box in ALL)


@pytest.mark.parametrize(("box", "need"), [(box, need) for box in ALL for need in box.needs])
def test_without_any_event_that_it_needs_a_box_is_open(box: Box, need: str) -> None:
    found = record_of([event for event in whole() if event["event"] != need], closed=need != "closed")
    assert box.name not in ticked(found)
    for language in LANGUAGES:
        w = words(language)
        text = rollback_log(found, language) + incident_report(found, language)
        assert f"- [ ] {w[box.name]}: *{w['lacks']}" in text


@pytest.mark.parametrize("number", range(1, len(whole())))
def test_to_leave_out_one_event_ticks_no_box_and_opens_those_that_have_no_other(number: int) -> None:
    events = whole()
    left_out = events.pop(number)["event"]
    found = ticked(record_of(events))
    assert found <= {box.name for box in ALL}
    if left_out not in {event["event"] for event in events}:
        assert not found & {box.name for box in ALL if left_out in box.needs}


@given(st.sets(st.integers(1, len(whole()) - 1)), st.booleans())
def test_whatever_is_left_out_a_ticked_box_has_all_that_it_needs(left_out: set[int], closed: bool) -> None:
    events = [event for number, event in enumerate(whole()) if number not in left_out]
    left = {event["event"] for event in events} | ({"closed"} if closed else set())
    for box in every(record_of(events, closed=closed)):
        assert not box.ticked or {*box.needs} <= left


def answered(name: str) -> Change:
    return replaced("decision", **{name: {"holds": None, "evidence": ["nobody looked"]}})


def chosen(**data: Any) -> Change:
    return replaced("decision", backup={**decision()["backup"], **data})


FAILED = [{**one, "ok": False, "said": "refused"} for one in incidents.TOLD]


@pytest.mark.parametrize(
    ("change", "opened"),
    [
        (replaced("rollback", status=1), {"executed"}),
        (replaced("rollback", status=None), {"executed"}),
        (added(check("api.login", "after", False)), {"verified"}),
        (lambda events: [e for e in events if e.get("name") != "api.login" or e.get("stage") != "after"], {"verified"}),
        (replaced("backup_used", name="another"), {"backup_verified"}),
        (chosen(stable=False), {"backup_verified"}),
        (chosen(whole=None), {"backup_verified"}),
        (replaced("decision", backup=None), {"backup_verified"}),
        (replaced("decision", type=None), {"scope_modules"}),
        (answered("damaged"), {"answered_damaged"}),
        (answered("usable"), {"answered_usable"}),
        (answered("solves"), {"answered_solves"}),
        (replaced("contained", switches=["READONLY_MODE"]), {"risky_off"}),
        (replaced("contained", tried=[]), {"refused"}),
        (replaced("contained", **contained(refused=False)), {"refused"}),
        (replaced("lifted", let_through={"POST /api/pay": 2}), {"refused"}),
        (replaced("evidence", at=ROLLBACK_STARTED), {"preserved"}),
        (replaced("evidence", files=[]), {"preserved"}),
        (added(evidence(at=ENDED)), {"preserved"}),
        (added(evidence_seen("end", "it is gone")), {"preserved"}),
        (lambda events: [e for e in events if e.get("when") != "end"], {"preserved"}),
        (replaced("notified", ok=False, said="refused"), {"people_told", "grade_told"}),
        (replaced("outbox", arrivals=[]), {"people_told", "grade_told"}),
        (replaced("incident", grade="P1"), {"grade_told"}),
        (added(FAILED[0]), {"grade_told"}),
        (added(FAILED[2]), {"people_told"}),
        (without("outbox"), set()),  # nobody looked whether it arrived, as after a real rollback
    ],
)
def test_what_shows_the_contrary_opens_the_box(change: Change, opened: set[str]) -> None:
    assert ticked(record(change)) == {box.name for box in ALL} - opened
