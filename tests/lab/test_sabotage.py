"""Every sabotage is caught, on a replica that was rolled back rightly; and is undone, so that the next stands alone."""

from __future__ import annotations

import pytest

from checks.registry import all_checks
from fixtures import harms
from fixtures.drill import Drill, begin
from fixtures.options import STACKS as SHIPPED
from fixtures.reference import procedures
from fixtures.sabotage import Saboteur, sabotages
from fixtures.stack import load
from reports.journal import Journal

pytestmark = pytest.mark.docker

STACKS = [load(path.parent) for path in sorted(SHIPPED.glob("*/stack.toml"))]


def pytest_generate_tests(metafunc):
    if "sabotage" in metafunc.fixturenames:
        every = metafunc.config.getoption("--prove")
        rows = [(s, harm.name) for s in STACKS if every or s.name == "lingzhi-ecosystem" for harm in sabotages(s)]
        ids = [f"{stack.name}-{name}" for stack, name in rows]
        metafunc.parametrize(("saboteur", "sabotage"), rows, ids=ids, indirect=["saboteur"], scope="module")


@pytest.fixture(scope="module")
def saboteur(bench, request, tmp_path_factory):
    shipped = request.param
    limits = shipped.limits.model_copy(update={"procedure": 60, "recovery": 15})
    stack = shipped.model_copy(update={"limits": limits})
    checks = all_checks(stack)
    journal = Journal(tmp_path_factory.mktemp("runs") / "drill.jsonl")
    begin(journal, stack=stack.name, drill="tests", title="A test", rollback="database", objectives={})
    with bench.lab(stack) as lab:
        drill = Drill(
            lab,
            journal,
            "database",
            checks,
            procedures("database"),
            trigger="data lost or corrupted",
            incidents=tmp_path_factory.mktemp("incidents"),
        )
        drill.steady_state()
        backup = drill.back_up()
        drill.harm("database.overwritten_pages")
        drill.detect()
        drill.roll_back(backup)
        drill.discard()
        found = Saboteur(lab, checks, lambda asked: [check.run(lab.target) for check in asked])
        assert not found.prepare()
        yield found


@pytest.mark.sample(2)
def test_a_sabotage_is_caught_and_undone(saboteur, sabotage):
    assert not saboteur.wrong, f"the replica is not clean: {saboteur.wrong}"
    found = saboteur.attempt(harms.find(sabotage))
    assert found["real"], found["proof"] or found["unfit"]
    assert any(found["checks"].values()), f"no check saw it: {found['proof']}"
    assert not found["wrong"]


def test_there_are_forty_of_one_stack_and_each_layer_has_some():
    by_layer = {harm.layer for stack in STACKS for harm in sabotages(stack)}
    assert {"database", "files", "api", "services", "memory", "backups"} <= by_layer
    assert max(len(sabotages(stack)) for stack in STACKS) >= 40
