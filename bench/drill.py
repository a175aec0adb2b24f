"""What a database drill costs beyond the procedures' own time: whole processes, images there. `python bench/drill.py`.

Prints seconds as median, minimum and maximum; exits 1 where the median misses the goal.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from reports.record import load  # noqa: E402 the checkout is no package that is installed

ROUNDS = 7
GOAL = 8.0
DRILL = "drills/test_database_bad_migration.py"


def one_round() -> tuple[float, float, float]:
    """One drill; answers the whole process's seconds, its backup's and rollback's, and those of back and reruns."""
    with tempfile.TemporaryDirectory() as runs:
        begun = time.monotonic()
        command = [sys.executable, "-m", "pytest", DRILL, "--stack", "lingzhi-ecosystem", "-q", f"--runs={runs}"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        whole = time.monotonic() - begun
        [journal] = Path(runs).glob("*/*.jsonl")
        record = load(journal)
        assert record.backup is not None
        assert record.rollback_run is not None
        [back] = [phase.at for phase in record.phases if phase.name == "back"]
        return whole, record.backup.seconds + record.rollback_run.seconds, record.legs[-1].ended - back


def main() -> int:
    """Measure and print."""
    one_round()
    rounds = [one_round() for _ in range(ROUNDS)]
    columns = {
        "whole process": [whole for whole, _, _ in rounds],
        "backup and rollback themselves": [procedures for _, procedures, _ in rounds],
        "back and reruns, with their comparisons": [legs for _, _, legs in rounds],
        "beyond": [whole - procedures - legs for whole, procedures, legs in rounds],
    }
    print(f"{DRILL}, {ROUNDS} rounds (s)   median      min      max")
    for name, figures in columns.items():
        print(f"{name:<58}{statistics.median(figures):8.2f} {min(figures):8.2f} {max(figures):8.2f}")
    beyond = statistics.median(columns["beyond"])
    print(f"goal: at most {GOAL:g} s beyond the procedures: {'held' if beyond <= GOAL else 'missed'}")
    return int(beyond > GOAL)


if __name__ == "__main__":
    sys.exit(main())
