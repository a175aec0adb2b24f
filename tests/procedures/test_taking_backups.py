"""backup.py database: the copy holds what was committed, and its manifest says the truth about it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import database
import durable
import journal
import manifest
import pytest
from exits import Exit
from small_host import NAME, SmallHost, another_program, crash_with_a_wal, create, users


def test_a_backup_is_whole_stable_and_self_contained(host: SmallHost) -> None:
    made = host.good_backup()
    its = manifest.read(made)
    assert (its.stable, its.adopted, its.schema, its.release) == (True, False, 2, "1.1.0")
    assert its.rows == {"users": 2, "payments": 1}
    assert its.entries[""].mode == 0o640
    assert (its.size, its.entries[""].sha256) == (made.stat().st_size, durable.sha256(made))
    assert {name for name, check in its.checks.items() if check.holds} == {
        *("service", "page", "integrity", "foreign_keys", "tables", "schema", "no payment is negative")
    }
    assert sorted(path.name for path in host.backups.iterdir()) == [made.name, manifest.path_of(made).name]
    assert made.read_bytes()[18:20] == host.live.read_bytes()[18:20] == b"\x02\x02"
    assert made.stat().st_mode & 0o077 == 0


def test_a_database_that_is_not_wal_stays_one(host: SmallHost) -> None:
    host.sql("PRAGMA journal_mode = DELETE")
    assert host.good_backup().read_bytes()[18:20] == b"\x01\x01"


def test_commits_that_are_only_in_the_wal_are_in_it_and_the_wal_stays(host: SmallHost) -> None:
    """H7; and what a crash left behind is evidence."""
    crash_with_a_wal(host.live, "only in the wal")
    wal = host.live.with_name(f"{NAME}-wal").read_bytes()
    assert users(host.good_backup()) == {"ann", "bob", "only in the wal"}
    assert host.live.with_name(f"{NAME}-wal").read_bytes() == wal


def test_neither_a_program_at_work_nor_a_still_database_is_disturbed(host: SmallHost) -> None:
    before = host.live.read_bytes()
    host.good_backup()
    assert [path.name for path in host.backend.iterdir() if NAME in path.name] == [NAME]
    with another_program(host.live):
        sides = {path.name for path in host.backend.iterdir()}
        host.good_backup()
        assert {path.name for path in host.backend.iterdir()} == sides
    assert host.live.read_bytes() == before


def test_every_row_committed_before_it_began_is_in_it(host: SmallHost) -> None:
    """H12: under a writer that never rests, and checkpoints."""
    code = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None)\n"
        "c.execute('PRAGMA wal_autocheckpoint = 5')\n"
        "for n in range(1000000):\n"
        "    c.execute('INSERT INTO users (name) VALUES (?)', (str(n),)); print(n, time.time(), flush=True)"
    )
    with (host.backend / "acknowledged").open("w+") as ledger:
        with subprocess.Popen([sys.executable, "-c", code, str(host.live)], stdout=ledger) as writer:
            time.sleep(0.2)
            made = [host.good_backup() for _ in range(10)]
            writer.kill()
        ledger.seek(0)
        acknowledged = [line.split() for line in ledger.read().splitlines()[:-1]]
    assert len(acknowledged) > 20
    for path in made:
        its = manifest.read(path)
        before = {name for name, at in acknowledged if float(at) < its.started}
        after = {name for name, at in acknowledged if float(at) > its.ended + 0.5}
        assert before <= users(path)
        assert not after & users(path)
    assert len({path.name for path in made}) == 10


def test_a_lock_is_not_waited_for_for_ever(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """H12."""
    monkeypatch.setattr(database, "_BUSY_S", 0.1)
    host.sql("PRAGMA journal_mode = DELETE")
    with contextlib.closing(sqlite3.connect(host.live)) as other:
        other.execute("BEGIN EXCLUSIVE")
        before = host.tree()
        begun = time.monotonic()
        run = host.backup("--wait", "0.2")
        assert (run.code, host.tree()) == (Exit.UNDONE, before)
        assert "locked" in run.err
        assert time.monotonic() - begun < 4


@pytest.mark.parametrize("content", [None, b"", b"not a database" * 100])
def test_what_is_no_database_is_refused_and_none_is_created(host: SmallHost, content: bytes | None) -> None:
    """H8, H28."""
    host.live.unlink()
    if content is not None:
        host.live.write_bytes(content)
    before = host.tree()
    run = host.backup()
    assert (run.code, host.tree()) == (Exit.UNDONE, before)
    assert len(run.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("harm", "failing"),
    [
        ("DROP TABLE payments", "tables"),
        ("UPDATE payments SET cents = 0", "no payment is negative"),
        ("UPDATE payments SET user = 99", "foreign_keys"),
        ("PRAGMA user_version = 7", "schema"),
    ],
)
def test_a_damaged_database_is_backed_up_but_the_backup_is_not_stable(host: SmallHost, harm: str, failing: str) -> None:
    host.sql(harm)
    run = host.backup()
    assert run.code == Exit.NOT_STABLE
    assert failing in run.err
    (made,) = (path for path in host.backups.iterdir() if path.suffix != ".json")
    its = manifest.read(made)
    assert not its.stable
    assert [name for name, check in its.checks.items() if not check.holds][:1] == [failing]


def test_pages_overwritten_are_backed_up_but_not_stable(host: SmallHost) -> None:
    with host.live.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    assert host.backup().code == Exit.NOT_STABLE
    assert "integrity" in host.backup("--list").out


@pytest.mark.parametrize("answer", [{"release": "1.0.0", "schema": 2}, {"status": "ok"}])
def test_it_is_not_stable_while_the_service_is_not_well(host: SmallHost, answer: dict[str, object]) -> None:
    host.release = answer
    run = host.backup()
    assert run.code == Exit.NOT_STABLE
    assert "service" in run.err


def test_it_is_not_stable_without_a_release_on_disk(host: SmallHost) -> None:
    (host.backend / "RELEASE.json").unlink()
    assert host.backup().code == Exit.NOT_STABLE


def test_it_is_not_stable_while_a_rollback_is_half_done(host: SmallHost) -> None:
    part = journal.Part("database", "b", "s", 1)
    record = journal.Record("database of", "database", 0.0, [part], [], None, {}, None, [], replacing=True)
    journal.write(record, host.backups)
    run = host.backup()
    assert run.code == Exit.NOT_STABLE
    assert "rollback" in run.err


def test_backups_in_one_second_do_not_overwrite_each_other(host: SmallHost) -> None:
    """H28: and the order of the names is the order in which they were taken."""
    made = [host.good_backup() for _ in range(5)]
    assert [path.name for path in made] == sorted({path.name for path in made})


def test_a_backup_without_its_manifest_is_not_whole(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "write", _fail)
    assert host.backup().code == Exit.UNEXPECTED
    monkeypatch.undo()
    run = host.backup("--list")
    assert "not whole: it has no manifest" in run.out


def _fail(*words: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_nothing_behind(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    before = host.tree()
    monkeypatch.setattr(durable, "sync", _fail)
    run = host.backup()
    assert (run.code, host.tree()) == (Exit.UNDONE, before)
    assert "No space left" in run.err


@pytest.mark.parametrize(("schema", "usable"), [(2, True), (1, False)])
def test_a_backup_made_otherwise_is_adopted_and_judged_as_a_file(host: SmallHost, schema: int, usable: bool) -> None:
    """One of another schema is not asked this release's rules, and does not fit this release either."""
    path = host.backups / f"{NAME}.backup_20260901_030000"
    create(path, schema)
    assert host.rollback("--yes").code == Exit.NO_BACKUP
    run = host.backup("--adopt", path.name)
    assert run.code == Exit.DONE, run
    its = manifest.read(path)
    assert (its.adopted, its.stable, its.schema, its.release) == (True, True, schema, None)
    assert time.strftime("%Y%m%d_%H%M%S", time.localtime(its.started)) == "20260901_030000"
    assert host.rollback("--yes").code == (Exit.DONE if usable else Exit.NO_BACKUP)
    assert host.backup("--adopt", path.name).code == Exit.USAGE


def test_an_empty_database_is_adopted_as_not_stable(host: SmallHost) -> None:
    """H7: a cp of a live WAL database can have no table at all."""
    path = host.backups / f"{NAME}.backup_20260901_030000"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert host.backup("--adopt", path.name).code == Exit.NOT_STABLE


@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_what_is_no_backup_is_not_adopted(host: SmallHost, content: bytes) -> None:
    path = host.backups / f"{NAME}.backup_20260901_030000"
    path.write_bytes(content)
    assert host.backup("--adopt", path.name).code == Exit.NO_BACKUP
    assert host.backup("--adopt", "../backend/shop.db").code == Exit.NO_BACKUP
    assert list(host.backups.iterdir()) == [path]


def test_a_copy_that_needs_its_wal_is_not_adopted(host: SmallHost) -> None:
    path = host.backups / f"{NAME}.backup_20260901_030000"
    crash_with_a_wal(host.live, "only in the wal")
    shutil.copyfile(host.live, path)
    shutil.copyfile(f"{host.live}-wal", f"{path}-wal")
    assert host.backup("--adopt", path.name).code == Exit.NO_BACKUP


def test_the_manifest_is_plain_json(host: SmallHost) -> None:
    values = json.loads(manifest.path_of(host.good_backup()).read_text())
    assert values["format"] == 2
    assert values["checks"]["integrity"] == {"holds": True, "found": "ok"}
    assert values["started"] <= values["ended"] <= time.time()
    assert Path(host.live).stat().st_uid == os.getuid()
