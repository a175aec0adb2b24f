"""backup.py prune: what retention.py says goes, whole, and nothing that it does not know."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

import backup
import durable
import journal
import manifest
import pytest
from exits import Exit
from risk_host import RiskHost, link_to
from test_cut_off import ENOUGH, KILLED, _die_at

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
DAY = 86400


def renamed(path: Path, prefix: str, days: float, suffix: str = "", **values: object) -> Path:
    """A backup that looks as if it were taken so many days ago."""
    at = time.time() - days * DAY
    name = f"{prefix}{time.strftime('%Y%m%d_%H%M%S', time.localtime(at))}{suffix}"
    return with_manifest(path, path.with_name(name), started=at, **values)


def with_manifest(path: Path, to: Path, **values: object) -> Path:
    its = json.loads(manifest.path_of(path).read_text())
    path.rename(to)
    manifest.path_of(path).unlink()
    manifest.path_of(to).write_text(json.dumps({**its, "name": to.name, **values}))
    os.utime(to, (0, 0))  # Which says nothing of its age.
    return to


def database(risk: RiskHost, days: float, **values: object) -> Path:
    return renamed(risk.good_backup(), "shop_", days, ".db", **values)


def snapshot(risk: RiskHost, days: float) -> Path:
    made = risk.good_backup()
    return renamed(made, "shop_pre_rollback_", days, ".db", stable=False, rollback=f"database of {days}")


def prune(risk: RiskHost, *words: str) -> int:
    run = risk.backup(*words, kind="prune")
    assert not run.err
    return run.code


def left(risk: RiskHost) -> set[str]:
    return {path.name for path in risk.backups.iterdir() if path.is_file()}


def whole(*paths: Path) -> set[str]:
    return {name for path in paths for name in (path.name, manifest.path_of(path).name)}


def test_what_no_rule_keeps_goes_with_its_manifest(risk: RiskHost) -> None:
    """Newest 2, or younger than 30 days; by the name's time, never the file's."""
    young = [database(risk, days) for days in (3, 2, 1)]
    old = [database(risk, days) for days in (50, 40)]
    kept = [snapshot(risk, days) for days in (70, 60)]
    third = snapshot(risk, 80)
    before = risk.everything()
    run = risk.backup("--dry-run", kind="prune")
    assert (run.code, risk.everything()) == (Exit.DONE, before)
    for path in (*old, third):
        assert f"would remove {path.name}: older than 30 days, and not among the newest 2" in run.out
    assert prune(risk) == Exit.DONE
    assert left(risk) == whole(*young, *kept)
    assert prune(risk) == Exit.DONE
    assert left(risk) == whole(*young, *kept)


def test_the_newest_stable_one_stays_however_old(risk: RiskHost) -> None:
    stable = database(risk, 100)
    old = [database(risk, days, stable=False) for days in (90, 80, 70, 60)]
    assert prune(risk) == Exit.DONE
    assert left(risk) == whole(stable, *old[2:])


def test_a_damaged_one_protects_no_older_one_from_being_the_newest_stable(risk: RiskHost) -> None:
    stable = database(risk, 100)
    cut = [database(risk, days) for days in (60, 50)]
    for path in cut:
        path.write_bytes(b"")
    assert prune(risk) == Exit.DONE
    assert left(risk) == whole(stable, *cut)


def test_a_version_in_use_stays_though_the_live_file_is_a_copy_of_it(risk: RiskHost) -> None:
    aged(risk, "config", range(1, 6), days=200)
    _put(risk.live_file("config"), risk.version("config", "5"))
    assert prune(risk) == Exit.DONE
    left = {version for version in "12345" if risk.version("config", version).exists()}
    assert "5" in left
    assert "4" not in left


def test_a_version_that_looks_like_a_time_has_none(risk: RiskHost) -> None:
    aged(risk, "config", range(1, 6), days=1)
    version = with_manifest(risk.version("config", "1"), risk.version("config", "202311_123"))
    assert prune(risk) == Exit.DONE
    assert version.exists()


def test_what_others_leave_unfinished_in_the_same_folder_is_theirs(risk: RiskHost) -> None:
    theirs = [risk.model.parent / ".model_training.partial.h5", risk.backups / ".shop_copy.db.partial"]
    ours = risk.backups / ".shop_20260101_000000.db.partial"
    for path in (*theirs, ours):
        path.write_text("x", encoding="utf-8")
    assert prune(risk) == Exit.DONE
    assert [path.exists() for path in (*theirs, ours)] == [True, True, False]


def aged(risk: RiskHost, kind: str, versions: range, days: float) -> None:
    """Versions of their own bytes, filed so many days ago."""
    link_to(risk, kind, "2")
    risk.start()
    assert risk.backup(kind=kind).code == Exit.DONE
    source = risk.version(kind, "2")
    content, its = source.read_bytes(), json.loads(manifest.path_of(source).read_text())
    for version in map(str, versions):
        path = risk.version(kind, version)
        path.write_bytes(content + f"# {version}\n".encode())
        at = time.time() - days * DAY - int(version)
        manifest.path_of(path).write_text(json.dumps({**its, "name": path.name, "started": at}))


def _put(live: Path, version: Path) -> None:
    live.unlink()
    live.write_bytes(version.read_bytes())


def test_what_it_does_not_know_is_never_touched(risk: RiskHost) -> None:
    """No manifest, another stack's, another name, a time that is none: none of it is counted either."""
    own = [database(risk, days) for days in (60, 50)]
    another = database(risk, 90, stack="another")
    bare = database(risk, 91)
    manifest.path_of(bare).unlink()
    strange = with_manifest(database(risk, 92), risk.backups / "shop_20209999_000000.db")
    odd = with_manifest(database(risk, 93), risk.backups / "shop_copy.db")
    notes = risk.backups / "notes"
    notes.write_text("x")
    assert prune(risk) == Exit.DONE
    expected = whole(*own, another, odd) | {bare.name, notes.name} | whole(strange)
    assert left(risk) == expected


def test_models_stay_and_old_configs_and_logs_go_but_for_the_one_a_link_leads_to(risk: RiskHost) -> None:
    link_to(risk, "config", "2")
    risk.start()
    assert risk.backup(kind="all").code == Exit.DONE
    for version in ("1", "3", "4", "5"):
        for kind in ("config", "model"):
            path = risk.version(kind, version)
            path.write_bytes(risk.version(kind, "2").read_bytes() + f"# {version}\n".encode())
            its = json.loads(manifest.path_of(risk.version(kind, "2")).read_text())
            at = time.time() - (200 - int(version)) * DAY
            manifest.path_of(path).write_text(json.dumps({**its, "name": path.name, "started": at}))
    two = manifest.path_of(risk.version("config", "2"))
    two.write_text(json.dumps({**json.loads(two.read_text()), "started": 0.0}))
    (risk.backend / "server.log").write_text("x")
    logs = [renamed(risk.good_backup("logs"), "logs.backup_", days) for days in (9, 8)]
    assert prune(risk) == Exit.DONE
    assert {path.name for path in risk.settings_versions.iterdir()} == whole(
        *(risk.version("config", version) for version in ("2", "4", "5"))
    )
    assert len(list(risk.model.parent.glob("model_?.pkl"))) == 5
    assert [path.exists() for path in logs] == [False, True]


def test_the_lock_is_held_and_a_rollback_that_was_cut_off_comes_first(risk: RiskHost) -> None:
    old = [database(risk, days) for days in (60, 50, 40)]
    handle = os.open(risk.backups, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert risk.backup("--wait", "0.1", kind="prune").code == Exit.REFUSED
    os.close(handle)
    part = journal.Part("database", old[0].name, "s", 1)
    journal.write(journal.Record("x", "database", 0.0, [part], [], None, {}, None, [], replacing=True), risk.backups)
    assert risk.backup(kind="prune").code == Exit.REFUSED
    assert whole(*old) <= left(risk)


def test_without_rules_nothing_goes(risk: RiskHost) -> None:
    del risk.config["retention"]
    risk.config_file.write_text(json.dumps(risk.config))
    run = risk.backup(kind="prune")
    assert run.code == Exit.USAGE
    assert "retention: found nothing" in run.err


@pytest.mark.parametrize("words", [["database", "--dry-run"], ["prune", "--list"], ["prune", "--adopt", "x"]])
def test_words_that_do_not_go_together_are_a_usage_error(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        backup.main(words)
    assert ended.value.code == Exit.USAGE


def test_killed_anywhere_nothing_lies_and_the_next_time_it_goes(
    risk: RiskHost, monkeypatch: pytest.MonkeyPatch, points: range
) -> None:
    kept = [database(risk, days) for days in (60, 50)]
    old = [database(risk, 70), snapshot(risk, 90), snapshot(risk, 80), snapshot(risk, 85)]
    side = old[1].with_name(f"{old[1].name}-wal")
    side.write_bytes(b"x")
    its = json.loads(manifest.path_of(old[1]).read_text())
    its["entries"]["-wal"] = its["entries"][""]
    manifest.path_of(old[1]).write_text(json.dumps(its))
    content = {path: path.read_bytes() for path in risk.backups.iterdir() if path.is_file()}
    for point in points:
        for path in risk.backups.iterdir():
            if path.is_file():
                path.unlink()
        for path, its in content.items():
            path.write_bytes(its)
        code = killed_at(risk, point)
        if code == Exit.DONE:
            break
        assert code == KILLED, f"point {point}: {code}"
        assert whole(*kept) <= left(risk), f"point {point}"
        assert prune(risk) == Exit.DONE
        assert left(risk) == whole(*kept, old[2], old[3]), f"point {point}"
    assert 8 < point < ENOUGH - 1


def killed_at(risk: RiskHost, point: int) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_at(point)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (1, 2):
                os.dup2(nowhere, stream)
            code = backup.main(["prune", "--config", str(risk.config_file)])
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_an_error_is_said_and_the_next_time_it_goes(risk: RiskHost, monkeypatch: pytest.MonkeyPatch) -> None:
    old = [database(risk, days) for days in (60, 50, 40)]
    with monkeypatch.context() as patch:
        patch.setattr(durable, "sync", _fail)
        assert risk.backup(kind="prune").code == Exit.UNEXPECTED
    assert prune(risk) == Exit.DONE
    assert left(risk) == whole(*old[1:])


def _fail(*words: object) -> None:
    raise OSError(5, "Input/output error")
