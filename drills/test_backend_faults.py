"""Nobody can log in, and a fault strikes the rollback: it leaves the state before or after, and a second run completes.

SOP B, type 2 (backend): 3 minutes, recovery within 5 minutes, loss under 1 %.
"""

import pytest

pytestmark = [
    pytest.mark.faults,
    pytest.mark.drill(rollback="backend", harm="backend.login_500", trigger="key function down"),
]


@pytest.fixture(scope="module")
def drill(rehearsal, fault):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("backend.login_500")
    rehearsal.detect()
    rehearsal.attempt(fault, backup)
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
