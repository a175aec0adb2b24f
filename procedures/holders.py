"""Who has a file open: by device and inode, whatever it is called by now (H5, H10)."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, NamedTuple, Set, Tuple

File = Tuple[int, int]


class Seen(NamedTuple):
    """The processes that have one of the files open, and those that could not be looked into."""

    holders: Set[int]
    unseen: Set[int]


def identities(paths: Iterable[Path]) -> Set[File]:
    """Device and inode of each file that is there."""
    found = set()
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        found.add((status.st_dev, status.st_ino))
    return found


@contextlib.contextmanager
def held(paths: Iterable[Path]) -> Iterator[Set[File]]:
    """Their identities, which stay theirs: the inode of a removed file goes to the next new one, unless it is open."""
    opened = [os.open(path, os.O_RDONLY) for path in paths]
    try:
        yield {(status.st_dev, status.st_ino) for status in map(os.fstat, opened)}
    finally:
        for descriptor in opened:
            os.close(descriptor)


def look(files: Set[File]) -> Seen:
    """Look through every process's open files and memory maps, and through all file locks.

    Root on a bare host may look into any process, root in a container only into its own: the others are looked into
    once more as the user they belong to. Locks are shown to everybody, and a WAL database that was read has one.
    """
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    seen = _look_into(pids, files)
    if os.geteuid() == 0:
        for user, unseen in _by_user(seen.unseen).items():
            again = _look_as(user, unseen, files)
            seen = Seen(seen.holders | again.holders, seen.unseen - unseen | again.unseen)
    return Seen(seen.holders | _lockers(files), seen.unseen)


def named(pids: Iterable[int]) -> str:
    """Processes as an operator knows them: number and command."""
    return ", ".join(f"pid {pid} ({_command(pid)})" for pid in sorted(pids))


def _look_into(pids: Iterable[int], files: Set[File]) -> Seen:
    seen = Seen(set(), set())
    for pid in pids:
        try:
            if _has_open(pid, files) or _has_mapped(pid, files):
                seen.holders.add(pid)
        except PermissionError:
            seen.unseen.add(pid)
        except OSError:
            pass  # It has ended.
    return seen


def _has_open(pid: int, files: Set[File]) -> bool:
    folder = f"/proc/{pid}/fd"
    for name in os.listdir(folder):
        try:
            status = os.stat(f"{folder}/{name}")
        except FileNotFoundError:
            continue
        if (status.st_dev, status.st_ino) in files:
            return True
    return False


def _has_mapped(pid: int, files: Set[File]) -> bool:
    """00400000-0048a000 r-xp 00000000 fe:00 131 /bin/sh"""
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps:
        text = maps.read()
    inodes = {f" {inode} " for _, inode in files}
    for line in text.splitlines() if any(inode in text for inode in inodes) else ():
        _, _, _, device, inode, *_ = line.split()
        if (_device(device), int(inode)) in files:
            return True
    return False


def _lockers(files: Set[File]) -> Set[int]:
    """1: POSIX ADVISORY READ 4711 fe:00:131 1073741826 1073742335"""
    found = set()
    for line in Path("/proc/locks").read_text().splitlines():
        words = [word for word in line.split() if word != "->"]
        device, inode = words[5].rsplit(":", 1)
        if (_device(device), int(inode)) in files and int(words[4]) > 0:
            found.add(int(words[4]))
    return found


def _device(text: str) -> int:
    major, minor = text.split(":")
    return os.makedev(int(major, 16), int(minor, 16))


def _by_user(pids: Iterable[int]) -> Dict[Tuple[int, int], Set[int]]:
    users: Dict[Tuple[int, int], Set[int]] = {}
    for pid in pids:
        try:
            status = os.stat(f"/proc/{pid}")
        except OSError:
            continue
        if status.st_uid != 0:
            users.setdefault((status.st_uid, status.st_gid), set()).add(pid)
    return users


def _look_as(user: Tuple[int, int], pids: Set[int], files: Set[File]) -> Seen:
    """Look once more, as a child process that has become that user."""
    answer, question = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(user[1], user[1], user[1])
            os.setresuid(user[0], user[0], user[0])
            os.write(question, json.dumps([list(found) for found in _look_into(pids, files)]).encode())
        finally:
            os._exit(0)
    os.close(question)
    with open(answer, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    holders, unseen = json.loads(text) if text else ([], pids)
    return Seen(set(holders), set(unseen))


def _command(pid: int) -> str:
    try:
        words: List[bytes] = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b" ".join(words).decode(errors="replace").strip()[:80] or Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "ended since"
