"""What tests share: the tiers, and drills that are run without a file of their own."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from checks.registry import all_checks
from fixtures.drill import Drill, begin
from fixtures.lab import Lab
from fixtures.options import STACKS
from fixtures.plugin import Bench
from fixtures.procedure import Procedure
from fixtures.reference import procedures
from fixtures.stack import Limits, RollbackType, Stack
from fixtures.stack import load as load_stack
from reports.journal import Journal
from reports.record import Record, load

Script = Callable[[Drill], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The tier that repeats in full."""
    parser.addoption("--prove", action="store_true", help="repeat at full length what is a sample otherwise")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`repeats(sample, full)`: a test that runs so many times, as one row each."""
    marker = metafunc.definition.get_closest_marker("repeats")
    if marker:
        sample, full = marker.args
        metafunc.fixturenames.append("repeat")
        metafunc.parametrize("repeat", range(full if metafunc.config.getoption("--prove") else sample))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`sample(number)`: so many of a test's rows, or `of="file"` of a file's, others every day; all when proven."""
    if config.getoption("--prove"):
        return
    rows: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sample"):
            whole = item.get_closest_marker("sample").kwargs.get("of") == "file"
            rows.setdefault(item.nodeid.partition("::" if whole else "[")[0], []).append(item)
    left_out: set[pytest.Item] = set()
    for test, its in rows.items():
        number = its[0].get_closest_marker("sample").args[0]
        chosen = random.Random(f"{test} {date.today().toordinal()}")
        left_out |= set(chosen.sample(its, max(0, len(its) - number)))
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Stack:
    """A shipped stack, with limits of seconds: a test does not wait for the objectives' minutes."""
    shipped = load_stack(STACKS / getattr(request, "param", "lingzhi-ecosystem"))
    return shipped.model_copy(update={"limits": Limits(procedure=60, recovery=15)})


@pytest.fixture
def rehearse(bench: Bench, stack: Stack, tmp_path: Path) -> Callable[..., Record]:
    """Run a drill that is given as a function of its steps; answers its record."""
    opened: list[Lab] = []

    def run(
        steps: Script,
        *,
        kind: RollbackType = "database",
        rollback: Procedure | None = None,
        backup: Procedure | None = None,
        trigger: str | None = None,
    ) -> Record:
        objectives = {
            "rollback": stack.objectives.rollback[kind],
            "recovery": stack.objectives.recovery,
            "loss": stack.objectives.loss,
        }
        under_test = procedures(kind)
        under_test = replace(under_test, backup=backup or under_test.backup, rollback=rollback or under_test.rollback)
        journal = Journal(tmp_path / f"{len(opened)}.jsonl")
        begin(
            journal,
            stack=stack.name,
            drill="tests",
            title="A test",
            rollback=kind,
            objectives=objectives,
            trigger=trigger,
        )
        with bench.lab(stack) as lab:
            opened.append(lab)
            drill = Drill(
                lab, journal, kind, all_checks(stack), under_test, trigger=trigger, incidents=tmp_path / "incidents"
            )
            try:
                steps(drill)
            finally:
                drill.discard()
            drill.close()
        return load(journal.path)

    return run


settings.register_profile("sample", max_examples=30)


def pytest_configure(config: pytest.Config) -> None:
    """Fewer examples of each property in a sample; `make prove` keeps its result: a journal with one event a test."""
    if not config.getoption("--prove", default=False):
        settings.load_profile("sample")
    if config.getoption("--prove", default=False) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Proof(config.rootpath / "reports" / "runs"))


class Proof:
    """Writes down how each test ended, as it ends."""

    def __init__(self, runs: Path) -> None:
        self._journal = Journal(runs / f"prove-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}-{os.getpid()}.jsonl")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One event a test: its call, or the set-up or teardown that went wrong."""
        if report.when == "call" or not report.passed:
            self._journal.write(
                "test", test=report.nodeid, when=report.when, outcome=report.outcome, seconds=report.duration
            )

    def pytest_sessionfinish(self) -> None:
        """The run came to its end."""
        self._journal.close()
