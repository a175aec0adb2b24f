"""The same on an engine with control groups of version 2, and when the engine goes away in the middle."""

from __future__ import annotations

import os
import time

import pytest

from reports.verdict import Verdict
from tests.lab.runs import Runs
from tests.lab.second_engine import SecondEngine

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(os.geteuid() != 0, reason="starting a second engine needs root"),
]

DRILL = ("drills/test_database_bad_migration.py", "--stack", "lingzhi-ecosystem")


@pytest.fixture(scope="module")
def engine(bench, stack, tmp_path_factory):
    second = SecondEngine(tmp_path_factory.mktemp("engine"))
    try:
        second.take_images(bench.engine, [bench.image(stack), bench.workstation, "rollback-drill/base:bookworm"])
        yield second
    finally:
        second.stop()


@pytest.fixture
def runs(engine, tmp_path):
    return Runs(engine.client, tmp_path, DOCKER_HOST=engine.host)


def test_a_drill_passes_under_control_groups_of_version_2_and_leaves_routes_and_firewall_as_they_were(engine, runs):
    assert engine.client.info()["CgroupVersion"] == "2"
    before = engine.network()
    assert "DOCKER" in before
    with runs.start(*DRILL) as process:
        runs.wait_for_a_lab()
        assert engine.network() != before, "a lab shows in none of what is compared: the comparison shows nothing"
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said[-3000:]
    assert runs.verdicts() == [Verdict.PASSED]
    assert runs.left() == []
    assert engine.network() == before


def test_a_run_whose_engine_dies_says_so_and_the_next_one_clears_up(engine, runs):
    with runs.start(*DRILL) as process:
        runs.wait_for_a_lab()
        time.sleep(2)
        engine.kill()
        said, _ = process.communicate(timeout=120)
    assert process.returncode not in (0, None)
    assert runs.verdicts() == [Verdict.ABORTED]
    assert "Traceback" not in said
    engine.start()
    runs.engine = engine.client
    runs.passes(*DRILL)
    assert runs.left() == []
