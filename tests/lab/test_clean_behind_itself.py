"""However a run ends, it leaves nothing that the next run does not clear; and that clears nothing of a live run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fixtures.run import LABEL, LOCK_LABEL
from reports.record import load
from reports.verdict import Verdict, judge

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
DRILLS = ("drills/test_frontend_broken_page.py", "drills/test_frontend_stale_worker.py")


class Runs:
    """Runs of drills in processes of their own, whose locks and journals lie in a folder of ours."""

    def __init__(self, engine, folder):
        self._engine = engine
        self.folder = folder
        self._environment = {**os.environ, "TMPDIR": str(folder), "PYTEST_ADDOPTS": ""}

    @contextmanager
    def start(self, *arguments) -> Iterator[subprocess.Popen[str]]:
        """A run, in a process group of its own; what is left of the group in the end is killed."""
        command = [ROOT / ".venv/bin/pytest", *arguments, "-q", f"--runs={self.folder / 'runs'}"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def passes(self, *arguments):
        with self.start(*arguments) as process:
            said, _ = process.communicate(timeout=120)
            assert process.returncode == 0, said[-3000:]

    def verdicts(self):
        return sorted(judge(load(path)).verdict for path in self.folder.glob("runs/*/*.jsonl"))

    def left(self):
        """What there is of these runs on the engine, and their processes and mounts on this machine."""
        mine = {"label": [LABEL]}
        things = [
            *((c.name, c.labels) for c in self._engine.containers.list(all=True, filters=mine, ignore_removed=True)),
            *((n.name, n.attrs["Labels"]) for n in self._engine.networks.list(filters=mine)),
            *((v.name, v.attrs["Labels"]) for v in self._engine.volumes.list(filters=mine)),
        ]
        return [
            *(name for name, labels in things if labels[LOCK_LABEL].startswith(f"{self.folder}/")),
            *(f"process {pid}" for pid in self._processes()),
            *(line for line in Path("/proc/mounts").read_text().splitlines() if str(self.folder) in line),
            *(str(path) for path in self.folder.glob("rollback-drill-*/*")),
        ]

    def _processes(self):
        wanted = f"TMPDIR={self.folder}".encode()
        for environment in Path("/proc").glob("[0-9]*/environ"):
            try:
                if wanted in environment.read_bytes().split(b"\0"):
                    yield environment.parent.name
            except OSError:
                continue

    def wait_for_a_lab(self):
        deadline = time.monotonic() + 60
        while not any("replica" in name for name in self.left()):
            assert time.monotonic() < deadline, "no lab was started"
            time.sleep(0.05)


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
