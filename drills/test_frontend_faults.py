"""Assets were moved, and a fault strikes the rollback: it leaves the state before or after, and a second run completes.

SOP B, type 1 (frontend): 2 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = [
    pytest.mark.faults,
    pytest.mark.drill(rollback="frontend", harm="frontend.moved_assets", reported="users"),
]


@pytest.fixture(scope="module")
def drill(rehearsal, fault):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("frontend.moved_assets")
    rehearsal.reported(by="users", kind="user report", why="pages that were open have lost their style")
    rehearsal.detect()
    rehearsal.attempt(fault, backup)
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
