"""One drill of each type, and all of them in full where everything is proven."""

from __future__ import annotations

import shutil
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


@pytest.mark.sample(2)
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


def test_a_host_that_is_not_healthy_is_not_touched(tmp_path):
    """The steady state is a gate: what would follow says nothing."""
    stack = tmp_path / "lingzhi-ecosystem"
    shutil.copytree(ROOT / "stacks/lingzhi-ecosystem", stack)
    file = stack / "stack.toml"
    text = file.read_text(encoding="utf-8")
    assert 'json = { status = "ok" }' in text
    file.write_text(text.replace('json = { status = "ok" }', 'json = { status = "never" }'), encoding="utf-8")
    done = run(f".venv/bin/pytest drills/test_frontend_broken_page.py --stack {stack} -q --runs={tmp_path}/runs")
    assert done.returncode == 1
    assert "the host was not healthy, and was not touched: lingzhi-ecosystem: GET https://www.lingzhi" in done.stdout
    assert "Traceback" not in done.stdout
    [record] = [load(journal) for journal in tmp_path.glob("runs/*/*.jsonl")]
    assert judge(record).verdict is Verdict.INCONCLUSIVE
    assert not record.harms
    assert record.rollback_run is None
