"""A model that another library pickled went into use: back to the version before.

SOP A, model: 2 minutes, recovery within 5 minutes; no write is lost.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="model", harm="model.other_library", trigger="key function down")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("model.other_library")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
