"""Users and groups that the old host had and this one has not: made anew, by their old numbers where those are free.

Passwords are in no backup: an account that is made here has none until somebody sets one.
"""

from __future__ import annotations

import grp
import pwd
from pathlib import Path
from typing import Dict, List, NamedTuple

import host
import tree
from runlog import RunLog

_SYSTEM = 1000  # numbers below it are the system's own
_LONG_S = 60.0


class User(NamedTuple):
    """A line of passwd."""

    name: str
    number: int
    group: int
    comment: str
    home: str
    shell: str


class Group(NamedTuple):
    """A line of group."""

    name: str
    number: int
    members: List[str]


def users(passwd: Path) -> List[User]:
    """Every user of a file like /etc/passwd."""
    return [
        User(name, int(number), int(group), comment, home, shell)
        for name, _, number, group, comment, home, shell in _lines(passwd)
    ]


def groups(group: Path) -> List[Group]:
    """Every group of a file like /etc/group."""
    return [
        Group(name, int(number), [member for member in members.split(",") if member])
        for name, _, number, members in _lines(group)
    ]


def make_missing(passwd: Path, group: Path, log: RunLog) -> None:
    """Make those that are not there. OSError if the host's own programs, groupadd and useradd, do not."""
    names: Dict[int, str] = {}
    for its in groups(group):
        names[its.number] = its.name
        if its.name not in {there.gr_name for there in grp.getgrall()}:
            free = its.number not in {there.gr_gid for there in grp.getgrall()}
            _run("groupadd", *_number("--gid", its.number, free), its.name)
            log.step(f"made the group {its.name}{_by(its.number, free)}")
    for user in users(passwd):
        if user.name not in {there.pw_name for there in pwd.getpwall()}:
            free = user.number not in {there.pw_uid for there in pwd.getpwall()}
            words = [*_number("--uid", user.number, free), "--gid", names.get(user.group, str(user.group))]
            words += ["--no-create-home", "--home-dir", user.home, "--shell", user.shell, "--comment", user.comment]
            _run("useradd", *words, user.name)
            log.step(f"made the user {user.name}{_by(user.number, free)}")
    known = {there.pw_name for there in pwd.getpwall()}
    for its in groups(group):
        for member in its.members:
            if member in known and member not in grp.getgrnam(its.name).gr_mem:
                _run("usermod", "--append", "--groups", its.name, member)
    tree.user.cache_clear()
    tree.group.cache_clear()


def _number(option: str, number: int, free: bool) -> List[str]:
    system = ["--system"] if number < _SYSTEM else []
    return [*system, option, str(number)] if free else system


def _by(number: int, free: bool) -> str:
    return "" if free else f": its number {number} is another's here, and it has a new one"


def _lines(file: Path) -> List[List[str]]:
    return [line.split(":") for line in file.read_text(encoding="utf-8").splitlines() if ":" in line]


def _run(*words: str) -> None:
    host.run(*words, seconds=_LONG_S)
