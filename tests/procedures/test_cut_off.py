"""A rollback killed at any point: the next run finishes it, or undoes it and begins afresh."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import exchange
import holders
import journal
import parts
import pytest
import restore_database
import rollback
from config import read
from exits import Exit
from runlog import RunLog
from small_host import NAME, SmallHost, crash_with_a_wal, users

# The version endpoint is a thread of the parent, which a child that only rolls back does not need.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

KILLED = 137
# Between two of these calls nothing changes that a kill could leave behind.
CALLS = [
    *((os, name) for name in ("replace", "rename", "fsync", "unlink", "rmdir", "mkdir", "link", "symlink")),
    (exchange, "_at_once"),
    (shutil, "copyfile"),
]
ENOUGH = 1000


def killed_at(host: SmallHost, point: int, kind: str = "database", *words: str) -> int:
    """Roll back in a child process that dies for good at its point-th call; its exit status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_at(point)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (1, 2):
                os.dup2(nowhere, stream)
            code = rollback.main([kind, "--config", str(host.config_file), "--yes", *words])
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _die_at(point: int) -> None:
    count = 0

    def dying(call: Callable[..., object]) -> Callable[..., object]:
        def counted(*words: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == point:
                if call is copyfile:
                    content = Path(str(words[0])).read_bytes()
                    Path(str(words[1])).write_bytes(content[: len(content) // 2])
                os._exit(KILLED)
            return call(*words, **options)

        return counted

    copyfile = shutil.copyfile
    for module, name in CALLS:
        setattr(module, name, dying(getattr(module, name)))


@pytest.fixture
def damaged(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> SmallHost:
    """The backup is of ann and bob; then bob was lost, carol came, in the -wal alone, and the service crashed."""
    # Hundreds of rollbacks: who has the file open is looked for elsewhere.
    monkeypatch.setattr(holders, "look", lambda files: holders.Seen(set(), set()))
    host.good_backup()
    host.sql("DELETE FROM users WHERE name = 'bob'")
    crash_with_a_wal(host.live, "carol")
    return host


def placed_in(host: SmallHost, record: journal.Record) -> bool:
    config = read(host.config_file)
    return parts.are_placed(config, RunLog(config.log), record)


def was_done(host: SmallHost) -> bool:
    """Whether the log says so."""
    log = host.log / "rollback.log"
    return log.exists() and "done: " in log.read_text()


def restart_and_write(host: SmallHost, name: str) -> bool:
    """The host was started again, the service with it: it takes a write. Whether it could."""
    try:
        host.sql(f"INSERT INTO users (name) VALUES ('{name}')")
    except sqlite3.Error:
        return False
    return True


@pytest.mark.parametrize("restarted", [False, True], ids=["still", "restarted"])
def test_killed_anywhere_the_next_run_brings_it_to_its_end(damaged: SmallHost, restarted: bool, points: range) -> None:
    good = damaged.content()
    for point in points:
        damaged.put_back(good)
        shutil.rmtree(damaged.log)
        code = killed_at(damaged, point)
        record = journal.read(damaged.backups)
        placed = record is not None and placed_in(damaged, record)
        over = record is None and was_done(damaged)
        if code == Exit.DONE:
            break
        assert code == KILLED, f"point {point}: {code}"
        if over:
            assert damaged.users() == {"ann", "bob"}, f"point {point}"
        elif record is None or not record.replacing:
            assert damaged.live.read_bytes() == good[damaged.live], f"point {point}"
        elif not placed:
            assert {"ann", "carol"} <= set().union(*map(users_of_a_copy, damaged.snapshots())), f"point {point}"
        wrote = restarted and restart_and_write(damaged, "dave")
        run = damaged.rollback("--yes")
        assert run.code == Exit.DONE, f"point {point}: {run}"
        if wrote and placed:
            assert damaged.users() == {"ann", "bob", "dave"}, f"point {point}"
        else:
            assert damaged.users() == {"ann", "bob"}, f"point {point}"
            kept = set().union(*map(users_of_a_copy, damaged.snapshots()))
            assert {"ann", "carol"} <= kept, f"point {point}"
            assert not wrote or "dave" in kept, f"point {point}"
        names = [path.name for path in (*damaged.backend.iterdir(), *damaged.backups.iterdir())]
        assert not [name for name in names if ".partial" in name or name.startswith("rollback-in")], f"point {point}"
    else:
        pytest.fail("it never came to its end")
    assert point > 20


def users_of_a_copy(snapshot: Path) -> set[str]:
    """A snapshot is looked at through a copy: opening it would change it."""
    folder = snapshot.parent / "looked at"
    folder.mkdir()
    for path in snapshot.parent.glob(f"{snapshot.name}*"):
        shutil.copyfile(path, folder / path.name)
    try:
        return users(folder / snapshot.name)
    finally:
        shutil.rmtree(folder)


def test_an_error_at_any_point_is_undone_or_finished_by_the_next_run(damaged: SmallHost) -> None:
    """The same without a kill: a call fails, the program goes on to its own end, and says which."""
    good = damaged.content()
    for module, name in CALLS[:-1]:
        for point in range(1, ENOUGH):
            damaged.put_back(good)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(module, name, failing_at(point, getattr(module, name)))
                run = damaged.rollback("--yes")
            where = f"{name} {point}: {run}"
            assert "Traceback" not in run.out + run.err, where
            if run.code == Exit.DONE:
                break
            if run.code in (Exit.UNEXPECTED, Exit.UNDONE):
                assert {path: path.read_bytes() for path in good} == good, where
            else:
                assert run.code == Exit.HALF_WAY, where
            assert damaged.rollback("--yes").code == Exit.DONE, where
            assert damaged.users() == {"ann", "bob"}, where


def failing_at(point: int, call: Callable[..., object]) -> Callable[..., object]:
    count = 0

    def counted(*words: object, **options: object) -> object:
        nonlocal count
        count += 1
        if count == point:
            raise OSError(5, "Input/output error")
        return call(*words, **options)

    return counted


def cut_off_in_the_middle(host: SmallHost) -> journal.Record:
    """Killed with the side files gone and the rename not done."""
    good = host.content()
    for point in range(1, ENOUGH):
        host.put_back(good)
        assert killed_at(host, point) == KILLED
        record = journal.read(host.backups)
        if record and record.replacing and not host.live.with_name(f"{NAME}-wal").exists():
            assert not placed_in(host, record)
            return record
    raise AssertionError


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize(
    ("module", "name", "code"),
    [
        (shutil, "copyfile", Exit.UNDONE),
        (journal, "write", Exit.UNDONE),
        (restore_database.DatabaseRestoration, "replace", Exit.DONE),
    ],
)
def test_a_signal_undoes_it_or_comes_too_late(
    damaged: SmallHost, number: signal.Signals, module: object, name: str, code: Exit
) -> None:
    """Two in a row, as from an operator who presses Ctrl-C once more."""
    before = damaged.tree()
    call = getattr(module, name)

    def signalled(*words: object) -> object:
        for _ in range(2):
            os.kill(os.getpid(), number)
        return call(*words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, signalled)
        run = damaged.rollback("--yes")
    assert run.code == code, run
    assert damaged.users() == {"ann", "bob"} if code == Exit.DONE else damaged.tree() == before


def test_what_was_cut_off_is_finished_unasked_and_said(damaged: SmallHost) -> None:
    record = cut_off_in_the_middle(damaged)
    run = damaged.rollback()
    assert run.code == Exit.DONE, run
    assert (
        f"a rollback to {record.sources} was cut off; what it started from is in {record.parts[0].snapshot}" in run.out
    )


def test_another_backup_may_be_asked_for_instead_and_is_asked_about(damaged: SmallHost) -> None:
    older = damaged.backups / f"{NAME}.backup_20200101_000000"
    made = next(path for path in damaged.backups.iterdir() if path.suffix != ".json")
    shutil.copyfile(made, older)
    assert damaged.backup("--adopt", older.name).code == Exit.DONE
    record = cut_off_in_the_middle(damaged)
    assert record.sources == made.name
    assert damaged.rollback(older.name, answers="n\n").code == Exit.CANCELLED
    assert journal.read(damaged.backups) == record
    assert damaged.rollback(older.name, answers="y\nyes\n").code == Exit.DONE
    assert journal.read(damaged.backups) is None


def test_a_dry_run_leaves_what_was_cut_off_alone(damaged: SmallHost) -> None:
    cut_off_in_the_middle(damaged)
    before = damaged.tree()
    assert damaged.rollback("--dry-run").code == Exit.DONE
    assert damaged.tree() == before


def test_a_record_that_cannot_be_understood_is_not_passed_over(damaged: SmallHost) -> None:
    (damaged.backups / "rollback-in-progress.json").write_text("{")
    before = damaged.tree()
    run = damaged.rollback("--yes")
    assert (run.code, damaged.tree()) == (Exit.HALF_WAY, before)
