"""The host is gone with its disks: another one is built anew from a folder of backups alone, on a bare system.

SOP A, quarterly. Recovery within 5 minutes, loss under 1 %; neither SOP says how soon it must serve, so that is stated.
"""

import pytest

pytestmark = [
    pytest.mark.quarterly,
    pytest.mark.drill(rollback="recovery", harm="host.gone", trigger="no response"),
]


@pytest.fixture(scope="module")
def drill(recovery):
    recovery.steady_state()
    recovery.back_up()
    recovery.carry_off()
    recovery.harm("host.gone")
    recovery.detect()
    recovery.start_bare_host()
    recovery.rebuild()
    recovery.close()
    return recovery


def test_recovery(record, fact):
    fact.holds(record)
