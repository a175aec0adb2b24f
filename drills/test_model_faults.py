"""A model predicts out of range, and a fault strikes the rollback: the state before or after; a second run completes.

SOP A, model: 2 minutes, recovery within 5 minutes; no write is lost.
"""

import pytest

pytestmark = [
    pytest.mark.faults,
    pytest.mark.drill(rollback="model", harm="model.out_of_range", trigger="prediction out of range"),
]


@pytest.fixture(scope="module")
def drill(rehearsal, fault):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("model.out_of_range")
    rehearsal.detect()
    rehearsal.attempt(fault, backup)
    rehearsal.roll_back(backup)
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_rollback(record, fact):
    fact.holds(record)
