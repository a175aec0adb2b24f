"""How many points of an exploration are tried a minute. `python bench/exploration.py [KIND] [SECONDS]`.

Prints points a minute, and what the seconds of one point go to; exits 1 where the goal is missed.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from reports.exploration import load, tried  # noqa: E402 the checkout is no package that is installed

GOAL = 20.0  # points a minute


def main(kind: str = "database", seconds: float = 120.0) -> int:
    """Explore for so long, stop it as Ctrl-C does, and count."""
    with tempfile.TemporaryDirectory() as runs:
        command = [sys.executable, "-m", "pytest", "drills/test_exploration.py", "-k", f"lingzhi-ecosystem-{kind}"]
        process = subprocess.Popen(
            [*command, "-q", f"--runs={runs}"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not (journals := [path for path in Path(runs).glob("*/*.jsonl") if tried(path)]):
            if process.poll() is not None:
                print(f"{kind}: the exploration ended before its first point")
                return 1
            time.sleep(0.5)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.terminate()
        process.wait()
        found = load(journals[0])
    points = list(found.explored.values())
    rate = 60 * len(points) / sum(point.seconds for point in points)
    print(f"{kind}: {len(points)} of {len(found.planned)} points, {rate:.1f} a minute; {found.counts}")
    for name, its in (
        ("power cuts", [p for p in points if p.fault.startswith("power")]),
        ("host as before", [p for p in points if p.again is None]),
        ("with a second run", [p for p in points if p.again is not None and not p.fault.startswith("power")]),
    ):
        if its:
            print(f"  {name:<20}{len(its):>5} points, {sum(p.seconds for p in its) / len(its):6.2f} s each")
    print(f"goal: at least {GOAL:g} points a minute: {'held' if rate >= GOAL else 'missed'}")
    return int(rate < GOAL)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2], *map(float, sys.argv[2:3])))
