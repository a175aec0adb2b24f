"""Scripts of production's operators run unchanged at the workstation, and get the verdict that they deserve."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest

from fixtures import scripts as given
from fixtures.drill import Drill
from fixtures.options import STACKS
from fixtures.stack import Limits, Operator, Script, Scripts, load
from reports.record import Record
from reports.record import load as load_record
from reports.verdict import Verdict, judge
from tests.lab.runs import Runs

pytestmark = pytest.mark.docker

SCRIPTS = Path(__file__).parent / "scripts"
PASSWORD = "blue-lantern-42"  # as it stands in the script; no host but a lab's ever had it
ENVIRONMENT = {"SSHPASS": "env:OPERATOR_PASSWORD"}


@pytest.fixture
def stack(monkeypatch, script):
    """The stack with an operator's script for its database."""
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)
    rollback = Script(
        script=str(SCRIPTS / script),
        where="operator",
        answers=["y", "yes"],
        environment=ENVIRONMENT,
        refuses=[["n"], ["yes", "yes"], []],
        needs_backup=True,
    )
    operator = Operator(password="env:OPERATOR_PASSWORD")
    limits = Limits(procedure=60, recovery=15)
    own = {"operator": operator, "procedures": {"database": Scripts(rollback=rollback)}, "limits": limits}
    return load(STACKS / "lingzhi-ecosystem").model_copy(update=own)


@pytest.fixture
def record(stack, rehearse) -> Record:
    def steps(drill: Drill) -> None:
        drill.steady_state()
        backup = drill.back_up()
        drill.harm("database.migration_mangles_rows")
        drill.detect()
        drill.roll_back(backup)

    found: Record = rehearse(steps, rollback=given.procedures(stack, "database").rollback)
    return found


@pytest.mark.parametrize("script", ["operator_wrong.sh"])
def test_the_sops_own_shape_is_a_false_success(record):
    assert record.rollback_run.status == 0
    assert "Rollback complete" in [line.text for line in record.rollback_run.lines]
    judgement = judge(record)
    assert judgement.verdict is Verdict.FALSE_SUCCESS
    assert "answered n: exit status 0, though it was to do nothing" in judgement.causes
    assert any("database." in cause for cause in judgement.causes)


@pytest.mark.parametrize("script", ["operator_right.sh"])
def test_a_right_one_passes(record):
    assert record.rollback_run.status == 0, record.rollback_run.lines
    assert [refusal.holds for refusal in record.refusals] == [True] * 4, record.refusals
    assert not record.red("after")
    assert not judge(record).causes or judge(record).verdict is Verdict.INCONCLUSIVE  # no trigger was named, no legs


WELL_WRITTEN = Path(__file__).parents[1] / "lint" / "well_written"
RIGHT = [
    (
        "database_bad_migration",
        f"""
[operator]
password = "env:OPERATOR_PASSWORD"

[procedures.database.rollback]
script = "{SCRIPTS / "operator_right.sh"}"
where = "operator"
answers = ["y", "yes"]
environment = {{ SSHPASS = "env:OPERATOR_PASSWORD" }}
refuses = [["n"], ["yes", "yes"], []]
needs_backup = true
""",
    ),
    *(
        (
            drill,
            f"""
[procedures.{kind}.rollback]
script = "{WELL_WRITTEN}/rollback_{kind}.sh"
answers = {answers}
refuses = {refuses}
needs_backup = true
""",
        )
        for drill, kind, answers, refuses in (
            ("database_overwritten_pages", "database", ["yes"], [["y"], []]),
            ("frontend_moved_assets", "frontend", ["y"], [["n"], []]),
        )
    ),
]


@pytest.mark.sample(1)
@pytest.mark.parametrize(("drill", "own"), RIGHT, ids=[drill for drill, _ in RIGHT])
def test_right_scripts_pass_a_whole_drill(drill, own, bench, tmp_path):
    stack = tmp_path / "lingzhi-ecosystem"
    shutil.copytree(STACKS / "lingzhi-ecosystem", stack)
    (stack / "stack.toml").write_text((stack / "stack.toml").read_text(encoding="utf-8") + own, encoding="utf-8")
    runs = Runs(bench.engine, tmp_path, OPERATOR_PASSWORD=PASSWORD)
    with runs.start(f"drills/test_{drill}.py", "--stack", str(stack)) as process:
        said, _ = process.communicate(timeout=180)
    assert runs.verdicts() == [Verdict.PASSED], said[-3000:]
    assert process.returncode == 0, said[-3000:]


OWN = f"""
[operator]
password = "env:OPERATOR_PASSWORD"

[procedures.database.rollback]
script = "{SCRIPTS / "operator_chatty.sh"}"
where = "operator"
environment = {{ SSHPASS = "env:OPERATOR_PASSWORD" }}
"""


def test_no_secret_is_to_be_seen_anywhere(bench, tmp_path):
    stack = tmp_path / "lingzhi-ecosystem"
    shutil.copytree(STACKS / "lingzhi-ecosystem", stack)
    (stack / "stack.toml").write_text((stack / "stack.toml").read_text(encoding="utf-8") + OWN, encoding="utf-8")
    runs = Runs(bench.engine, tmp_path, OPERATOR_PASSWORD=PASSWORD)
    with runs.start("drills/test_database_bad_migration.py", "--stack", str(stack), "-rA", "-l") as process:
        said, _ = process.communicate(timeout=180)
    assert runs.verdicts() == [Verdict.FALSE_SUCCESS], said[-3000:]
    [journal] = tmp_path.glob("runs/*/*.jsonl")
    [linted] = load_record(journal).lint
    assert linted.script.endswith("operator_chatty.sh")
    assert linted.findings
    written = [path for path in (tmp_path / "runs").rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {".jsonl", ".html", ".xml"}
    assert "[OPERATOR_PASSWORD]" in journal.read_text(encoding="utf-8")
    for text in [said, *(path.read_text(encoding="utf-8", errors="replace") for path in written)]:
        for at in range(len(PASSWORD) - 5):
            assert PASSWORD[at : at + 6] not in text
        assert base64.b64encode(f"ops:{PASSWORD}".encode()).decode()[8:-4] not in text


def test_a_host_that_does_not_let_the_operator_in_is_said_and_no_script_is_blamed(bench, tmp_path):
    stack = tmp_path / "lingzhi-ecosystem"
    shutil.copytree(STACKS / "lingzhi-ecosystem", stack)
    # Its shell ends every login at once.
    (stack / "stack.toml").write_text(
        (stack / "stack.toml").read_text(encoding="utf-8") + OWN.replace("[operator]", '[operator]\nuser = "nobody"'),
        encoding="utf-8",
    )
    runs = Runs(bench.engine, tmp_path, OPERATOR_PASSWORD=PASSWORD)
    with runs.start("drills/test_database_bad_migration.py", "--stack", str(stack)) as process:
        said, _ = process.communicate(timeout=180)
    assert process.returncode != 0
    assert f"{stack}/stack.toml: operator.password: the host does not let 'nobody' in by it" in said, said[-3000:]
    assert PASSWORD not in said
