"""A bad migration, and a fault strikes the rollback: it leaves the state before or after, and a second run completes.

SOP B, type 3 (database): 5 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = [
    pytest.mark.faults,
    pytest.mark.drill(rollback="database", harm="database.migration_mangles_rows", trigger="data lost or corrupted"),
]


@pytest.fixture(scope="module")
def drill(rehearsal, fault):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("database.migration_mangles_rows")
    rehearsal.detect()
    rehearsal.attempt(fault, backup)
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
