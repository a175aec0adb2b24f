"""A request is in flight for longer than anybody expects when the backend is rolled back.

SOP B, type 2 (backend): 3 minutes, recovery within 5 minutes, loss under 1 %. The unit's requests have a stated grace.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="backend", harm="backend.login_500", trigger="key function down")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("backend.login_500")
    rehearsal.detect()
    rehearsal.harm("staging.chat_in_flight")
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
