"""Notifications in a record: what was said to be sent is held against what arrived."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.record import load
from reports.verdict import Verdict, judge
from tests.reports.journals import ROLLBACK_STARTED, Event, added, notified, outbox, record, write

STARTS, DONE = "rollback starts", "rollback complete"
ONCALL, LEAD = "oncall@lingzhi.example", "lead@lingzhi.example"
SENT = ROLLBACK_STARTED - 1


def test_each_is_matched_with_its_own_arrival() -> None:
    events = (
        notified(STARTS, ONCALL, LEAD),
        notified(DONE, ONCALL, sent=SENT + 5),
        outbox((DONE, ONCALL, SENT + 5.5), (STARTS, LEAD, SENT + 0.25), (STARTS, ONCALL, SENT + 0.2)),
    )
    told = record(added(*events)).notifications
    assert [(one.notification.occasion, one.to, one.seconds) for one in told.deliveries] == [
        (STARTS, ONCALL, pytest.approx(0.2)),
        (STARTS, LEAD, pytest.approx(0.25)),
        (DONE, ONCALL, pytest.approx(0.5)),
    ]
    assert all(one.holds for one in told.deliveries)
    assert (told.failed, told.unasked, told.doubts) == ([], [], [])
    assert told.summary == "3 of 3 notifications arrived."
    assert judge(record(added(*events))).verdict is Verdict.PASSED


def test_one_that_failed_is_a_finding_and_no_cause() -> None:
    found = record(added(notified(STARTS, ok=False, said="Connection refused"), outbox()))
    assert [one.said for one in found.notifications.failed] == ["Connection refused"]
    assert found.notifications.summary == "0 of 1 notification arrived."
    assert judge(found).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("arrivals", "lost"),
    [
        ([], [ONCALL, LEAD]),
        ([(STARTS, ONCALL, SENT + 1)], [LEAD]),
        ([(STARTS, ONCALL, SENT + 1), (STARTS, ONCALL, SENT + 2)], [LEAD]),
        ([(STARTS, ONCALL, SENT + 1), (DONE, LEAD, SENT + 1)], [LEAD]),
    ],
)
def test_one_that_was_said_to_be_sent_and_did_not_arrive_is_a_cause(
    arrivals: list[tuple[str, str, float]], lost: list[str]
) -> None:
    judgement = judge(record(added(notified(STARTS, ONCALL, LEAD), outbox(*arrivals))))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert list(judgement.causes) == [
        "a notification was said to be sent and did not arrive: "
        f"'[lingzhi-ecosystem] rollback starts' to {to} through oncall"
        for to in lost
    ]


def test_another_text_is_no_arrival_of_it() -> None:
    arrived = outbox((STARTS, ONCALL, SENT + 1))
    arrived["arrivals"][0]["text"] = "Stack: another"
    told = record(added(notified(STARTS, ONCALL), arrived)).notifications
    assert len(told.doubts) == len(told.unasked) == 1


def test_what_arrived_of_the_like_is_first_of_that_which_was_said_to_be_sent() -> None:
    events: list[Event] = [
        notified(STARTS, ok=False, said="timed out"),
        notified(STARTS, sent=SENT + 2),
        outbox((STARTS, ONCALL, SENT + 2.5)),
    ]
    told = record(added(*events)).notifications
    assert [(one.notification.ok, bool(one.arrival)) for one in told.deliveries] == [(False, False), (True, True)]
    assert not told.doubts


def test_one_that_was_given_up_may_have_arrived() -> None:
    events = (notified(STARTS, ok=False, said="did not finish"), outbox((STARTS, ONCALL, SENT + 11)))
    [delivery] = record(added(*events)).notifications.deliveries
    assert delivery.arrival
    assert not delivery.holds


def test_sinks_that_were_not_asked_are_missed() -> None:
    judgement = judge(record(added(notified(STARTS))))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert "what arrived of the notifications was not looked at" in judgement.cause


@pytest.mark.parametrize("change", [{"to": []}, {"ok": "perhaps"}, {"sent": -1.0}, {"seconds": -1.0}, {"more": 1}])
def test_an_event_of_another_form_is_said(change: Event, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", added({**notified(STARTS), **change}))
    with pytest.raises(ValueError, match=r"x\.jsonl: (Notification|an event is not)"):
        load(path)
