"""A release with a wrong migration, and a fault strikes the rollback: before or after, and a second run completes.

SOP B, type 4 (full): 10 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = [
    pytest.mark.faults,
    pytest.mark.drill(rollback="full", harm="full.wrong_migration", trigger="data lost or corrupted"),
]


@pytest.fixture(scope="module")
def drill(rehearsal, fault):
    rehearsal.steady_state()
    rehearsal.back_up()
    rehearsal.harm("full.wrong_migration")
    rehearsal.detect()
    rehearsal.attempt(fault)
    rehearsal.roll_back()
    rehearsal.go_back()
    rehearsal.rerun()
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
