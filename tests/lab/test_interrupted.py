"""Procedures that are interrupted on a real host: ours survive, and what others forget is found."""

from __future__ import annotations

import os
import random
import signal
from dataclasses import replace
from datetime import date

import pytest

from fixtures.exploration.explorer import Explorer
from fixtures.exploration.points import all_points, merged
from fixtures.exploration.scene import set_up, widest
from fixtures.options import STACKS
from fixtures.procedure import BACKUP, Procedure
from fixtures.reference import procedures
from fixtures.stack import Limits, load
from reports import exploration as explored
from tests.lab.runs import Runs

pytestmark = pytest.mark.docker

SAMPLE = 2
KINDS = {"backup": "lingzhi-ecosystem", "frontend": "lingzhi-ecosystem", "backend": "lingzhi-ecosystem",
         "database": "lingzhi-ecosystem", "full": "lingzhi-ecosystem", "back": "lingzhi-ecosystem",
         "config": "credit-one", "model": "credit-one"}  # fmt: skip

RESTORE = """#!/bin/bash
set -e
live=/opt/lingzhi-ecosystem/backend/lingzhi_ecosystem.db
systemctl stop lingzhi-backend.service
rm -f $live-wal $live-shm
sync /opt/lingzhi-ecosystem/backend
cp /opt/lingzhi-ecosystem/backups/$1 $live.new
chown --reference=$live $live.new
chmod --reference=$live $live.new
{file}
mv $live.new $live
{folder}
systemctl start lingzhi-backend.service
"""


def explorer(lab, kind, rollback=None):
    given = widest(lab.stack) if kind in ("backup", "back") else procedures(kind)
    scene = set_up(lab, kind, replace(given, rollback=rollback) if rollback else given)
    return Explorer(lab, kind, scene.procedure, aim=scene.aim, toggles=scene.toggles)


def wrong(tried):
    return {f"{one.point.id}: {one.outcome}: {one.wrong}" for one in tried if one.outcome != "survived"}


@pytest.mark.sample(1)
@pytest.mark.parametrize("kind", KINDS)
def test_a_reference_procedure_survives(bench, kind, request):
    shipped = load(STACKS / KINDS[kind]).model_copy(update={"limits": Limits(procedure=60, recovery=30)})
    with bench.lab(shipped) as lab:
        exploring = explorer(lab, kind)
        points = merged(all_points(kind, exploring.record()))
        if not request.config.getoption("--prove"):
            points = random.Random(f"{kind} {date.today().toordinal()}").sample(points, SAMPLE)
        assert not wrong(exploring.explore(points))


def script(tmp_path, text):
    path = tmp_path / "restore.sh"
    path.write_text(text)
    return Procedure.from_script(path, BACKUP)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("file", "folder", "found"),
    [
        ("sync $live.new", "sync ${live%/*}", {}),
        ("", "sync ${live%/*}", {"power-all", "power-data"}),
        ("sync $live.new", "", {"power-all"}),
    ],
    ids=["synced", "the file is not synced", "the folder is not synced"],
)
def test_a_missing_fsync_is_found(lab, tmp_path, file, folder, found):
    """What a script claims at its end must be so after a power cut; the last point of all shows it."""
    exploring = explorer(lab, "database", script(tmp_path, RESTORE.format(file=file, folder=folder)))
    points = [point for point in all_points("database", exploring.record()) if point.call.kind == "end"]
    tried = list(exploring.explore(points))
    assert {one.point.fault for one in tried} == {"power-all", "power-data"}
    assert {one.point.fault for one in tried if one.outcome == "false success"} == {*found}, wrong(tried)
    assert {one.point.fault for one in tried if one.outcome == "survived"} == {"power-all", "power-data"} - {*found}


def test_a_copy_over_the_live_file_is_found(lab, tmp_path):
    text = RESTORE.replace("$live.new\n", "$live\n").replace("mv $live $live\n", "").replace("mv $live.new $live", "")
    exploring = explorer(lab, "database", script(tmp_path, text.format(file="", folder="")))
    calls = exploring.record()
    copied = [p for p in all_points("database", calls) if p.call.program.startswith("cp ") and p.fault == "kill"]
    tried = list(exploring.explore(copied[1:2]))
    assert [one.outcome for one in tried] == ["failed"], tried
    assert "database is a mixture" in tried[0].wrong[0]


def test_a_run_that_was_stopped_is_gone_on_with(bench, tmp_path):
    """Ctrl-C in the middle; then `--resume`: nothing is tried twice, and what is missing was told."""
    runs = Runs(bench.engine, tmp_path)
    asked = [f"--point=frontend-{number:04}" for number in range(1, 7)]
    command = ("drills/test_exploration.py", "--stack=lingzhi-ecosystem", *asked)
    with runs.start(*command) as process:
        first = runs.wait_for_a_journal(lambda path: len(explored.tried(path)) >= 3)
        os.kill(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    stopped = explored.load(first)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, said[-3000:]
    assert 3 <= len(stopped.explored) < len(stopped.planned)
    assert stopped.counts["not explored"] == len(stopped.not_tried) > 0
    assert not stopped.holds
    with runs.start(*command, f"--resume={first.parent}") as process:
        said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said[-3000:]
    [second] = [path for path in runs.folder.glob("runs/*/*.jsonl") if path != first]
    whole = explored.load(second)
    assert whole.holds
    assert whole.planned == stopped.planned
    assert {id_: whole.explored[id_] for id_ in stopped.explored} == stopped.explored
