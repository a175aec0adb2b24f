"""One drill of each type, and all of them in full where everything is proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.record import load
from reports.verdict import Verdict, judge
from tests.test_documented_commands import run

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
SAMPLE = ("frontend_moved_assets", "backend_login_500", "full_wrong_migration")
DRILLS = sorted(path.stem.removeprefix("test_") for path in ROOT.glob("drills/test_*.py"))


def pytest_generate_tests(metafunc):
    metafunc.parametrize("name", DRILLS if metafunc.config.getoption("--prove") else SAMPLE)


def test_drill_passes(name, tmp_path):
    done = run(f".venv/bin/pytest drills/test_{name}.py -q --runs={tmp_path}", PYTEST_ADDOPTS="")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    [journal] = tmp_path.glob("*/*.jsonl")
    assert judge(load(journal)).verdict is Verdict.PASSED
