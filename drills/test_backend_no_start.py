"""A release does not come up, and nothing is answered any more: restore the backend.

SOP B, type 2 (backend): 3 minutes, recovery within 5 minutes, loss under 1 %. SOP A's trigger, no response for more
than 5 minutes, is compressed as stack.toml says.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="backend", harm="backend.no_start", trigger="no response")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("backend.no_start")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
