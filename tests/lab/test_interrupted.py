"""Procedures that are interrupted on a real host: ours survive, and what others forget is found."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from fixtures.exploration.exploration import Exploration
from fixtures.exploration.explorer import Explorer
from fixtures.exploration.points import all_points, merged
from fixtures.exploration.scene import set_up, widest
from fixtures.options import STACKS
from fixtures.procedure import BACKUP, Procedure
from fixtures.reference import procedures
from fixtures.stack import Limits, load
from reports.exploration import load as load_exploration
from reports.journal import Journal

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


def test_it_resumes_where_it_was_stopped_and_tells_what_was_not_explored(lab, tmp_path):
    def exploration(name, only, done=()):
        return Exploration(lab, Journal(tmp_path / name), "frontend", procedures("frontend"), only=only, done=done)

    first = exploration("first.jsonl", ["frontend-0001-mkdir-kill"])
    first.prepare()
    first.record()
    first.try_every_point()
    first.close()
    before = load_exploration(tmp_path / "first.jsonl")
    assert before.holds, before.failing
    [event] = [vars(point) for point in before.explored.values()]
    again = exploration("again.jsonl", ["frontend-0001-mkdir-kill", "frontend-0002-openat-EIO"], [event])
    again._explorer = first._explorer
    again._event("exploration", stack="s", kind="frontend", merged=True)
    again.record()
    stopped = load_exploration(tmp_path / "again.jsonl")
    assert stopped.counts == {"not explored": 2}
    assert not stopped.holds
    tried = []
    explore = again._explorer.explore
    again._explorer.explore = lambda points: explore(tried.append(points) or points)
    again.try_every_point()
    again.close()
    assert [point.id for point in tried[0]] == ["frontend-0002-openat-EIO"]
    assert load_exploration(tmp_path / "again.jsonl").holds
