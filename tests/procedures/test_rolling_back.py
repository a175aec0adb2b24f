"""rollback.py database: it restores exactly the backup, or touches nothing and says why."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import durable
import holders
import manifest
import pytest
import restore_database
from exits import Exit
from host import expect_space
from small_host import NAME, PROCEDURES, SmallHost, another_program, crash_with_a_wal, create, users

Damage = Callable[[SmallHost, Path], None]


def test_restores_the_backup_row_for_row(host: SmallHost) -> None:
    made = host.good_backup()
    host.sql("DELETE FROM payments", "INSERT INTO users (name) VALUES ('mallory')")
    run = host.rollback(answers="y\nyes\n")
    assert run.code == Exit.DONE, run
    assert host.live.read_bytes() == made.read_bytes()
    assert host.users() == {"ann", "bob"}
    assert "WARNING" in run.out


def test_keeps_owner_and_mode_of_the_live_file_as_the_backup_saw_them(host: SmallHost) -> None:
    host.good_backup()
    host.live.chmod(0o600)
    assert host.rollback("--yes").code == Exit.DONE
    assert host.live.stat().st_mode & 0o777 == 0o640


def test_stays_a_wal_database_without_side_files(host: SmallHost) -> None:
    host.good_backup()
    assert host.rollback("--yes").code == Exit.DONE
    assert host.live.read_bytes()[18:20] == b"\x02\x02"
    assert [path.name for path in host.backend.glob(f"*{NAME}*")] == [NAME]


def test_an_old_wal_is_not_replayed_and_the_snapshot_has_it(host: SmallHost) -> None:
    """H5: the snapshot, side files included, is the whole of the present state."""
    host.good_backup()
    crash_with_a_wal(host.live, "only in the wal")
    assert host.rollback("--yes").code == Exit.DONE
    assert host.users() == {"ann", "bob"}
    (snapshot,) = host.snapshots()
    assert users(snapshot) == {"ann", "bob", "only in the wal"}


def test_the_snapshot_says_what_was_restored_in_its_place(host: SmallHost) -> None:
    made = host.good_backup()
    assert host.rollback("--yes").code == Exit.DONE
    (snapshot,) = host.snapshots()
    assert (manifest.read(snapshot).source, manifest.read(made).source) == (made.name, None)


def test_a_snapshot_is_never_proposed(host: SmallHost) -> None:
    """H24."""
    made = host.good_backup()
    assert host.rollback("--yes").code == Exit.DONE
    assert made.name in host.rollback("--dry-run").out
    assert "before_rollback" not in host.rollback("--list").out


@pytest.mark.parametrize("damage", [lambda live: live.write_bytes(b"\xff" * 20000), Path.unlink, os.truncate])
def test_whatever_the_damage(host: SmallHost, damage: Callable[..., None]) -> None:
    made = host.good_backup()
    damage(host.live, 100) if damage is os.truncate else damage(host.live)
    assert host.rollback("--yes").code == Exit.DONE
    assert host.live.read_bytes() == made.read_bytes()


def zero_bytes(host: SmallHost, made: Path) -> None:
    made.write_bytes(b"")


def truncated(host: SmallHost, made: Path) -> None:
    os.truncate(made, made.stat().st_size // 2)


def bit_rot(host: SmallHost, made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[-1] ^= 1
    made.write_bytes(content)


def malformed_with_a_right_hash(host: SmallHost, made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[4096:4200] = b"\xff" * 104
    made.write_bytes(content)
    _forge(made)


def wrong_hash(host: SmallHost, made: Path) -> None:
    its = json.loads(manifest.path_of(made).read_text())["entries"][""]
    _change(made, entries={"": {**its, "sha256": "0" * 64}})


def no_manifest(host: SmallHost, made: Path) -> None:
    manifest.path_of(made).unlink()


def half_a_manifest(host: SmallHost, made: Path) -> None:
    os.truncate(manifest.path_of(made), 100)


def another_manifest(host: SmallHost, made: Path) -> None:
    _change(made, name=f"{NAME}.backup_20200101_000000")


def another_stack(host: SmallHost, made: Path) -> None:
    _change(made, stack="another")


def another_schema(host: SmallHost, made: Path) -> None:
    host.install({"release": "1.0.0", "schema": 1})


def a_lying_schema(host: SmallHost, made: Path) -> None:
    made.unlink()
    create(made, schema=1)
    _forge(made)


def a_broken_rule(host: SmallHost, made: Path) -> None:
    made.unlink()
    create(made)
    subprocess.run(
        [sys.executable, "-c", f"import sqlite3; c = sqlite3.connect({str(made)!r}); "
         "c.execute('UPDATE payments SET cents = -1'); c.commit(); c.execute('PRAGMA journal_mode = DELETE')"],
        check=True,
    )  # fmt: skip
    _forge(made)


def _forge(made: Path) -> None:
    its = json.loads(manifest.path_of(made).read_text())["entries"][""]
    _change(made, entries={"": {**its, "size": made.stat().st_size, "sha256": durable.sha256(made)}})


def _change(made: Path, **values: object) -> None:
    path = manifest.path_of(made)
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (zero_bytes, "has 0 bytes"),
        (truncated, "bytes, and its manifest says"),
        (bit_rot, "SHA-256"),
        (malformed_with_a_right_hash, "malformed"),
        (wrong_hash, "SHA-256"),
        (no_manifest, "no manifest"),
        (half_a_manifest, "manifest cannot be read"),
        (another_manifest, "its manifest is that of"),
        (another_stack, "of another"),
        (another_schema, "`full`"),
        (a_lying_schema, "schema: 1"),
        (a_broken_rule, "no payment is negative: 1"),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["named", "proposed"])
def test_a_bad_backup_is_refused_and_nothing_is_touched(
    host: SmallHost, damage: Damage, reason: str, named: bool
) -> None:
    made = host.good_backup()
    damage(host, made)
    before = host.tree()
    run = host.rollback("--yes", *([made.name] if named else []))
    assert run.code == Exit.NO_BACKUP, run
    assert reason in (run.err if named else run.out)
    assert len(run.err.splitlines()) == 1
    assert host.tree() == before


@pytest.mark.parametrize("name", ["20991231", f"{NAME}.backup_20991231_000000", "../backend/shop.db", f"{NAME}"])
def test_an_unknown_backup_is_refused_with_what_there_is(host: SmallHost, name: str) -> None:
    """H2: a name that does not exist never means another one."""
    made = host.good_backup()
    before = host.tree()
    run = host.rollback("--yes", name)
    assert (run.code, host.tree()) == (Exit.NO_BACKUP, before)
    assert made.name in run.err


def test_newer_backups_that_are_not_stable_are_passed_over_and_it_says_why(host: SmallHost) -> None:
    good = host.good_backup()
    host.sql("UPDATE payments SET cents = -500")
    assert host.backup().code == Exit.NOT_STABLE
    host.release = {"release": "1.0.0", "schema": 1}
    assert host.backup().code == Exit.NOT_STABLE
    host.release = {"release": "1.1.0", "schema": 2}
    run = host.rollback("--yes")
    assert run.code == Exit.DONE, run
    assert host.live.read_bytes() == good.read_bytes()
    passed_over = [line for line in run.out.splitlines() if "passed over" in line]
    assert len(passed_over) == 2
    assert "release 1.1.0, schema 2: release 1.0.0, schema 1" in passed_over[0]
    assert "no payment is negative: 1" in passed_over[1]


def test_an_unstable_backup_whose_file_is_right_may_be_asked_for_by_name(host: SmallHost) -> None:
    host.release = {"release": "1.0.0", "schema": 1}
    assert host.backup().code == Exit.NOT_STABLE
    host.release = {"release": "1.1.0", "schema": 2}
    (made,) = (path for path in host.backups.iterdir() if path.suffix != ".json")
    assert host.rollback("--yes").code == Exit.NO_BACKUP
    run = host.rollback("--yes", made.name)
    assert run.code == Exit.DONE
    assert "warning" in run.out


@pytest.mark.parametrize(
    "answers", ["", "n\n", "yes\n", "y", "y\n", "y\ny\n", "y\nno\n", "y\nYES\n", "\nyes\n", "y y\n"]
)
def test_anything_but_y_and_yes_cancels(host: SmallHost, answers: str) -> None:
    """H3."""
    host.good_backup()
    before = host.tree()
    run = host.rollback(answers=answers)
    assert (run.code, host.tree()) == (Exit.CANCELLED, before)
    assert run.err == "cancelled: nothing was changed\n"


def test_a_closed_standard_input_cancels(host: SmallHost) -> None:
    host.good_backup()
    before = host.tree()
    run = subprocess.run(
        ["sh", "-c", '"$@" <&-', "sh", *_command(host)], capture_output=True, text=True, check=False, timeout=10
    )
    assert (run.returncode, host.tree()) == (Exit.CANCELLED, before), run


def test_a_dry_run_touches_nothing(host: SmallHost) -> None:
    made = host.good_backup()
    before = host.tree()
    run = host.rollback("--dry-run")
    assert (run.code, host.tree()) == (Exit.DONE, before)
    assert made.name in run.out


def test_a_database_in_use_is_refused_and_nothing_is_touched(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """H5, H10."""
    monkeypatch.setattr(restore_database, "_SETTLE_S", 0.1)
    host.good_backup()
    with another_program(host.live) as process:
        before = host.tree()
        run = host.rollback("--yes")
        assert (run.code, host.tree()) == (Exit.REFUSED, before)
        assert f"pid {process.pid} (" in run.err


def test_one_who_opens_it_while_it_is_replaced_is_seen_and_all_is_done_again(
    host: SmallHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_database, "_SETTLE_S", 0.1)
    host.good_backup()
    host.sql("DELETE FROM users")
    with pytest.MonkeyPatch.context() as patch, another_program(host.live) as late:
        patch.setattr(holders, "look", lambda files, _look=holders.look: _unless(host, _look, files))
        run = host.rollback("--yes")
        assert run.code == Exit.HALF_WAY, run
        assert f"pid {late.pid}" in run.err
    assert host.rollback("--yes").code == Exit.DONE
    assert host.users() == {"ann", "bob"}
    assert len(host.snapshots()) == 2


def _unless(
    host: SmallHost, look: Callable[[set[holders.File]], holders.Seen], files: set[holders.File]
) -> holders.Seen:
    """Nobody is seen until the database has been replaced."""
    replaced = not holders.identities([host.live]) <= files
    return look(files) if replaced else holders.Seen(set(), set())


def test_a_second_operator_is_refused(host: SmallHost) -> None:
    host.good_backup()
    before = host.tree()
    handle = os.open(host.backups, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, pass_fds=[handle]
    ) as other:
        os.close(handle)
        run = host.rollback("--yes")
        backup = host.backup("--wait", "0.1")
        other.kill()
    assert (run.code, backup.code, host.tree()) == (Exit.REFUSED, Exit.REFUSED, before)
    assert f"another rollback or backup in progress: pid {other.pid}" in run.err


def test_no_space_is_refused(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    host.good_backup()
    before = host.tree()
    free = os.statvfs(host.backups)
    full = os.statvfs_result((*free[:2], 1, 1, 1, *free[5:]))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    run = host.rollback("--yes")
    assert (run.code, host.tree()) == (Exit.NO_SPACE, before)


def test_space_is_summed_by_file_system(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    expect_space([(tmp_path, free // 2), (tmp_path, free // 4)])
    with pytest.raises(Exception, match="bytes needed"):
        expect_space([(tmp_path, free // 4 * 3), (tmp_path, free // 2)])


def test_no_rights_is_refused(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    host.good_backup()
    before = host.tree()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    run = host.rollback("--yes")
    assert (run.code, host.tree()) == (Exit.NO_RIGHTS, before)


def test_the_wrong_release_after_the_restore_is_no_success(host: SmallHost) -> None:
    """H1, H21: health would answer 200."""
    host.good_backup()
    host.release = {"release": "1.2.0", "schema": 2}
    run = host.rollback("--yes")
    assert run.code == Exit.NO_SERVICE
    assert "release 1.2.0" in run.err


def test_an_unexpected_error_before_the_change_is_undone(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    host.good_backup()
    before = host.tree()
    monkeypatch.setattr(shutil, "copyfile", _fail)
    run = host.rollback("--yes")
    assert (run.code, host.tree()) == (Exit.UNDONE, before)
    assert "Input/output error" in run.err
    assert "Traceback" not in run.err + run.out


def _fail(*words: object) -> None:
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_at_the_prompt_cancels(host: SmallHost, number: signal.Signals) -> None:
    host.good_backup()
    before = host.tree()
    with subprocess.Popen(
        _command(host), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while "WARNING" not in process.stdout.readline():
            pass
        time.sleep(0.05)
        process.send_signal(number)
        _, err = process.communicate(timeout=10)
    assert (process.returncode, host.tree()) == (Exit.CANCELLED, before)
    assert err == f"ended by {number.name}: nothing was changed\n"


def test_nobody_reads_the_output_any_more(host: SmallHost) -> None:
    """The ssh connection drops: the rollback goes on to its end, and the log has it."""
    made = host.good_backup()
    host.sql("DELETE FROM users")
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run([*_command(host), "--yes"], stdout=write, stderr=write, check=False, timeout=20)
    os.close(write)
    assert run.returncode == Exit.DONE
    assert host.live.read_bytes() == made.read_bytes()
    assert "done: " in (host.log / "rollback.log").read_text()


def test_every_step_is_a_line_in_one_log_that_only_grows(host: SmallHost) -> None:
    """H25."""
    host.good_backup()
    first = host.rollback("--yes").out
    log = (host.log / "rollback.log").read_text()
    assert log.endswith(first)
    host.rollback("no such")
    assert (host.log / "rollback.log").read_text().startswith(log)
    assert [path.name for path in host.log.iterdir()] == ["rollback.log"]


def test_a_log_that_cannot_be_written_is_said_and_does_not_stop_it(host: SmallHost) -> None:
    host.good_backup()
    shutil.rmtree(host.log)
    host.log.write_text("in the way")
    run = host.rollback("--yes")
    assert run.code == Exit.DONE
    assert "log cannot be written" in run.out
    assert not run.err


def _command(host: SmallHost) -> list[str]:
    return [sys.executable, str(PROCEDURES / "rollback.py"), "database", "--config", str(host.config_file)]
