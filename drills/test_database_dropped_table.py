"""Somebody dropped a table, and a restart made it anew, empty: restore the database from the newest stable backup.

SOP B, type 3 (database): 5 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = pytest.mark.drill(
    rollback="database", harm=("database.dropped_table", "services.backend_restarted"), trigger="database error"
)


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    rehearsal.back_up()
    rehearsal.harm("database.dropped_table")
    rehearsal.detect()
    rehearsal.harm("services.backend_restarted")
    rehearsal.roll_back()
    rehearsal.go_back()
    rehearsal.rerun()
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
