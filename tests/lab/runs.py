"""Runs of drills in processes of their own, and what there is of them on the engine and on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixtures.run import LABEL, LOCK_LABEL
from reports.record import load
from reports.verdict import judge

ROOT = Path(__file__).parents[2]


class Runs:
    """Runs of drills in processes of their own, whose locks and journals lie in a folder of ours."""

    def __init__(self, engine, folder, **environment):
        self.engine = engine
        self.folder = folder
        self._environment = {**os.environ, "TMPDIR": str(folder), "PYTEST_ADDOPTS": "", **environment}

    @contextmanager
    def start(self, *arguments) -> Iterator[subprocess.Popen[str]]:
        """A run in a process group of its own, a script's in the background; what is left in the end is killed."""
        command = [
            "env",
            "--ignore-signal=INT",
            ROOT / ".venv/bin/pytest",
            *arguments,
            "-q",
            f"--runs={self.folder / 'runs'}",
        ]
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
            *((c.name, c.labels) for c in self.engine.containers.list(all=True, filters=mine, ignore_removed=True)),
            *((n.name, n.attrs["Labels"]) for n in self.engine.networks.list(filters=mine)),
            *((v.name, v.attrs["Labels"]) for v in self.engine.volumes.list(filters=mine)),
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

    def wait_for_a_journal(self, holds):
        """The first journal of which that holds."""
        deadline = time.monotonic() + 120
        while not (found := [path for path in self.folder.glob("runs/*/*.jsonl") if holds(path)]):
            assert time.monotonic() < deadline, "no such journal was written"
            time.sleep(0.05)
        return found[0]
