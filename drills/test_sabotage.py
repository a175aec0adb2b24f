"""The checks are drilled too: each way that we know in which a rollback is wrong while it looks right.

The host is rolled back rightly. Then each sabotage is done to it by itself, every check looks, and it is undone. One
that no check sees is a hole in the checks. Takes some ten minutes a stack: `pytest drills/ -m sabotage`.
"""

import pytest

pytestmark = [
    pytest.mark.sabotage,
    pytest.mark.drill(rollback="database", harm="database.overwritten_pages", trigger="data lost or corrupted"),
]


@pytest.fixture(scope="module")
def drill(rehearsal):
    rehearsal.steady_state()
    backup = rehearsal.back_up()
    rehearsal.harm("database.overwritten_pages")
    rehearsal.detect()
    rehearsal.roll_back(backup)
    rehearsal.sabotage()
    rehearsal.go_back()
    rehearsal.rerun(backup)
    rehearsal.close()
    return rehearsal


def test_every_sabotage_is_caught(record, fact):
    fact.holds(record)
