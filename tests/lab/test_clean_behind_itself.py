"""However a run ends, it leaves nothing that the next run does not clear; and that clears nothing of a live run."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from reports.verdict import Verdict
from tests.lab.runs import Runs

pytestmark = pytest.mark.docker

DRILLS = ("drills/test_frontend_broken_page.py", "drills/test_frontend_stale_worker.py")


@pytest.fixture
def runs(bench, tmp_path):
    return Runs(bench.engine, tmp_path)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_end_clears_up_itself(runs, number, workers):
    with runs.start(*DRILLS, *workers) as process:
        runs.wait_for_a_lab()
        time.sleep(1.5)
        os.kill(process.pid, number)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, said[-3000:]
    assert runs.left() == []


def test_runs_killed_at_random_moments_leave_nothing_that_the_next_run_does_not_clear(runs, pytestconfig):
    """kill -9 of the whole run; ten times in full."""
    chance = random.Random(20261125)
    for _ in range(10 if pytestconfig.getoption("--prove") else 2):
        with runs.start(DRILLS[0]) as process:
            runs.wait_for_a_lab()
            time.sleep(chance.uniform(0, 6))
            os.killpg(process.pid, signal.SIGKILL)
    runs.passes(DRILLS[0])
    assert runs.left() == []
    assert runs.verdicts().count(Verdict.PASSED) == 1


def test_runs_at_once_do_not_see_each_other(runs):
    """Each begins by clearing away what ended runs have left: the other's labs are not among that."""
    with runs.start(DRILLS[0]) as one, runs.start(DRILLS[1], "-n", "2") as other:
        for process in (one, other):
            said, _ = process.communicate(timeout=120)
            assert process.returncode == 0, said[-3000:]
    assert runs.verdicts() == [Verdict.PASSED, Verdict.PASSED]
    assert runs.left() == []
