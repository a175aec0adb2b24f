"""One drill of each type, and all of them in full where everything is proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.record import load
from reports.verdict import Verdict, judge
from tests.test_documented_commands import run

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
SAMPLE = ("frontend_moved_assets", "backend_login_500", "full_wrong_migration", "model_out_of_range")
# Sabotages have a test of their own, a row each.
DRILLS = sorted({path.stem.removeprefix("test_") for path in ROOT.glob("drills/test_*.py")} - {"sabotage"})


def pytest_generate_tests(metafunc):
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", DRILLS if metafunc.config.getoption("--prove") else SAMPLE)


def test_drill_passes(name, tmp_path, pytestconfig):
    one = "credit-one" if name.startswith("model") else "lingzhi-ecosystem"
    stacks = "" if pytestconfig.getoption("--prove") else f"--stack {one}"
    done = run(f".venv/bin/pytest drills/test_{name}.py -q --runs={tmp_path} {stacks}", PYTEST_ADDOPTS="")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    verdicts = [judge(load(journal)).verdict for journal in tmp_path.glob("*/*.jsonl")]
    assert verdicts
    assert set(verdicts) == {Verdict.PASSED}


def test_a_right_script_of_somebody_else_passes_though_its_service_starts_slowly(tmp_path):
    script = "tests/lab/scripts/right_and_unhurried.sh"
    drill = "drills/test_database_bad_migration.py --stack lingzhi-ecosystem"
    done = run(f".venv/bin/pytest {drill} --procedure database={script} -q --runs={tmp_path}", PYTEST_ADDOPTS="")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    [journal] = tmp_path.glob("*/*.jsonl")
    record = load(journal)
    assert judge(record).verdict is Verdict.PASSED
    assert record.recovery_seconds > 2
    assert [leg.name for leg in record.legs] == ["rerun", "rerun again"]
    assert "Not tried" in (journal.parent / "index.html").read_text(encoding="utf-8")
