"""The same on an engine with control groups of version 2, and when the engine goes away in the middle."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress

import pytest
from docker.errors import ContainerError

from fixtures import Refused, isolation
from fixtures.lab import Lab
from fixtures.procedure import Procedure
from fixtures.run import Run
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


def test_nothing_outside_of_a_lab_is_reached_from_it(bench, stack, engine):
    run = Run()
    address = isolation.addresses_of_host(engine.client, run, bench.workstation)
    names = (["192.0.2.53"], ["getent", "ahosts", "nobody.example"])
    try:
        with engine.planted(isolation.PORT) as came, another_lab(engine, run, bench, stack) as other:
            # An ordinary container does reach them: what is planted grows.
            here = f"exec 3<>/dev/tcp/{address[0]}/{isolation.PORT}"
            for dns, command in (names, (None, ["bash", "-c", here])):
                with suppress(ContainerError):
                    engine.client.containers.run(bench.workstation, command, remove=True, dns=dns)
            assert {line.split()[0] for line in came} == {"tcp", "name"}
            came.clear()
            with another_lab(engine, run, bench, stack) as lab:
                lab.run_procedure(Procedure("looked", ("true",)))
                ways = [*address, other.address("replica"), "192.0.2.53", "2001:db8::1"]
                for shell in (lab.workstation, lab.target.shell):
                    for way in ways:
                        shell.run(f"timeout 2 bash -c 'exec 3<>/dev/tcp/{way}/{isolation.PORT}'")
                        shell.run(f"echo query > /dev/udp/{way}/53")
                    shell.run("getent ahosts somebody.example")
                assert came == []
    finally:
        run.close()


def test_no_procedure_is_started_in_a_lab_that_is_not_closed(bench, stack, engine):
    run = Run()
    try:
        with another_lab(engine, run, bench, stack) as lab:
            lab.run_procedure(Procedure("looked", ("true",)))
            [workstation] = [c for c in engine.client.containers.list() if c.name.endswith("workstation")]
            engine.client.networks.get("bridge").connect(workstation)
            with pytest.raises(Refused, match="the lab is not closed: found a way to"):
                lab.prove_closed()
    finally:
        run.close()


@contextmanager
def another_lab(engine, run, bench, stack):
    with Lab(engine.client, run, stack, image=bench.image(stack), workstation_image=bench.workstation) as lab:
        yield lab


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
