"""A model that predicts probabilities out of range went into use: back to the version before.

SOP A, model: 2 minutes, recovery within 5 minutes; no write is lost.
"""

import pytest

pytestmark = pytest.mark.drill(rollback="model", harm="model.out_of_range", trigger="prediction out of range")


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("model.out_of_range")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
