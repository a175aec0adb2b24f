"""Whoever has a file open is seen, whatever the file is called by now."""

from __future__ import annotations

import fcntl
import mmap
import os
import subprocess
from pathlib import Path

import holders
import pytest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 4096)
    return path


def test_nobody(file: Path) -> None:
    assert holders.look(holders.identities([file, file.with_name("not there")])).holders == set()


def test_an_open_file_that_was_renamed_and_removed(file: Path) -> None:
    files = holders.identities([file])
    with file.open("rb"):
        file.rename(file.with_name("other"))
        file.with_name("other").unlink()
        assert holders.look(files).holders == {os.getpid()}


def test_another_process_and_its_command(file: Path) -> None:
    with file.open("rb") as handle, subprocess.Popen(["sleep", "60"], stdin=handle) as process:
        seen = holders.look(holders.identities([file])).holders
        process.kill()
    assert process.pid in seen


def test_a_memory_map(file: Path) -> None:
    with file.open("rb+") as handle, mmap.mmap(handle.fileno(), 4096):
        assert holders._has_mapped(os.getpid(), holders.identities([file]))
    assert not holders._has_mapped(os.getpid(), holders.identities([file]))


def test_a_lock_shows_who_has_the_file_even_where_open_files_cannot_be_seen(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(pid: int, files: set[holders.File]) -> bool:
        raise PermissionError

    monkeypatch.setattr(holders, "_has_open", hidden)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with file.open("rb+") as handle:
        fcntl.lockf(handle, fcntl.LOCK_EX)
        seen = holders.look(holders.identities([file]))
    assert seen.holders == {os.getpid()}
    assert os.getpid() in seen.unseen


def test_what_root_may_not_see_is_looked_at_as_the_user_it_belongs_to(file: Path) -> None:
    """As in a container, whose root lacks CAP_SYS_PTRACE. Who is not root cannot become another, and it says so."""
    root = os.geteuid() == 0
    with file.open("rb") as handle:
        process = subprocess.Popen(["sleep", "60"], stdin=handle, user=33 if root else None, group=33 if root else None)
    try:
        again = holders._look_as((33, 33), {process.pid}, holders.identities([file]))
    finally:
        process.kill()
        process.wait()
    assert again == (holders.Seen({process.pid}, set()) if root else holders.Seen(set(), {process.pid}))


def test_a_name_is_a_number_and_a_command() -> None:
    assert holders.named({os.getpid()}).startswith(f"pid {os.getpid()} (")
    assert holders.named({2**22 + 1}) == f"pid {2**22 + 1} (ended since)"


def test_a_removed_file_that_is_held_does_not_lend_its_inode_to_the_next(tmp_path: Path) -> None:
    """Else whoever makes a file at that moment looks as if it had the old database open."""
    old = tmp_path / "old"
    old.write_text("old")
    with holders.held([old]) as identities:
        old.unlink()
        made = []
        for number in range(50):
            new = tmp_path / str(number)
            new.write_text("new")
            made.append(new)
        assert not holders.identities(made) & identities
        assert holders.look(identities).holders == {os.getpid()}
