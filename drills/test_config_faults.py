"""A threshold is out of range, and a fault strikes the rollback: the state before or after, and a second run completes.

SOP A, configuration: 2 minutes, recovery within 5 minutes; no write is lost.
"""

import pytest

pytestmark = [
    pytest.mark.faults,
    pytest.mark.drill(rollback="config", harm="config.out_of_range", reported="risk team"),
]


@pytest.fixture(scope="module")
def drill(rehearsal, fault):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("config.out_of_range")
    rehearsal.reported(by="risk team", kind="monitoring", why="hardly any application is approved since noon")
    rehearsal.detect()
    rehearsal.attempt(fault, backup)
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
