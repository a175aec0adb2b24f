"""rollback.py frontend, backend, full and back: whole trees, nothing left behind, and the way back."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import durable
import exchange
import host as host_module
import manifest
import pytest
import restore_database
from exits import Exit
from nasty import grow, seen, spoil, write
from small_host import NAME, SmallHost, crash_with_a_wal
from small_host import served as served_by

BEHIND = ("server.log", f"{NAME}*", "uploads")
BAD = {"release": "1.2.0", "schema": 2}
WORSE = {"release": "2.0.0", "schema": 3}


@pytest.fixture
def good(host: SmallHost) -> SmallHost:
    """Both trees are of the good release, and a set of backups is there."""
    grow(host.site)
    grow(host.backend)
    (host.site / "uploads" / "of ann").mkdir(parents=True)
    write(host.site / "uploads" / "of ann" / "picture", "me")
    run = host.backup(kind="all")
    assert run.code == Exit.DONE, run
    return host


def state(host: SmallHost) -> dict[str, object]:
    """All that a check could see, but for what is out of a tree's scope."""
    return {"site": seen(host.site, "uploads"), "backend": seen(host.backend, *BEHIND), "users": host.users()}


def kept(host: SmallHost) -> dict[str, tuple[int, int]]:
    """What is out of scope: the very same files."""
    paths = [host.backend / "server.log", host.live, host.site / "uploads" / "of ann" / "picture"]
    return {str(path): (path.stat().st_ino, path.stat().st_nlink) for path in paths}


def bad_release(host: SmallHost, release: dict[str, object] = BAD) -> None:
    for folder in (host.site, host.backend):
        spoil(folder)
    write(host.site / "index.html", "broken")
    host.install(release)
    host.release = release
    host.sql(f"PRAGMA user_version = {release['schema']}", "INSERT INTO users (name) VALUES ('carol')")


def served(host: SmallHost) -> None:
    """The service answers what lies on disk, as one that was started since does."""
    host.release = json.loads((host.backend / "RELEASE.json").read_text())


@pytest.fixture(autouse=True)
def _started(monkeypatch: pytest.MonkeyPatch, host: SmallHost) -> None:
    """No unit is started here: the version endpoint answers the release of the moment of the start."""
    start = host_module.start
    monkeypatch.setattr(host_module, "start", lambda *words: (served(host), start(*words))[1])


def test_a_host_without_a_database_goes_back_and_forth_and_has_none_to_restore(good: SmallHost) -> None:
    without = {key: value for key, value in good.config.items() if key != "database"}
    good.config_file.write_text(json.dumps(without))
    assert good.backup(kind="all").code == Exit.DONE
    before = state(good)
    bad_release(good)
    spoilt = state(good)
    run = good.rollback("--yes", kind="backend")
    assert run.code == Exit.DONE, run
    assert state(good)["backend"] == before["backend"]
    assert good.rollback("--yes", kind="back").code == Exit.DONE
    assert state(good)["backend"] == spoilt["backend"]
    for kind in ("database", "full"):
        run = good.rollback("--yes", kind=kind)
        assert (run.code, "speaks of no database" in run.err) == (Exit.USAGE, True)


def test_a_site_goes_back_whole_and_all_else_stays(good: SmallHost) -> None:
    before, same = state(good), kept(good)
    bad_release(good)
    backend = seen(good.backend, *BEHIND)
    run = good.rollback("--yes", kind="frontend")
    assert run.code == Exit.DONE, run
    assert seen(good.site, "uploads") == before["site"]
    assert seen(good.backend, *BEHIND) == backend
    assert kept(good) == same
    assert sorted(os.listdir(good.site.parent)) == ["site"]


def test_a_backend_goes_back_whole_and_the_database_and_the_log_are_the_very_same(good: SmallHost) -> None:
    """H16, H17, H27."""
    before, same = state(good), kept(good)
    bad_release(good)
    site = seen(good.site)
    run = good.rollback("--yes", kind="backend")
    assert run.code == Exit.DONE, run
    assert seen(good.backend, *BEHIND) == before["backend"]
    assert (kept(good), seen(good.site)) == (same, site)
    assert good.users() == {"ann", "bob", "carol"}
    assert not [name for name in os.listdir(good.backups) if "partial" in name]


def test_side_files_of_a_database_go_along(good: SmallHost) -> None:
    crash_with_a_wal(good.live, "only in the wal")
    wal = good.live.with_name(f"{NAME}-wal")
    number = wal.stat().st_ino
    assert good.rollback("--yes", kind="backend").code == Exit.DONE
    assert (wal.stat().st_ino, wal.stat().st_nlink) == (number, 1)
    assert good.users() == {"ann", "bob", "only in the wal"}


def test_full_restores_all_that_fits_together(good: SmallHost) -> None:
    before = state(good)
    bad_release(good, WORSE)
    run = good.rollback("--yes", kind="full")
    assert run.code == Exit.DONE, run
    assert state(good) == before


@pytest.mark.parametrize("kind", ["frontend", "backend", "database", "full"])
def test_rerun_changes_nothing_and_back_returns_and_returns_again(good: SmallHost, kind: str) -> None:
    bad_release(good)
    bad = state(good)
    if kind == "database":
        good.install({"release": "1.1.0", "schema": 2})
        bad = state(good)
    first = good.rollback("--yes", kind=kind)
    assert first.code == Exit.DONE, first
    restored = state(good)
    assert restored != bad
    back = good.rollback("--yes", kind="back")
    assert back.code == Exit.DONE, back
    assert state(good) == bad
    assert good.rollback("--yes", kind="back").code == Exit.DONE
    assert state(good) == restored
    assert good.rollback("--yes", kind=kind).code == Exit.DONE
    assert state(good) == restored
    assert kept(good)[str(good.backend / "server.log")][1] == 1


def test_back_restores_the_side_files_and_the_damage_too(good: SmallHost) -> None:
    crash_with_a_wal(good.live, "only in the wal")
    files = {path: path.read_bytes() for path in good.backend.glob(f"{NAME}*")}
    assert len(files) == 3
    assert good.rollback("--yes").code == Exit.DONE
    assert good.rollback("--yes", kind="back").code == Exit.DONE
    assert {path: path.read_bytes() for path in good.backend.glob(f"{NAME}*")} == files
    good.live.write_bytes(b"rubbish" * 999)
    assert good.rollback("--yes").code == Exit.DONE
    assert good.rollback("--yes", kind="back").code == Exit.DONE
    assert good.live.read_bytes() == b"rubbish" * 999


def test_back_without_a_rollback_is_refused(good: SmallHost) -> None:
    assert good.rollback("--yes", kind="back").code == Exit.NO_BACKUP


def test_back_to_no_database_is_refused(good: SmallHost) -> None:
    good.live.unlink()
    assert good.rollback("--yes").code == Exit.DONE
    run = good.rollback("--yes", kind="back")
    assert run.code == Exit.NO_BACKUP
    assert "there was no database" in run.err


@pytest.mark.parametrize("kind", ["backend", "database"])
def test_one_side_alone_is_refused_where_they_would_not_fit(good: SmallHost, kind: str) -> None:
    """SOP decision 10."""
    bad_release(good, WORSE)
    before = state(good)
    run = good.rollback("--yes", kind=kind)
    assert (run.code, state(good)) == (Exit.NO_BACKUP, before)
    assert "`full`" in run.out


def test_full_takes_the_newest_of_each_that_fit_each_other(good: SmallHost) -> None:
    bad_release(good)
    newer = good.good_backup("site")
    assert good.backup("--list", kind="all").out.count(" stable") == 4
    run = good.rollback("--dry-run", kind="full")
    assert f"passed over {newer.name}: it is of release 1.2.0, and the backend of 1.1.0" in run.out


def test_full_by_the_time_of_a_set_and_by_names(good: SmallHost) -> None:
    site = next(path.name for path in good.backups.glob("site.backup_*") if path.is_dir())
    stamp = site[-15:]
    later = good.good_backup("site")
    assert (
        f"{site}, backend.backup_{stamp}, {NAME}.backup_{stamp}" in good.rollback("--dry-run", stamp, kind="full").out
    )
    assert later.name in good.rollback("--dry-run", f"backend.backup_{stamp}", kind="full").out
    assert good.rollback("--dry-run", later.name[-15:], kind="full").code == Exit.NO_BACKUP
    assert good.rollback("--dry-run", later.name, site, kind="full").code == Exit.USAGE


Harm = Callable[[Path], object]


@pytest.mark.parametrize(
    "harm",
    [
        lambda made: (made / "left over").write_text("x"),
        lambda made: (made / ".env").chmod(0o644),
        lambda made: (made / ".env").write_text("TERCES"),
        lambda made: (made / "empty").rmdir(),
        lambda made: os.chown(made / "run.sh", 1234, -1),
        lambda made: ((made / "link").unlink(), (made / "link").symlink_to("elsewhere")),
        shutil.rmtree,
    ],
)
def test_a_tree_that_is_not_what_its_manifest_says_is_refused(good: SmallHost, harm: Harm) -> None:
    made = next(path for path in good.backups.glob("backend.backup_*") if path.is_dir())
    harm(made)
    before = state(good)
    run = good.rollback("--yes", made.name, kind="backend")
    assert (run.code, state(good)) == (Exit.NO_BACKUP, before)
    assert len(run.err.splitlines()) == 1


def test_the_manifest_has_everything(good: SmallHost) -> None:
    made = next(path for path in good.backups.glob("backend.backup_*") if path.is_dir())
    its = manifest.read(made)
    assert its.entries == {path: entry for path, (entry, _) in seen(good.backend, *BEHIND).items()}
    assert (its.release, its.schema, its.stable) == ("1.1.0", 2, True)
    assert its.checks.keys() >= {"service", "page", "integrity"}


def test_a_configuration_that_would_not_be_taken_is_refused_first(good: SmallHost) -> None:
    """H19."""
    good.configure(good.config["site_url"][:-1], site_test=["sh", "-c", "echo bad directive >&2; false"])
    bad_release(good)
    before = state(good)
    run = good.rollback("--yes", kind="frontend")
    assert (run.code, state(good)) == (Exit.REFUSED, before)
    assert "bad directive" in run.err


def test_a_page_that_is_not_served_is_no_success(good: SmallHost) -> None:
    with served_by(lambda: good.release, lambda: b"what another folder holds") as url:
        good.configure(url)
        run = good.rollback("--yes", kind="frontend")
    assert run.code == Exit.NO_SERVICE
    assert "did not answer" in run.err


@pytest.mark.parametrize(("kind", "answers"), [("frontend", "y\n"), ("backend", "y\n"), ("full", "y\nyes\n")])
def test_asks_as_sop_b_does(good: SmallHost, kind: str, answers: str) -> None:
    assert good.rollback(kind=kind, answers=answers[: answers.rindex("y")]).code == Exit.CANCELLED
    assert good.rollback(kind=kind, answers=answers).code == Exit.DONE


@pytest.mark.parametrize("kind", ["frontend", "full"])
def test_a_site_that_is_gone_comes_back(good: SmallHost, kind: str) -> None:
    before = state(good)
    shutil.rmtree(good.site)
    assert good.rollback("--yes", kind=kind).code == Exit.DONE
    assert state(good) == before


def test_a_backend_of_which_only_the_database_is_left_comes_back(good: SmallHost) -> None:
    before = state(good)
    for path in set(good.backend.iterdir()) - {good.live}:
        durable.remove(path)
    assert good.rollback("--yes", kind="backend").code == Exit.DONE
    assert state(good) == before


def test_elsewhere_than_on_one_file_system_and_without_an_exchange(
    good: SmallHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(good)
    bad_release(good)
    bad = state(good)
    _poor_file_system(monkeypatch, good)
    for kind, expected in (("full", before), ("back", bad), ("back", before)):
        run = good.rollback("--yes", kind=kind)
        assert run.code == Exit.DONE, run
        assert state(good) == expected


def _poor_file_system(patch: pytest.MonkeyPatch, host: SmallHost) -> None:
    """The backups lie on another one, and trees cannot be exchanged at once."""
    rename = os.rename

    def within(source: Path, target: Path) -> None:
        if (host.backups in Path(source).parents) != (host.backups in Path(target).parents):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    patch.setattr(os, "rename", within)
    patch.setattr(exchange, "_at_once", lambda live, prepared: False)


def test_trees_that_cannot_change_places_are_left_as_they_are(good: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_release(good)
    before = state(good)
    monkeypatch.setattr(exchange, "_at_once", _fail)
    run = good.rollback("--yes", kind="full")
    assert (run.code, state(good)) == (Exit.UNDONE, before)
    assert not [name for name in os.listdir(good.backups) if "before" in name or "progress" in name]


def _fail(*words: object) -> None:
    raise OSError(errno.EBUSY, "Device or resource busy")


def test_what_a_bad_releases_folder_holds_outside_the_scope_is_not_lost_with_it(good: SmallHost) -> None:
    scopes = good.config["scopes"]
    scopes["backend"]["excludes"].append(f"{good.backend}/new/data")
    good.configure(good.config["site_url"][:-1], scopes=scopes)
    (good.backend / "new").mkdir()
    write(good.backend / "new" / "data", "x")
    assert good.rollback("--yes", kind="backend").code == Exit.DONE
    assert (good.backend / "new" / "data").read_text() == "x"


@pytest.mark.parametrize("kind", ["frontend", "backend", "database", "full"])
def test_a_deploy_in_progress_is_refused_or_ended_first(
    good: SmallHost, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """SOP decision 11."""
    good.configure(good.config["site_url"][:-1], deploy_unit="deploy.service")
    running = {"deploy.service"}
    monkeypatch.setattr(host_module, "is_up", lambda unit: unit in running)
    monkeypatch.setattr(host_module, "stop", lambda units, seconds: running.difference_update(units))
    before = state(good)
    run = good.rollback("--yes", kind=kind)
    assert (run.code, state(good)) == (Exit.REFUSED, before)
    assert "--stop-deploy" in run.err
    assert good.rollback("--dry-run", "--stop-deploy", kind=kind).code == Exit.REFUSED
    assert running
    run = good.rollback("--yes", "--stop-deploy", kind=kind)
    assert (run.code, running) == (Exit.DONE, set())
    assert "ended the deploy in progress (deploy.service)" in run.out


def test_sockets_stay_where_they_are_and_are_no_part_of_a_release(good: SmallHost) -> None:
    path = good.backend / "s"
    here = os.getcwd()
    os.chdir(good.backend)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        os.chdir(here)
        assert good.backup(kind="backend").code == Exit.DONE
        number = path.stat().st_ino
        assert good.rollback("--yes", kind="backend").code == Exit.DONE
        assert (path.stat().st_ino, path.stat().st_nlink) == (number, 1)


def test_what_comes_to_lie_outside_the_scope_meanwhile_goes_along(
    good: SmallHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site is not stopped: somebody uploads a file between the links and the exchange."""
    late = good.site / "uploads" / "late"
    swap = exchange._at_once
    monkeypatch.setattr(exchange, "_at_once", lambda *words: (late.write_text("x"), swap(*words))[1])
    monkeypatch.setitem(good.config, "scopes", {})
    good.configure(
        good.config["site_url"][:-1],
        scopes={
            "frontend": {"includes": [str(good.site)], "excludes": [f"{good.site}/uploads/*"]},
            "backend": {"includes": [str(good.backend)], "excludes": [f"{good.backend}/server.log"]},
        },
    )
    assert good.backup(kind="site").code == Exit.DONE
    assert good.rollback("--yes", kind="frontend").code == Exit.DONE
    assert (late.read_text(), late.stat().st_nlink) == ("x", 1)


def test_logs_are_copied_and_not_touched(host: SmallHost) -> None:
    log = host.backend / "server.log"
    before = (log.read_bytes(), log.stat())
    made = host.good_backup("logs")
    assert (made / str(log)[1:]).read_bytes() == before[0]
    assert (log.read_bytes(), log.stat().st_mtime_ns) == (before[0], before[1].st_mtime_ns)
    assert host.rollback("--yes", kind="frontend").code == Exit.NO_BACKUP


def test_a_tree_that_changes_while_it_is_copied_is_no_backup(host: SmallHost, monkeypatch: pytest.MonkeyPatch) -> None:
    copyfile = shutil.copyfile

    def changing(source: Path, target: Path) -> None:
        copyfile(source, target)
        (host.site / "index.html").write_text("newer")

    monkeypatch.setattr(shutil, "copyfile", changing)
    run = host.backup(kind="site")
    assert run.code == Exit.UNDONE
    assert "changed while it was copied" in run.err
    assert list(host.backups.iterdir()) == []


def test_back_to_a_release_that_did_not_answer_neither_waits_for_it_nor_fails(good: SmallHost) -> None:
    bad_release(good)
    good.release = {"error": "it does not start"}
    bad = seen(good.backend, *BEHIND)
    assert good.rollback("--yes", kind="backend").code == Exit.DONE
    assert good.rollback("--yes", kind="back").code == Exit.DONE
    assert seen(good.backend, *BEHIND) == bad


def test_half_way_to_a_backup_that_is_gone_another_may_be_named(good: SmallHost) -> None:
    """What the first one had put in place already is replaced too, and `back` returns to what there was at first."""
    second = good.backup(kind="all")
    assert second.code == Exit.DONE
    sites = sorted(path for path in good.backups.glob("site.backup_*") if path.is_dir())
    before = state(good)
    bad_release(good, WORSE)
    bad = state(good)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restore_database.DatabaseRestoration, "replace", _fail)
        assert good.rollback("--yes", kind="full").code == Exit.HALF_WAY
    assert state(good) != bad
    shutil.rmtree(sites[1])
    assert good.rollback("--yes", kind="full").code == Exit.HALF_WAY
    run = good.rollback("--yes", sites[0].name[-15:], kind="full")
    assert run.code == Exit.DONE, run
    assert state(good) == before
    assert good.rollback("--yes", kind="back").code == Exit.DONE
    assert state(good) == bad
