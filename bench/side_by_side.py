"""What many drills cost on two workers: whole processes, images there. `python bench/side_by_side.py`.

Prints seconds as median, minimum and maximum; exits 1 where a median misses its goal. Three rounds only: each takes
minutes.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 3
FEW = 8
KINDS = ("backend", "database", "frontend", "full")  # what lingzhi-ecosystem has
GOAL_FEW, GOAL_FURTHER = 60.0, 6.0


def seconds(drills: list[Path]) -> float:
    """The whole process's time for these drills; they must all pass."""
    with tempfile.TemporaryDirectory() as runs:
        begun = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "pytest",
            *map(str, drills),
            "--stack",
            "lingzhi-ecosystem",
            "-n",
            "2",
            "-q",
            f"--runs={runs}",
        ]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return time.monotonic() - begun


def _counts(path: Path) -> bool:
    """Whether it is one drill of a type that the stack has, and none that is run on demand."""
    on_demand = re.search(r"pytest\.mark\.(exploration|faults|sabotage)", path.read_text(encoding="utf-8"))
    return path.stem.split("_")[1] in KINDS and not on_demand


def main() -> int:
    """Measure and print; the few are spread over all, so that no type of rollback decides."""
    drills = sorted(path for path in ROOT.glob("drills/test_*.py") if _counts(path))
    few, all_ = [], []
    for _ in range(ROUNDS):
        few.append(seconds(drills[:: len(drills) // FEW][:FEW]))
        all_.append(seconds(drills))
    further = [(a - f) / (len(drills) - FEW) for a, f in zip(all_, few, strict=True)]
    missed = False
    print(f"pytest drills/ -n 2, {ROUNDS} rounds (s)                 median      min      max     goal")
    for name, figures, goal in (
        (f"{FEW} drills", few, GOAL_FEW),
        (f"each further one (of {len(drills)})", further, GOAL_FURTHER),
    ):
        median = statistics.median(figures)
        missed |= median > goal
        print(f"{name:<46}{median:8.2f} {min(figures):8.2f} {max(figures):8.2f} {goal:8.2f}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
