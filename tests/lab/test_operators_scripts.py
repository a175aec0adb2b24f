"""Scripts of production's operators run unchanged at the workstation, and get the verdict that they deserve."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures import scripts as given
from fixtures.drill import Drill
from fixtures.plugin import STACKS
from fixtures.stack import Limits, Operator, Script, Scripts, load
from reports.record import Record
from reports.verdict import Verdict, judge

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
