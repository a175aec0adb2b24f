"""A release broke the page: restore the site; nobody is sent away meanwhile.

SOP B, type 1 (frontend): 2 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="frontend", harm="frontend.broken_page", reported="users")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("frontend.broken_page")
    rehearsal.reported(by="users", kind="user report", why="the page ends in the middle and its buttons do nothing")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
