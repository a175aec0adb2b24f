"""A configuration went into use that names other inputs than the model takes: back to the version before.

SOP A, configuration: 2 minutes, recovery within 5 minutes; no write is lost.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="config", harm="config.disagrees_with_the_model", trigger="key function down")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("config.disagrees_with_the_model")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
