"""A release left a service worker behind that serves old pages: it goes, with everything it brought.

SOP B, type 1 (frontend): 2 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="frontend", harm="frontend.stale_worker", reported="users")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("frontend.stale_worker")
    rehearsal.reported(by="users", kind="user report", why="the same page is shown day after day")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
