"""The newest backup already holds the damage: the procedure must pass it over, say why, and take the one before.

SOP B, type 3 (database): 5 minutes, recovery within 5 minutes, loss under 1 %. SOP B, phase 2: the newest *stable* one.
"""

import pytest

pytestmark = pytest.mark.drill(
    rollback="database", harm="database.newest_backup_damaged", trigger="data lost or corrupted"
)


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    rehearsal.back_up()
    rehearsal.harm("database.newest_backup_damaged")
    rehearsal.detect()
    rehearsal.roll_back()
    rehearsal.go_back()
    rehearsal.rerun()
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
