"""A full rollback and its `back`, killed at any point: rerun, it comes to its end, and never to a mixture."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import exchange
import holders
import host as host_module
import journal
import pytest
from exits import Exit
from nasty import seen, write
from small_host import NAME, SmallHost
from test_cut_off import ENOUGH, KILLED, killed_at, placed_in, was_done

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture(params=["at once", "by renames, across file systems"])
def bad(host: SmallHost, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> SmallHost:
    """Two small trees and a database, all of a bad release; a set of good backups."""
    monkeypatch.setattr(holders, "look", lambda files: holders.Seen(set(), set()))
    host.configure(host.config["site_url"][:-1], site_test=[])
    start = host_module.start
    monkeypatch.setattr(host_module, "start", lambda *words: (started(host), start(*words))[1])
    if request.param != "at once":
        poor_file_system(monkeypatch, host)
    (host.backend / "code").mkdir()
    write(host.backend / "code" / "app.py", "good")
    assert host.backup(kind="all").code == Exit.DONE
    shutil.rmtree(host.backend / "code")
    write(host.backend / "code", "bad: a file")
    write(host.site / "index.html", "bad")
    write(host.site / ".left over", "bad")
    host.install({"release": "2.0.0", "schema": 3})
    host.sql("PRAGMA user_version = 3", "DELETE FROM users WHERE name = 'bob'")
    started(host)
    return host


def poor_file_system(patch: pytest.MonkeyPatch, host: SmallHost) -> None:
    """The backups lie on another one, and trees cannot be exchanged at once."""
    rename = os.rename

    def within(source: Path, target: Path) -> None:
        if (host.backups in Path(source).parents) != (host.backups in Path(target).parents):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    patch.setattr(os, "rename", within)
    patch.setattr(exchange, "_at_once", lambda live, prepared: False)


def started(host: SmallHost) -> None:
    """The service answers what lies on disk, as one that was started since does."""
    host.release = json.loads((host.backend / "RELEASE.json").read_text())


def state(host: SmallHost) -> object:
    return seen(host.site), seen(host.backend, "server.log", f"*{NAME}*"), host.users()


def test_killed_anywhere_a_rerun_completes_it_and_back_undoes_it(bad: SmallHost, tmp_path: Path, points: range) -> None:
    was = state(bad)
    folders = (bad.backend, bad.site, bad.backups)
    for folder in folders:
        shutil.copytree(folder, tmp_path / "aside" / folder.name)
    for point in points:
        shutil.rmtree(bad.log)
        for folder in folders:
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / "aside" / folder.name, folder)
        started(bad)
        log = (bad.backend / "server.log").stat().st_ino
        code = killed_at(bad, point, "full")
        if code == Exit.DONE:
            break
        assert code == KILLED, f"point {point}: {code}"
        record = journal.read(bad.backups)
        if record is None and was_done(bad):
            assert state(bad) != was, f"point {point}"
        elif record is None or not record.replacing:
            assert state(bad) == was, f"point {point}"
            complete(bad, point)
        else:
            if not placed_in(bad, record):
                assert bad.rollback("--yes", kind="database").code == Exit.REFUSED, f"point {point}"
            complete(bad, point)
            back = bad.rollback("--yes", kind="back")
            assert back.code == Exit.DONE, f"point {point}: {back}"
            assert state(bad) == was, f"point {point}"
        tidy(bad, log, point)
    assert 60 < point < ENOUGH - 1


def complete(host: SmallHost, point: int) -> None:
    """The next run."""
    run = host.rollback("--yes", kind="full")
    assert run.code == Exit.DONE, f"point {point}: {run}"
    assert host.users() == {"ann", "bob"}, f"point {point}"
    assert (host.backend / "code" / "app.py").read_text() == "good", f"point {point}"
    assert not (host.site / ".left over").exists(), f"point {point}"


def tidy(host: SmallHost, log: int, point: int) -> None:
    """Nothing is left of what was cut off, and what is out of scope is the very same file."""
    status = (host.backend / "server.log").stat()
    assert (status.st_ino, status.st_nlink, host.live.stat().st_nlink) == (log, 1, 1), f"point {point}"
    for folder in (host.backend, host.site.parent, host.backups):
        left = [
            name for name in os.listdir(folder) if (name.startswith(".") and name != ".env") or "in-progress" in name
        ]
        assert left == [], f"point {point}"
