"""A recovery killed at any point: the next run finishes it, and no file is ever half there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import rebuild
import recover
from config import read
from exits import Exit
from lost_host import LostHost
from test_cut_off import ENOUGH, KILLED, _die_at

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def killed_at(host: LostHost, point: int) -> int:
    """Recover in a child process that dies for good at its point-th call; its exit status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_at(point)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (1, 2):
                os.dup2(nowhere, stream)
            code = recover.main([str(host.away), "--config", str(host.config_file)])
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_killed_anywhere_the_next_run_brings_it_to_its_end(lost_host: LostHost, points: range) -> None:
    host = lost_host
    whole = host.is_lost()
    for point in points:
        host.lose()
        code = killed_at(host, point)
        if code == Exit.DONE:
            break
        assert code == KILLED, f"point {point}: {code}"
        for path, its in host.there().items():
            name = Path(path).name
            if not name.startswith(".") and "partial" not in path:
                assert its == whole[path], f"point {point}: {path}"
        ended = rebuild.read(read(host.config_file)) is None and host.backups.exists()
        run = host.recover()
        assert run.code == (Exit.REFUSED if ended else Exit.DONE), f"point {point}: {run}"
        assert not ended or "] done: shop is " in (host.log / "rollback.log").read_text(), f"point {point}"
        assert host.there() == whole, f"point {point}"
        assert host.users() == {"ann", "bob"}, f"point {point}"
        left = [path for path in host.backend.parent.rglob("*") if "partial" in path.name or "in-progress" in path.name]
        assert not left, f"point {point}"
    assert 100 < point < ENOUGH - 1


def test_a_record_that_cannot_be_understood_is_not_passed_over(lost_host: LostHost) -> None:
    lost_host.is_lost()
    lost_host.log.mkdir()
    (lost_host.log / "recovery-in-progress.json").write_text("{")
    run = lost_host.recover()
    assert run.code == Exit.HALF_WAY
    assert "cannot be understood" in run.err


def test_a_set_that_is_gone_meanwhile_leaves_it_half_way(lost_host: LostHost) -> None:
    lost_host.is_lost()
    config = read(lost_host.config_file)
    lost_host.log.mkdir()
    rebuild.begin(config, recover.sets.complete(config, lost_host.away, _stamp(lost_host)), lost_host.away)
    shutil.rmtree(next(path for path in lost_host.away.glob("site.backup_*") if path.is_dir()))
    run = lost_host.recover()
    assert run.code == Exit.HALF_WAY
    assert run.err.startswith(f"the recovery from {_stamp(lost_host)} is half-way, and ")


def _stamp(host: LostHost) -> str:
    return next(path for path in host.away.glob("host.backup_*") if path.is_dir()).name.partition("_")[2]
