"""New code with a migration that is wrong: everything goes back at once, or nothing would fit together.

SOP B, type 4 (full): 10 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="full", harm="full.wrong_migration", trigger="data lost or corrupted")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    rehearsal.back_up()
    rehearsal.harm("full.wrong_migration")
    rehearsal.detect()
    rehearsal.roll_back()
    rehearsal.go_back()
    rehearsal.rerun()
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
