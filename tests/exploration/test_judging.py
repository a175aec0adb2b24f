"""The rule that each point is judged by."""

from __future__ import annotations

import dataclasses

import pytest

from fixtures.exploration.judging import FAILED, FALSE_SUCCESS, SURVIVED, Ending, Measure, judge
from fixtures.exploration.view import View

BACKUPS = {"/backups/good": "1 1"}
BEFORE = View({"site": {"/page": "bad"}, "database": {"users": "bad"}}, BACKUPS, "1.2.0", busy=True)
AFTER = View({"site": {"/page": "good"}, "database": {"users": "good"}}, BACKUPS, "1.1.0", busy=True)
MIXED = View({"site": {"/page": "good"}, "database": {"users": "bad"}}, BACKUPS, "1.2.0", busy=True)
MEASURE = Measure(BEFORE, AFTER)
KILLED = 137


def but(view, **scopes):
    return dataclasses.replace(view, scopes={**view.scopes, **scopes})


def judged(first, status=KILLED, second=AFTER, again=0, **how):
    return judge(MEASURE, Ending(status, first), Ending(again, second), **how)


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (BEFORE, KILLED),
        (AFTER, KILLED),
        (AFTER, 0),
        (BEFORE, 8),
        (dataclasses.replace(MIXED, busy=False), KILLED),
        (but(BEFORE, site={"/page": "bad", "/.page.partial": "half"}), KILLED),
    ],
    ids=["as before", "as after", "done", "undone", "two states, and nothing runs", "a left-over by a name of its own"],
)  # fmt: skip
def test_what_survives(first, status):
    assert judged(first, status) == (SURVIVED, [])


@pytest.mark.parametrize(
    ("first", "status", "outcome", "says"),
    [
        (but(BEFORE, site={"/page": "half"}), KILLED, FAILED, "site is a mixture: /page is half"),
        (but(BEFORE, site={}), KILLED, FAILED, "/page is missing"),
        (MIXED, KILLED, FAILED, "the service runs on a mixture"),
        (dataclasses.replace(BEFORE, backups={}), KILLED, FAILED, "/backups/good, a backup from before, is gone"),
        (dataclasses.replace(BEFORE, backups={"/backups/good": "1 2"}), KILLED, FAILED, "is changed"),
        (dataclasses.replace(BEFORE, made={"site": "/b: half"}), KILLED, FAILED, "a new backup of site"),
        (BEFORE, None, FAILED, "the run did not end"),
        (BEFORE, 0, FALSE_SUCCESS, "exit status 0, and site is not as it must be"),
        (but(AFTER, site={"/page": "good", "/left": "over"}), 0, FALSE_SUCCESS, "/left is over"),
        (dataclasses.replace(AFTER, serves="1.2.0"), 0, FALSE_SUCCESS, "the service answers 1.2.0"),
    ],
)
def test_what_does_not(first, status, outcome, says):
    found, wrong = judged(first, status)
    assert found == outcome
    assert says in wrong[0]


def test_the_second_run_must_complete():
    assert judged(BEFORE, again=11) == (FAILED, ["the second run exited with status 11"])
    assert judged(BEFORE, again=None) == (FAILED, ["the second run did not end"])
    outcome, wrong = judged(BEFORE, second=MIXED)
    assert outcome == FALSE_SUCCESS
    assert wrong[0].startswith("after the second run: database is not as it must be")


def test_a_left_over_must_be_gone_after_the_second_run():
    outcome, _ = judged(BEFORE, second=but(AFTER, site={"/page": "good", "/.page.partial": "half"}))
    assert outcome == FALSE_SUCCESS


def test_the_way_back_may_lead_back_again_where_it_was_complete():
    assert judged(AFTER, second=BEFORE, toggles=True) == (SURVIVED, [])
    assert judged(BEFORE, second=BEFORE, toggles=True)[0] == FALSE_SUCCESS
    assert judged(AFTER, second=BEFORE)[0] == FALSE_SUCCESS
