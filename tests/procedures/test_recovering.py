"""recover.py: a bare host is built anew from a folder of backups alone, or refused; never a living one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import catalogue
import durable
import host as host_module
import manifest
import pytest
import rebuild
from config import read
from exits import Exit
from lost_host import KEY, UNITS, LostHost
from risk_host import link_to


@pytest.fixture
def host(lost_host: LostHost) -> LostHost:
    """A host that is well, with a manager of units."""
    return lost_host


def test_all_of_it_comes_back_from_the_folder_alone(host: LostHost) -> None:
    before = host.is_lost()
    run = host.recover()
    assert run.code == Exit.DONE, run
    assert host.there() == before
    assert host.users() == {"ann", "bob"}
    assert host.live.stat().st_mode & 0o7777 == 0o640
    assert (host.etc / "tls" / "site.key").stat().st_mode & 0o7777 == 0o600
    assert host.told.read_text().splitlines() == [
        *("systemctl daemon-reload", f"systemctl enable {' '.join(UNITS)}"),
        *(f"systemctl restart {unit}" for unit in UNITS),
        f"systemctl is-enabled {' '.join(UNITS)}",
    ]
    assert rebuild.read(read(host.config_file)) is None
    assert not [path for path in host.backend.parent.rglob("*") if "partial" in path.name]


def test_the_secrets_in_a_backup_are_for_root_alone(host: LostHost) -> None:
    host.set_of_backups()
    [kept] = (path for path in host.backups.glob("host.backup_*") if path.is_dir())
    assert kept.stat().st_mode & 0o077 == 0
    [key] = kept.rglob("site.key")
    assert (key.read_text(), key.stat().st_mode & 0o7777) == (KEY, 0o600)
    assert not list(kept.rglob("page")), "what is made again is in no backup"
    assert not list(kept.rglob("shop*.db")), "each kind is kept once"


def test_owner_and_mode_are_the_manifests_whoever_owns_the_copy(host: LostHost) -> None:
    before = host.is_lost()
    for path in host.away.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)
    assert host.recover().code == Exit.DONE
    backups = str(host.backups)
    found = {path: its for path, its in host.there().items() if not path.startswith(backups)}
    assert found == {path: its for path, its in before.items() if not path.startswith(backups)}


def test_where_a_link_led_to_the_model_a_link_leads_to_it_again(host: LostHost) -> None:
    link_to(host, "model", "1")
    host.start()
    before = host.is_lost()
    assert host.recover().code == Exit.DONE
    assert host.there() == before
    assert host.model.is_symlink()


def test_the_newest_set_is_used_and_what_is_newer_than_it_is_named(host: LostHost) -> None:
    host.set_of_backups()
    host.sql("INSERT INTO users (name) VALUES ('carol')")
    (host.site / "index.html").write_text("welcome back")
    newest = host.set_of_backups()
    host.sql("INSERT INTO users (name) VALUES ('dave')")
    later = host.good_backup()
    host.carry_off()
    host.lose()
    run = host.recover()
    assert run.code == Exit.DONE, run
    assert host.users() == {"ann", "bob", "carol"}
    assert host.page() == b"welcome back"
    assert f"newer than the set of {newest}, and not used: {later.name}" in run.out


Spoil = Callable[[LostHost, str], Path]


def _named(host: LostHost, begins: str, stamp: str) -> Path:
    return next(path for path in host.away.glob(f"{begins}*{stamp}*") if path.suffix != ".json")


def _rotten_database(host: LostHost, stamp: str) -> Path:
    path = _named(host, "shop", stamp)
    with path.open("r+b") as file:
        file.seek(5000)
        file.write(b"rot")
    return path


def _no_key(host: LostHost, stamp: str) -> Path:
    path = _named(host, "host", stamp)
    next(path.rglob("site.key")).unlink()
    return path


def _other_unit(host: LostHost, stamp: str) -> Path:
    path = _named(host, "host", stamp)
    next(path.rglob("shop.service")).write_text("[Service]\nExecStart=/bin/true\n")
    return path


def _no_site(host: LostHost, stamp: str) -> Path:
    path = _named(host, "site", stamp)
    shutil.rmtree(path)
    manifest.path_of(path).unlink()
    return path


def _unstable(host: LostHost, stamp: str) -> Path:
    path = _named(host, "site", stamp)
    its = json.loads(manifest.path_of(path).read_text())
    its |= {"stable": False, "checks": {"page": {"holds": False, "found": "404"}}}
    manifest.path_of(path).write_text(json.dumps(its))
    return path


def _of_another_release(host: LostHost, stamp: str) -> Path:
    path = _named(host, "site", stamp)
    its = json.loads(manifest.path_of(path).read_text())
    manifest.path_of(path).write_text(json.dumps({**its, "release": "2.0.0"}))
    return path


def _of_another_schema(host: LostHost, stamp: str) -> Path:
    path = _named(host, "shop", stamp)
    its = json.loads(manifest.path_of(path).read_text())
    manifest.path_of(path).write_text(json.dumps({**its, "schema": 7}))
    return path


SPOILT: list[tuple[Spoil, str]] = [
    (_rotten_database, "the SHA-256 of {name} is"),
    (_no_key, "site.key' is missing"),
    (_other_unit, "of 'etc/units/shop.service' is"),
    (_no_site, "there is no {name}"),
    (_unstable, "it was not stable when it was taken: page: 404"),
    (_of_another_release, "{name} is of release 2.0.0, schema 2, and host.backup_"),
    (_of_another_schema, "{name} is of release 1.1.0, schema 7, and host.backup_"),
]


@pytest.mark.parametrize(("spoil", "says"), SPOILT, ids=lambda value: getattr(value, "__name__", ""))
def test_a_set_that_is_not_right_is_passed_over_and_the_log_says_why(host: LostHost, spoil: Spoil, says: str) -> None:
    host.set_of_backups()
    host.sql("INSERT INTO users (name) VALUES ('carol')")
    stamp = host.set_of_backups()
    host.carry_off()
    name = spoil(host, stamp).name
    host.lose()
    run = host.recover()
    assert run.code == Exit.DONE, run
    assert host.users() == {"ann", "bob"}
    [said] = [line for line in run.out.splitlines() if "passed over" in line]
    assert f"passed over the set of {stamp}: " in said
    assert says.format(name=name).replace("etc/units", f"{host.etc}/units"[1:]) in said


@pytest.mark.parametrize("kind", ["config", "model"])
def test_a_set_without_the_version_that_was_live_is_not_used(host: LostHost, kind: str) -> None:
    host.is_lost()
    live = "config_2.yaml" if kind == "config" else "model_2.pkl"
    for path in [*host.away.rglob(live), *host.away.rglob(f"{live}.manifest.json")]:
        path.unlink()
    before = sorted(host.backend.parent.iterdir())
    run = host.recover()
    assert run.code == Exit.NO_BACKUP, run
    assert f"holds no {kind} of SHA-256" in run.out or f"{live}' is missing" in run.out
    assert run.err.startswith(f"{host.away}: none of 1 sets of backups is whole, stable and fits together")
    assert sorted(path for path in host.backend.parent.iterdir() if path != host.log) == before


def test_a_folder_without_a_set_is_said_to_have_none(host: LostHost) -> None:
    host.good_backup()
    host.carry_off()
    host.lose()
    run = host.recover()
    assert run.code == Exit.NO_BACKUP
    assert "none of 0 sets" in run.err
    assert "site, config, model, database, host" in run.err


def test_a_living_host_is_refused_and_nothing_is_changed(host: LostHost) -> None:
    host.set_of_backups()
    host.carry_off()
    before = host.there()
    run = host.recover()
    assert (run.code, host.there()) == (Exit.REFUSED, before)
    assert run.err.startswith(f"this host is not bare, it has {host.site}, {host.settings}, {host.model} and ")
    assert not host.told.exists()


@pytest.mark.parametrize(
    "there",
    ["www/site/index.html", "backend/config/config.yaml", "backend/models/current_model.pkl", "backend/shop.db",
     "backend/shop.db-wal", "backups/of another host", "etc/tls/site.key", "etc/units/shop.service", "etc/tls"],
)  # fmt: skip
def test_a_host_that_holds_any_of_it_is_refused(host: LostHost, there: str) -> None:
    host.is_lost()
    path = host.root / there
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("somebody's")
    run = host.recover()
    assert run.code == Exit.REFUSED, run
    assert f"this host is not bare, it has {path.parent if there.startswith(('www', 'backups')) else path}" in run.err
    assert path.read_text() == "somebody's"
    assert rebuild.read(read(host.config_file)) is None


def test_a_host_on_which_the_service_answers_is_refused(host: LostHost) -> None:
    host.is_lost()
    host.memory.write_text(json.dumps({"release": "1.1.0", "schema": 2}))
    host.serve()
    run = host.recover()
    assert run.code == Exit.REFUSED
    assert "a service that answers release 1.1.0, schema 2 at" in run.err


def test_what_the_system_has_alike_may_be_there(host: LostHost) -> None:
    before = host.is_lost()
    (host.etc / "units").mkdir(parents=True)
    (host.etc / "units" / "shop.service").write_text("[Service]\n")
    run = host.recover()
    assert run.code == Exit.DONE, run
    assert host.there() == before


def test_a_unit_that_does_not_start_is_no_success_and_can_be_mended(
    host: LostHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.is_lost()
    told = host.tell

    def broken(*words: str, **how: float) -> str:
        if words[1] == "restart":
            raise OSError("systemctl restart shop.service failed: no such package")
        return told(*words, **how)

    with monkeypatch.context() as patch:
        patch.setattr(host, "tell", broken)
        run = host.recover()
    assert (run.code, run.err) == (
        Exit.NO_SERVICE,
        "all is in place, but systemctl restart shop.service failed: no such package: mend it and run it again\n",
    )
    again = host.recover()
    assert again.code == Exit.DONE, again
    assert "the database is in place already" in again.out


def test_what_was_written_after_it_was_in_place_stays(host: LostHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service came up, took writes, and the run was cut off before its end."""
    host.is_lost()
    with monkeypatch.context() as patch:
        patch.setattr(rebuild, "serve", lambda *_: (_ for _ in ()).throw(OSError("the power failed")))
        assert host.recover().code == Exit.UNEXPECTED
    host.sql("INSERT INTO users (name) VALUES ('carol')")
    assert host.recover().code == Exit.DONE
    assert host.users() == {"ann", "bob", "carol"}


def test_list_and_dry_run_change_nothing(host: LostHost) -> None:
    host.is_lost()
    before = {path for path in host.root.rglob("*") if host.log not in (path, *path.parents)}
    listed, dry = host.recover("--list"), host.recover("--dry-run")
    assert (listed.code, dry.code) == (Exit.DONE, Exit.DONE)
    assert "would be put in place; nothing was changed" in dry.out
    for begins in ("site.backup_", "host.backup_", "shop_", "config_2", "model_2"):
        assert any(line.split()[2].startswith(begins) for line in listed.out.splitlines()), listed.out
    assert {path for path in host.root.rglob("*") if host.log not in (path, *path.parents)} == before


def test_the_wrong_folder_and_a_host_without_files_of_its_own_are_errors(host: LostHost) -> None:
    host.is_lost()
    shutil.rmtree(host.away)
    assert "found no folder, expected the backups of shop" in host.recover().err
    del host.config["host"]
    host.config_file.write_text(json.dumps(host.config))
    run = host.recover()
    assert (run.code, "speaks of no host" in run.err) == (Exit.USAGE, True)


def test_no_room_is_said_before_anything_is_changed(host: LostHost, monkeypatch: pytest.MonkeyPatch) -> None:
    host.is_lost()
    monkeypatch.setattr(host_module, "_SPARE", 1 << 60)
    run = host.recover()
    assert (run.code, "nothing was changed" in run.err) == (Exit.NO_SPACE, True)
    assert not host.backups.exists()


def test_the_folder_may_be_the_backups_own_place(host: LostHost) -> None:
    before = host.is_lost()
    shutil.copytree(host.away, host.backups, symlinks=True)
    host.away = host.backups
    run = host.recover()
    assert run.code == Exit.DONE, run
    assert host.there() == before


def test_after_a_recovery_a_rollback_finds_its_backups(host: LostHost) -> None:
    host.is_lost()
    assert host.recover().code == Exit.DONE
    host.sql("DELETE FROM users")
    host.config["units"] = []
    run = host.rollback("--yes")
    assert run.code == Exit.DONE, run
    assert host.users() == {"ann", "bob"}
    assert len(catalogue.listed(read(host.config_file), "host")) == 1


def test_an_include_that_nothing_is_called_by_is_no_backup(host: LostHost) -> None:
    host.config["host"]["includes"].append(f"{host.etc}/no-such-*")
    host.config_file.write_text(json.dumps(host.config))
    run = host.backup(kind="host")
    assert run.code == Exit.UNDONE
    assert f"nothing is called {host.etc}/no-such-*" in run.err


def test_what_changes_while_it_is_copied_is_no_backup(host: LostHost, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = durable.sync

    def meanwhile(path: Path) -> None:
        if path.name == "shop.service":
            (host.etc / "units" / "shop.service").write_text("[Service]\nUser=shop\n")
        sync(path)

    monkeypatch.setattr(durable, "sync", meanwhile)
    run = host.backup(kind="host")
    assert run.code == Exit.UNDONE
    assert "changed while they were copied" in run.err


def test_old_backups_of_the_host_go_with_the_others(host: LostHost) -> None:
    host.configure_lost(retention={"host": {"newest": 1, "days": 1}})
    for _ in range(2):
        host.set_of_backups()
    old = min(path for path in host.backups.glob("host.backup_*") if path.is_dir())
    aged = old.with_name("host.backup_20200101_030000")
    its = json.loads(manifest.path_of(old).read_text())
    old.rename(aged)
    manifest.path_of(old).unlink()
    manifest.path_of(aged).write_text(json.dumps({**its, "name": aged.name}))
    run = host.backup(kind="prune")
    assert run.code == Exit.DONE, run
    assert not aged.exists()
    assert len([path for path in host.backups.glob("host.backup_*") if path.is_dir()]) == 1
