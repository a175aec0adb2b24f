"""A stack of somebody else's: laid out, drilled as it is, and told what the running host lacks."""

from __future__ import annotations

import importlib
import re
import sqlite3
import subprocess
from contextlib import closing

import pytest

from fixtures import init
from fixtures.stack import load
from reports.record import load as load_record
from reports.verdict import Verdict, judge
from tests.test_documented_commands import run

pytestmark = pytest.mark.docker

DRILLS = "cheap_orders"


NO_DATA = r"\[+(database|writes|damage|scopes\.database|triggers)[.\]]"


@pytest.fixture
def folder(tmp_path):
    init.lay_out(tmp_path / "starter")
    return tmp_path / "starter"


def drilled(arguments, tmp_path) -> subprocess.CompletedProcess[str]:
    return run(f".venv/bin/pytest {arguments} -q --runs={tmp_path}/runs", PYTEST_ADDOPTS="")


def changed(folder, *pairs):
    file = folder / "stack.toml"
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


def test_the_starting_point_passes_as_it_is(folder, tmp_path, pytestconfig):
    some = "" if pytestconfig.getoption("--prove") else f'-k "{DRILLS}"'
    done = drilled(f"drills/ --stack {folder} {some}", tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = [load_record(journal) for journal in tmp_path.glob("runs/*/*.jsonl")]
    assert {judge(record).verdict for record in found} == {Verdict.PASSED}
    assert "starter.database_cheap_orders" in {record.path.stem for record in found}
    assert all("orders.first" in {check.name for check in record.at_stage("after")} for record in found)
    assert "left out: starter: scopes: found none for 'frontend'" in done.stdout


def test_its_checks_are_drilled_too_and_its_own_check_is_in_the_matrix(folder, tmp_path):
    done = drilled(f'drills/ -m sabotage --stack {folder} -k "missing_row or mode_changed or orphaned_rows"', tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "2 of 2 sabotages caught; left out: database.orphaned_rows (no table of the database points" in done.stdout
    assert re.search(r"orders.first +caught nothing: no sabotage here is for it", done.stdout)


def test_a_service_that_keeps_nothing_is_drilled_without_a_database(folder, tmp_path):
    file = folder / "stack.toml"
    kept = [part for part in re.split(r"(?m)^(?=\[)", file.read_text()) if not re.match(NO_DATA, part)]
    file.write_text("".join(kept).replace(", database = 300", ""))
    (folder / "checks/orders.py").unlink()
    done = drilled(f"drills/test_backend_flaky.py --stack {folder}", tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    [record] = [load_record(journal) for journal in tmp_path.glob("runs/*/*.jsonl")]
    assert judge(record).verdict is Verdict.PASSED
    assert record.plan.left_out.keys() == {"loss", "writes", "notifications"}
    assert re.search(r"left out: starter: .*has no \[database\].* \(loss, writes\)", done.stdout)


def test_a_backup_of_the_teams_own_is_rolled_back_to_and_left_as_it_is(folder, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(folder / "app")
    orders = importlib.import_module("orders")
    backup = tmp_path / "orders.db.backup_20260101_000000"
    with closing(sqlite3.connect(backup)) as database, database:
        orders.make(database)
        database.execute("INSERT INTO orders (ref, cents) VALUES ('REAL', 5)")
    before = backup.read_bytes()
    options = f"--backups {tmp_path} --backup random --seed 3"
    done = drilled(f"drills/test_database_bad_migration.py --stack {folder} {options}", tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    [record] = [load_record(journal) for journal in tmp_path.glob("runs/*/*.jsonl")]
    assert judge(record).verdict is Verdict.PASSED
    assert record.backup_name == backup.name
    assert record.facts["backup chosen"] == "at random of 1, seed 3"
    assert record.plan.left_out.keys() == {"writes from before the backup", "notifications"}
    assert record.loss.rows_before_damage > 20_000
    assert backup.read_bytes() == before


@pytest.mark.parametrize("workers", ["", "-n 1"], ids=["alone", "by a worker"])
def test_what_an_image_by_name_lacks_is_said_in_sentences(workers, bench, folder, tmp_path):
    tag = bench.image(load(folder))
    changed(
        folder,
        ("packages = []\n", f'name = "{tag}"\n'),
        (
            'folders = { "app" = "/opt/starter/app", "units" = "/etc/systemd/system", "tmpfiles" = "/etc/tmpfiles.d" }',
            "",
        ),
        ('"/usr/local"]', '"/usr/locale"]'),
        ('key = "ref"', 'key = "reff"'),
        ("SELECT id FROM orders WHERE cents <= 0", "SELECT id FROM orders WHERE amount <= 0"),
    )
    done = drilled(f"drills/test_backend_flaky.py --stack {folder} {workers}", tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Traceback" not in said
    for key, found in (
        ("elsewhere.includes.2", "'/usr/locale', which is not on the host; expected"),
        ("writes.key", "'reff', which orders lacks; expected one of its columns: cents, id, ref"),
        ("database.invariants.'no order is free'", r"no such column: amount\); expected"),
    ):
        assert re.search(rf"{folder}/stack.toml: {key}: found .*{found}", said), said[-3000:]


def test_an_image_that_nobody_has_is_a_sentence(folder, tmp_path):
    changed(
        folder,
        ("packages = []\n", 'name = "127.0.0.1:1/nobody-has-this:1"\n'),
        (
            'folders = { "app" = "/opt/starter/app", "units" = "/etc/systemd/system", "tmpfiles" = "/etc/tmpfiles.d" }',
            "",
        ),
    )
    done = drilled(f"drills/test_backend_flaky.py --stack {folder}", tmp_path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert re.search(
        r"stack.toml: image.name: found .*, expected an image that the engine has or can pull", done.stdout
    )
    assert "Traceback" not in done.stdout + done.stderr
