"""Wrong passwords are accepted: restore the backend.

SOP B, type 2 (backend): 3 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="backend", harm="backend.login_open", trigger="unauthorised access")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("backend.login_open")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
