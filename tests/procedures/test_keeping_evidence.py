"""evidence.py: the scene is kept whole or not at all, by itself, for its owner, and nothing of the host changes."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import database
import durable
import evidence
import pytest
from exits import Exit
from risk_host import RiskHost
from small_host import NAME, SmallHost, crash_with_a_wal, users
from test_cut_off import KILLED, _die_at

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
NUMBER = "INC-20260301-001"
COMMANDS = ("systemctl", "journalctl")


@pytest.fixture(autouse=True)
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What speaks of units, for this machine need have none."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in COMMANDS:
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*"\n')
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def unchanging(host: SmallHost) -> dict[str, str]:
    """The host without the -shm, an index in memory that whoever reads makes anew."""
    return {name: its for name, its in host.tree().items() if not name.endswith("-shm")}


def manifest_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / evidence.MANIFEST).read_text())
    return found


def test_the_whole_scene_is_kept_and_hashed(host: SmallHost) -> None:
    crash_with_a_wal(host.live, "only in the wal")
    before = unchanging(host)
    run = host.evidence(NUMBER)
    assert (run.code, run.err) == (Exit.DONE, "")
    assert unchanging(host) == before, "nothing of the host was changed"
    kept = host.kept / NUMBER
    assert names(kept) == {
        evidence.MANIFEST,
        *("processes.txt", "sockets.txt", "units.txt", "journal.txt", "release.json"),
        *(f"database/{NAME}", "database/side_files.json"),
        *(f"logs{host.backend}/server.log", f"logs{host.log}/rollback.log"),
        *(f"files{host.backend}/.env", f"files{host.backend}/RELEASE.json", f"files{host.config_file}"),
        *("trees/site.json", "trees/backend.json"),
    }
    its = manifest_of(kept)
    assert (its["number"], its["stack"], its["missing"]) == (NUMBER, "shop", [])
    assert its["files"] == {
        name: {"sha256": durable.sha256(kept / name), "bytes": (kept / name).stat().st_size}
        for name in sorted(names(kept) - {evidence.MANIFEST})
    }
    assert its["started"] <= its["ended"]  # type: ignore[operator]
    assert f"{os.getpid()} " in (kept / "processes.txt").read_text()
    release = json.loads((kept / "release.json").read_text())
    assert release["memory"] == release["disk"] == {"release": "1.1.0", "schema": 2}
    side_files = json.loads((kept / "database/side_files.json").read_text())
    assert side_files[f"{NAME}-wal"] == host.live.with_name(f"{NAME}-wal").stat().st_size
    assert (kept / f"files{host.backend}/.env").read_text() == "SECRET_KEY=s3cret\n"
    tree = json.loads((kept / "trees/backend.json").read_text())
    assert tree["RELEASE.json"]["sha256"] == durable.sha256(host.backend / "RELEASE.json")
    assert "server.log" not in tree
    copied = kept / f"database/{NAME}"
    with database.still(copied) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert users(copied) == {"ann", "bob", "only in the wal"}


def test_only_its_owner_may_look_into_it(host: SmallHost) -> None:
    host.kept.mkdir(mode=0o755)
    host.evidence(NUMBER)
    for path in (host.kept / NUMBER, *(host.kept / NUMBER).rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_units_are_kept_where_there_are_some(host: SmallHost) -> None:
    host.configure(host.config["version_url"][: -len("/api/version")], units=["shop.service"], deploy_unit="d.service")
    assert host.evidence(NUMBER).code == Exit.DONE
    kept = host.kept / NUMBER
    assert (kept / "unit_states.txt").read_text() == "systemctl show --no-pager shop.service d.service\n"
    assert (kept / "unit_files.txt").read_text() == "systemctl cat --no-pager shop.service d.service\n"


def test_config_and_model_belong_to_it_and_so_does_a_rollback_that_is_half_way(risk: RiskHost) -> None:
    half_way = risk.backups / "rollback-in-progress.json"
    half_way.write_text("{")
    assert risk.evidence(NUMBER).code == Exit.DONE
    kept = risk.kept / NUMBER
    for path in (risk.settings, risk.model, half_way):
        assert (kept / f"files{path}").read_bytes() == path.read_bytes()
    memory = json.loads((kept / "release.json").read_text())["memory"]
    assert (memory["config"], memory["model"]) == (durable.sha256(risk.settings), durable.sha256(risk.model))


def test_it_is_never_written_over(host: SmallHost) -> None:
    host.evidence(NUMBER)
    before = {name: durable.sha256(host.kept / NUMBER / name) for name in names(host.kept / NUMBER)}
    run = host.evidence(NUMBER)
    assert run.code == Exit.REFUSED
    assert run.err == f"{host.kept / NUMBER} is there already, and is never written over: nothing was changed\n"
    assert {name: durable.sha256(host.kept / NUMBER / name) for name in names(host.kept / NUMBER)} == before
    assert host.evidence("INC-20260301-002").code == Exit.DONE


def test_one_at_a_time(host: SmallHost) -> None:
    host.kept.mkdir()
    handle = os.open(host.kept, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    run = host.evidence(NUMBER, "--wait", "0.1")
    os.close(handle)
    assert run.code == Exit.REFUSED
    assert run.err.startswith("another keeping of evidence in progress: ")
    assert list(host.kept.iterdir()) == []


@pytest.mark.parametrize("number", ["", "INC-2026-001", "INC-20260301-01", "../INC-20260301-001", "inc-20260301-001"])
def test_a_number_is_an_incidents(host: SmallHost, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        host.evidence(*([number] if number else []))
    assert not host.kept.exists()


def test_without_a_place_for_it_there_is_none(host: SmallHost) -> None:
    del host.config["evidence"]
    host.config_file.write_text(json.dumps(host.config))
    run = host.evidence(NUMBER)
    assert run.code == Exit.USAGE
    assert run.err == f"{host.config_file}: evidence: found nothing, expected where evidence is kept\n"


@pytest.mark.parametrize("place", ["backups", "backups/evidence", "backend/evidence", "www/site"])
def test_it_lies_where_nothing_is_replaced_or_removed_for_its_age(host: SmallHost, place: str, tmp_path: Path) -> None:
    host.config["evidence"] = {"folder": str(tmp_path / place)}
    host.config_file.write_text(json.dumps(host.config))
    for run in (host.evidence(NUMBER), host.backup()):
        assert run.code == Exit.USAGE
        assert f"evidence.folder: found {tmp_path / place}, expected a folder outside " in run.err


# What cannot be taken


def raw(host: SmallHost) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in host.backend.glob(f"{NAME}*")}


def no_database(host: SmallHost) -> None:
    host.live.write_bytes(b"not a database" * 100)


def a_locked_one(host: SmallHost) -> None:
    host.sql("PRAGMA journal_mode = DELETE")
    other = sqlite3.connect(host.live)
    other.execute("BEGIN EXCLUSIVE")
    host.other = other  # type: ignore[attr-defined]


@pytest.mark.parametrize("harm", [no_database, a_locked_one], ids=lambda harm: harm.__name__)
def test_of_a_database_that_gives_no_copy_its_files_are_kept(
    host: SmallHost, harm: Callable[[SmallHost], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_S", 0.1)
    harm(host)
    run = host.evidence(NUMBER, "--wait", "0.2")
    assert run.code == Exit.NOT_ALL
    assert f"{NUMBER} is kept, but not all of the scene could be taken: database/{NAME}: no consistent copy" in run.err
    laid = host.kept / NUMBER / "database/as_it_lay"
    assert {path.name: path.read_bytes() for path in laid.iterdir()} == raw(host)
    assert not (host.kept / NUMBER / f"database/{NAME}").exists()


def test_a_damaged_one_is_copied_as_it_is(host: SmallHost) -> None:
    with host.live.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    assert host.evidence(NUMBER).code == Exit.DONE
    copied = host.kept / NUMBER / f"database/{NAME}"
    with database.still(copied) as connection, pytest.raises(sqlite3.DatabaseError, match="malformed"):
        connection.execute("PRAGMA integrity_check").fetchall()


@pytest.mark.parametrize(
    ("harm", "missing"),
    [
        (lambda host, commands: host.live.unlink(), f"database/{NAME}: "),
        (lambda host, commands: (host.backend / "server.log").unlink(), "logs/"),
        (lambda host, commands: (host.backend / ".env").unlink(), "files/"),
        (lambda host, commands: (commands / "systemctl").write_text("#!/bin/sh\nexit 1\n"), "units.txt: systemctl"),
        (lambda host, commands: (host.site / "index.html").unlink() or host.site.rmdir(), "trees/site.json: "),
    ],
)
def test_what_is_missing_is_named_and_the_rest_is_kept(
    host: SmallHost, commands: Path, harm: Callable[[SmallHost, Path], None], missing: str
) -> None:
    harm(host, commands)
    run = host.evidence(NUMBER)
    assert run.code == Exit.NOT_ALL
    assert len(run.err.splitlines()) == 1
    [told] = manifest_of(host.kept / NUMBER)["missing"]  # type: ignore[misc]
    assert told.startswith(missing)
    assert told in run.err
    assert told.partition(":")[0] not in names(host.kept / NUMBER)
    assert len(names(host.kept / NUMBER)) >= 10


def test_a_service_that_does_not_answer_is_what_was_seen(host: SmallHost) -> None:
    host.configure("http://127.0.0.1:1")
    assert host.evidence(NUMBER).code == Exit.DONE
    assert "refused" in json.loads((host.kept / NUMBER / "release.json").read_text())["memory"]["error"]


def test_a_name_that_is_no_text_does_not_hide_the_processes(host: SmallHost, commands: Path) -> None:
    (commands / "ps").write_text("#!/bin/sh\nprintf 'evil \\377\\n'\n")
    (commands / "ps").chmod(0o755)
    assert host.evidence(NUMBER).code == Exit.DONE
    assert (host.kept / NUMBER / "processes.txt").read_text() == "evil \\xff\n"


def test_without_space_nothing_is_begun(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    full = os.statvfs_result((4096, 4096, 10, 0, 0, 10, 10, 10, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    run = host.evidence(NUMBER)
    assert run.code == Exit.NO_SPACE
    assert list(host.kept.iterdir()) == []


# Cut off, and later


def killed_at(host: SmallHost, point: int) -> int:
    """Keep evidence in a child process that dies for good at its point-th call; its exit status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_at(point)
            code = host.evidence(NUMBER).code
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_cut_off_anywhere_it_is_whole_or_has_no_name(host: SmallHost, points: range) -> None:
    """And the next run takes it, whatever the one before has left."""
    died = 0
    for point in points:
        code = killed_at(host, point)
        if code != KILLED:
            break
        died += 1
        if (host.kept / NUMBER).exists():
            evidence.expect_whole(host.kept / NUMBER)
            (host.kept / NUMBER).rename(host.kept.parent / f"kept{point}")
    assert died > 3
    if not (host.kept / NUMBER).exists():
        assert host.evidence(NUMBER).code == Exit.DONE
    assert [path.name for path in host.kept.iterdir()] == [NUMBER]
    evidence.expect_whole(host.kept / NUMBER)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda kept: (kept / "processes.txt").write_text("nobody"), "processes.txt is not what it was"),
        (lambda kept: (kept / "sockets.txt").unlink(), "sockets.txt is missing"),
        (lambda kept: (kept / "more.txt").touch(), "more.txt is not of it"),
        (lambda kept: (kept / evidence.MANIFEST).unlink(), "No such file"),
        (lambda kept: (kept / evidence.MANIFEST).write_text("{}"), "its manifest is not one of this program's"),
    ],
)
def test_what_is_no_longer_whole_is_told(host: SmallHost, harm: Callable[[Path], None], says: str) -> None:
    assert f"{host.kept} holds no evidence" in host.evidence("--list").out
    host.evidence(NUMBER)
    host.evidence("INC-20260302-1001")
    harm(host.kept / NUMBER)
    first, second = host.evidence("--list").out.splitlines()
    assert "INC-20260302-1001: whole, " in first
    assert f"{NUMBER}: not whole: " in second
    assert says in second


def test_no_backup_and_no_retention_takes_it_for_one_of_theirs(risk: RiskHost) -> None:
    risk.good_backup()
    risk.evidence(NUMBER)
    before = {name: durable.sha256(risk.kept / NUMBER / name) for name in names(risk.kept / NUMBER)}
    assert risk.backup(kind="prune").code == Exit.DONE
    for kind in ("database", "config", "model"):
        run = risk.rollback("--list", kind=kind)
        assert run.code == Exit.DONE
        assert "INC-" not in run.out
    assert {name: durable.sha256(risk.kept / NUMBER / name) for name in names(risk.kept / NUMBER)} == before
