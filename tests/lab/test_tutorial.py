"""The tutorial, followed to the letter: its files are written, its commands run, and what it promises is seen."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from reports.record import load
from reports.verdict import Verdict, judge

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
# A file and its content; a file to which a block is added; or commands.
STEP = re.compile(
    r"`(?P<path>shop/[^`]+)`:\n\n```\w+\n(?P<content>.*?)```"
    r"|Name it in `(?P<more>[^`]+)`, at its end:\n\n```toml\n(?P<added>.*?)```"
    r"|```console\n(?P<commands>.*?)```",
    re.DOTALL,
)


def test_the_tutorial_ends_where_it_says(tmp_path):
    said = [
        step
        for match in STEP.finditer((ROOT / "docs" / "tutorial.md").read_text("utf-8"))
        for step in done(match, tmp_path)
    ]
    first, lint, second = said
    assert "0 failed" not in first
    assert re.search(r"^passed +shop +database", first, re.MULTILINE), first[-3000:]
    assert "left out: shop:" in first
    assert "H5" in lint
    assert re.search(r"^passed +shop +database", second, re.MULTILINE), second[-3000:]
    assert {judge(load(journal)).verdict for journal in tmp_path.glob("runs/*/*.jsonl")} == {Verdict.PASSED}


def done(step: re.Match[str], folder: Path) -> list[str]:
    """Follow one step in a folder; answers what pytest said, if it was run."""
    if step["path"]:
        (folder / step["path"]).write_text(step["content"], encoding="utf-8")
        return []
    if step["more"]:
        file = folder / "shop" / step["more"]
        file.write_text(f"{file.read_text('utf-8')}\n{step['added']}", encoding="utf-8")
        return []
    said = []
    for command in re.findall(r"^\$ (.*)$", step["commands"], re.MULTILINE):
        drills = command.startswith("pytest")
        if drills:
            command = command.replace("--stack shop", f"--stack {folder}/shop") + f" --runs={folder}/runs"  # noqa: PLW2901
        path = f"{ROOT}/.venv/bin:{os.environ['PATH']}"
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=ROOT if drills else folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert "Traceback" not in run.stdout + run.stderr
        said += [run.stdout + run.stderr] if drills else []
    return said
