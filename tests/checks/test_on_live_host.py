"""What the database must hold on a host that takes writes: all of the backup, and more where rows may be added."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from types import SimpleNamespace

import pytest

from checks.registry import all_checks, live_checks
from fixtures.database import Database
from fixtures.expected import Table
from fixtures.options import STACKS
from fixtures.shell import CommandError
from fixtures.stack import load

LINGZHI = load(STACKS / "lingzhi-ecosystem")
CHECKS = {check.name: check for check in live_checks(LINGZHI)}


def read(command, **_):
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"here: {command}: {done.stderr}")
    return done.stdout.rstrip()


def change(database, statements):
    with closing(sqlite3.connect(database)) as changed:
        changed.executescript(statements)


@pytest.fixture
def live(tmp_path):
    return tmp_path / "live.db"


@pytest.fixture(params=["DELETE", "WAL"])
def target(live, tmp_path, request):
    """A database of three tables, its backup, and what the backup's manifest says."""
    change(live, f"PRAGMA journal_mode = {request.param}")
    for name in ("users", "checkins", "payments"):
        change(live, f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, ref TEXT, idempotency_key TEXT)")
        change(live, f"INSERT INTO {name} (ref) VALUES ('a'), ('b'), ('c')")
    backup = tmp_path / "a name.backup?#"
    shutil.copy(live, backup)
    declared = LINGZHI.database.model_copy(update={"append_only": ["checkins"], "still": ["users"]})
    tables = {name: Table(3, "") for name in declared.tables}
    return SimpleNamespace(
        name="host.example",
        stack=LINGZHI.model_copy(update={"database": declared}),
        database=Database(str(live), read),
        expected=SimpleNamespace(seen=SimpleNamespace(tables=tables), backup=str(backup)),
        run_id="live-1",
        clock=lambda: 1.0,
    )


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("statements", "red"),
    [
        ("SELECT 1", set()),
        ("INSERT INTO checkins (ref) VALUES ('d'); INSERT INTO payments (ref) VALUES ('d')", set()),
        ("UPDATE payments SET ref = 'z'", set()),  # neither still nor append-only: a row may change
        ("UPDATE checkins SET ref = 'z' WHERE id = 2", {"database.content"}),
        ("UPDATE users SET ref = 'z' WHERE id = 2", {"database.content"}),
        ("DELETE FROM payments WHERE id = 2", {"database.content", "database.row_counts"}),
        ("DELETE FROM payments WHERE id = 2; INSERT INTO payments (ref) VALUES ('d')", {"database.content"}),
        ("INSERT INTO users (ref) VALUES ('d')", {"database.content", "database.row_counts"}),
    ],
)
def test_red_is_what_the_backup_has_and_the_host_has_not(live, target, statements, red):
    change(live, statements)
    results = [CHECKS[name].run(target) for name in ("database.content", "database.row_counts")]
    assert {result.check.name for result in results if not result.holds} == red, [r.message for r in results]
    assert all(result.message.startswith("host.example: table ") for result in results if not result.holds)
    assert not [path for path in live.parent.iterdir() if path.name.endswith(("-wal", "-shm", "-journal"))]


@pytest.mark.parametrize(("moves", "rows"), [(2, 5), (100, None)])
def test_a_database_that_moves_while_it_is_read_without_a_lock_is_read_again(live, target, tmp_path, moves, rows):
    change(live, "PRAGMA journal_mode = WAL")  # one that is locked while it is read does not move
    sqlite3, asked = shutil.which("sqlite3"), tmp_path / "asked"
    moving = tmp_path / "sqlite3"
    moving.write_text(
        f"#!/bin/sh\necho >> {asked}\n"
        f"[ $(wc -l < {asked}) -gt {moves} ] || {sqlite3} {live} \"INSERT INTO users (ref) VALUES ('moved')\"\n"
        f'exec {sqlite3} "$@"\n'
    )
    moving.chmod(0o755)
    database = Database(str(live), lambda command, **_: read(f"PATH={tmp_path}:$PATH; {command}"))
    if rows:
        assert database.scalar("SELECT count(*) FROM users") == rows
    else:
        with pytest.raises(CommandError, match="expected it to stand still for one query"):
            database.scalar("SELECT count(*) FROM users")
    assert len(asked.read_text()) == min(moves + 1, 5)


def test_every_check_is_judged_on_a_live_host_or_says_why_not():
    for stack in map(load, sorted(path.parent for path in STACKS.glob("*/stack.toml"))):
        found = live_checks(stack)
        assert [check.name for check in found] == [check.name for check in all_checks(stack)]
        assert [check.name for check in found if not check.live and not check.why_not] == []
        assert [check.name for check in found if check.live and (check.writes or check.changes_host)] == []
        assert [check.name for check in found if check.writes] == ["api.writes_read_back"]
