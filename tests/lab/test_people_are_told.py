"""Notifications of a lab arrive in its sinks, by production's names; one that fails holds up no rollback."""

from __future__ import annotations

import re

import pytest

from fixtures.drill import Drill
from fixtures.options import STACKS
from fixtures.stack import Limits, NotifyChannel, load
from reports.page import render
from reports.verdict import Verdict, judge

pytestmark = [pytest.mark.docker, pytest.mark.sample(2, of="file")]

NUMBER = "INC-20260301-001"
SLACK = "slack://{env:SLACK_TEAM}/{env:SLACK_HOOK}/{env:SLACK_TOKEN}/#incidents"
MAIL, PAGER, TICKETS = "mail.lingzhi.example", "pager.example", "tickets.example"
CHATS = ("hooks.slack.com", "oapi.dingtalk.com")
SYMPTOM = "half of the <users> & 支付 are gone"
ONCALL, LEAD = "oncall@lingzhi.example", "lead@lingzhi.example"


@pytest.fixture
def stack():
    """The shipped stack, which tells of a P1 by DingTalk, and here by Slack too."""
    shipped = load(STACKS / "lingzhi-ecosystem")
    slack = NotifyChannel.model_validate({"for": ["P1"], "url": SLACK})
    notify = shipped.notify.model_copy(update={"limit": 2, "channels": {**shipped.notify.channels, "slack": slack}})
    return shipped.model_copy(update={"notify": notify, "limits": Limits(procedure=60, recovery=15)})


def drilled(drill: Drill, *moods: tuple[str, str]) -> None:
    """A drill in which everybody is told, while some servers misbehave."""
    drill.steady_state()
    backup = drill.back_up()
    drill.harm("database.migration_mangles_rows")
    drill.detect()
    for host, mood in moods:
        drill.lab.have_sink(host, mood)
    for grade in ("P0", "P1", "P2", "P3"):
        drill.notify_incident(grade, NUMBER, SYMPTOM)
    drill.notify("rollback starts", backup)
    drill.roll_back(backup)
    drill.notify("rollback complete", backup)
    drill.go_back()
    drill.rerun(backup)


def test_everybody_is_told_and_all_of_it_arrives(rehearse):
    record = rehearse(drilled, trigger="data lost or corrupted")
    assert judge(record).verdict is Verdict.PASSED, judge(record).causes
    told = record.notifications
    assert not told.failed, [one.said for one in told.failed]
    assert not told.unasked
    assert all(one.holds for one in told.deliveries)
    assert sorted((one.notification.occasion, one.arrival.kind, one.to) for one in told.deliveries) == [
        ("P0 incident", "webhook", f"{PAGER}/call/everyone"),
        ("P1 incident", "dingtalk", "the group"),
        ("P1 incident", "slack", "#incidents"),
        ("P2 incident", "webhook", f"{TICKETS}/api/tickets"),
        ("P3 incident", "webhook", f"{TICKETS}/api/tickets"),
        *(("rollback complete", "mail", to) for to in (LEAD, ONCALL)),
        *(("rollback starts", "mail", to) for to in (LEAD, ONCALL)),
    ]
    for delivery in told.deliveries:
        text = delivery.arrival.text
        if "incident" in delivery.notification.occasion:
            grade = delivery.notification.occasion[:2]
            assert delivery.arrival.subject == f"[lingzhi-ecosystem] {grade} incident {NUMBER}"
            assert f"Symptom: {SYMPTOM}" in text
        else:
            assert f"Backup: {record.backup_name}" in text
    assert told.deliveries[-1].arrival.text.endswith(
        "Status: success: the procedure exited with status 0; the host serves rightly"
    )
    page = render(record.path.parent).read_text(encoding="utf-8")
    assert "9 of 9 notifications arrived." in page


@pytest.mark.parametrize(
    ("moods", "failed"),
    [
        ({MAIL: "refuses", PAGER: "hangs", TICKETS: "fails"}, ["mail", "mail", "phone", "ticket", "ticket"]),
        ({MAIL: "hangs", CHATS[0]: "unreachable", CHATS[1]: "fails"}, ["dingtalk", "mail", "mail", "slack"]),
    ],
    ids=["phone and tickets", "mail and chats"],
)
def test_what_fails_is_a_finding_and_the_rollback_passes_in_its_time(rehearse, moods, failed):
    record = rehearse(lambda drill: drilled(drill, *moods.items()), trigger="data lost or corrupted")
    assert judge(record).verdict is Verdict.PASSED, judge(record).causes
    told = record.notifications
    assert sorted(one.channel for one in told.failed) == failed
    says = {
        "refuses": "Connection refused",
        "hangs": "timed out|did not finish within",
        "fails": "error=500",
        "unreachable": "resolve|resolution",
    }
    hosts = {"mail": MAIL, "phone": PAGER, "ticket": TICKETS, "slack": CHATS[0], "dingtalk": CHATS[1]}
    for one in told.failed:
        assert re.search(says[moods[hosts[one.channel]]], one.said), one.said
    assert all(one.arrival for one in told.deliveries if one.notification.ok)
    assert "which held up nothing" in render(record.path.parent).read_text(encoding="utf-8")


def test_what_was_said_to_be_sent_and_did_not_arrive_is_a_cause(rehearse):
    record = rehearse(lambda drill: drilled(drill, (MAIL, "lies")), trigger="data lost or corrupted")
    judgement = judge(record)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.cause == (
        "a notification was said to be sent and did not arrive: '[lingzhi-ecosystem] Rollback starts: database' "
        f"to {ONCALL} through mail"
    )


def test_productions_names_lead_to_the_sinks_from_the_workstation_alone(lab):
    names = [MAIL, PAGER, TICKETS, *CHATS]
    asked = f"for name in {' '.join(names)}; do getent hosts $name || echo none; done"
    found = lab.workstation.run(asked).out.split("\n")
    assert [line.split()[0] for line in found] == [lab.address("standins")] * len(names)
    assert lab.target.shell.run(asked, timeout=60).out.split() == ["none"] * len(names)
    lab.prove_closed()
