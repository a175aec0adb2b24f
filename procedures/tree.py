"""A folder as a whole: looked at, copied, compared, and what its scope leaves out taken along as the very same files.

Hard links within a tree become files of their own. Owner, group, mode, time and extended attributes are copied; sockets
and the like belong to whatever runs, never to a release, and count as left out.
"""

from __future__ import annotations

import functools
import grp
import os
import pwd
import shutil
import stat
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, Iterator, NamedTuple, Optional, Set, Tuple

import durable

_TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}


class Scope(NamedTuple):
    """A live folder, less what shell-style patterns of absolute paths leave out; a folder left out is so as a whole."""

    root: Path
    excludes: Tuple[str, ...]

    def leaves_out(self, path: str) -> bool:
        """Whether a path, relative to the root, is left out."""
        return any(fnmatchcase(str(self.root / path), pattern) for pattern in self.excludes)


class Entry(NamedTuple):
    """A path of a tree: "file", "folder" or "link"; `size` in bytes and `sha256` are a file's, `target` is a link's."""

    type: str
    mode: int
    owner: str
    group: str
    size: int = 0
    sha256: str = ""
    target: str = ""


class Found(NamedTuple):
    """A path relative to the tree's folder, which is "." itself."""

    path: str
    status: os.stat_result
    inside: bool

    @property
    def type(self) -> Optional[str]:
        """ "file", "folder" or "link", else None."""
        return _TYPES.get(stat.S_IFMT(self.status.st_mode))


def walk(folder: Path, scope: Scope) -> Iterator[Found]:
    """Every path, a folder before what is in it. What the scope leaves out is not `inside`, and not entered."""
    top = Found(".", folder.lstat(), inside=True)
    yield top
    if top.type == "folder":
        yield from _below(folder, "", scope)


def _below(folder: Path, prefix: str, scope: Scope) -> Iterator[Found]:
    for name in sorted(os.listdir(folder / prefix)):
        path = prefix + name
        found = Found(path, (folder / path).lstat(), inside=False)
        if found.type and not scope.leaves_out(path):
            found = found._replace(inside=True)
        yield found
        if found.inside and found.type == "folder":
            yield from _below(folder, f"{path}/", scope)


def look(folder: Path, scope: Scope) -> Dict[str, Entry]:
    """Every path within the scope; every byte is read. ValueError if it is no folder."""
    if folder.is_symlink() or not folder.is_dir():
        raise ValueError(f"{folder} is no folder")
    return {found.path: entry(folder / found.path) for found in walk(folder, scope) if found.inside}


def size(folder: Path, scope: Scope) -> int:
    """The bytes that its files take within the scope."""
    return sum(found.status.st_size for found in walk(folder, scope) if found.inside and found.type == "file")


def entry(path: Path) -> Entry:
    """One path as it is."""
    status = path.lstat()
    its = Entry(
        _TYPES[stat.S_IFMT(status.st_mode)], stat.S_IMODE(status.st_mode), user(status.st_uid), group(status.st_gid)
    )
    if its.type == "file":
        return its._replace(size=status.st_size, sha256=durable.sha256(path))
    return its._replace(target=os.readlink(path)) if its.type == "link" else its


def difference(expected: Dict[str, Entry], found: Dict[str, Entry]) -> Optional[str]:
    """The first difference, looked for both ways, as part of a sentence; None if they are equal."""
    for path in sorted({*expected, *found}):
        if path not in found:
            return f"{path!r} is missing"
        if path not in expected:
            return f"{path!r} should not be there"
        for name in Entry._fields:
            here, there = getattr(found[path], name), getattr(expected[path], name)
            if here != there:
                return f"{name} of {path!r} is {here!r}, expected {there!r}"
    return None


def contents(entries: Dict[str, Entry]) -> Dict[str, Entry]:
    """The same without whose they are, and who may do what with them."""
    return {path: its._replace(mode=0, owner="", group="") for path, its in entries.items()}


def copy(source: Path, target: Path, scope: Scope) -> None:
    """Copy what is within the scope; all of it is on disk when this returns, but for the target's own name."""
    durable.remove(target)
    copy_paths(source, target, (found for found in walk(source, scope) if found.inside))


def copy_paths(source: Path, target: Path, paths: Iterable[Found]) -> None:
    """Copy these, a folder before what is in it, into what there is of the target; all of it is on disk then."""
    made = []
    for found in paths:
        make(source / found.path, target / found.path, str(found.type))
        made.append(found)
    for found in reversed(made):  # A folder after what is in it, which changes its time, and which its mode may forbid.
        path = target / found.path
        _dress(path, source / found.path, found.status)
        if found.type != "link":
            durable.sync(path)


def make(source: Path, target: Path, type_: str) -> None:
    """The path alone, with the bytes of a file and where a link leads: who owns it is for whoever asks to say."""
    if type_ == "folder":
        os.mkdir(target, 0o700)
    elif type_ == "link":
        os.symlink(os.readlink(source), target)
    else:
        shutil.copyfile(source, target)


def take_along(source: Path, target: Path, scope: Scope, but: FrozenSet[str] = frozenset()) -> Set[str]:
    """Hard-link what the scope leaves out of one tree into the other; answers its paths. OSError across file systems.

    A database that is open, or a log that is written to, goes on being the same file. Its name in the other tree is on
    disk when this returns: trees that change places durably, without it, would lose it to a power failure.
    """
    left_out = {found.path for found in walk(source, scope) if not found.inside}
    for path in sorted(left_out - but):
        for parent in reversed(Path(path).parents):
            if not os.path.lexists(target / parent):
                _make_like(target / parent, source / parent)
        _link(source / path, target / path)
    for folder in sorted({parent for path in left_out - but for parent in Path(path).parents}, reverse=True):
        durable.sync(target / folder)
    return left_out


def _link(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        _make_like(target, source)
        for name in os.listdir(source):
            _link(source / name, target / name)
        _dress(target, source, source.lstat())
        durable.sync(target)
    else:
        os.link(source, target, follow_symlinks=False)


def let_go(folder: Path, other: Path, scope: Scope) -> None:
    """Remove from a tree what the scope leaves out and the other has as the same file: what `take_along` linked."""
    for found in list(walk(folder, scope)):
        if not found.inside:
            _unlink(folder / found.path, other / found.path)


def _unlink(path: Path, other: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for name in os.listdir(path):
            _unlink(path / name, other / name)
        if not os.listdir(path):
            os.rmdir(path)
    elif os.path.lexists(other) and os.path.samestat(path.lstat(), other.lstat()):
        os.unlink(path)


def _make_like(path: Path, model: Path) -> None:
    os.mkdir(path, 0o700)
    _dress(path, model, model.lstat())


def _dress(path: Path, model: Path, status: os.stat_result) -> None:
    """Owner first: chown clears bits that chmod sets."""
    os.chown(path, status.st_uid, status.st_gid, follow_symlinks=False)
    shutil.copystat(model, path, follow_symlinks=False)


@functools.lru_cache(maxsize=None)
def user(number: int) -> str:
    """A user's name, or the number as text where there is none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


@functools.lru_cache(maxsize=None)
def group(number: int) -> str:
    """A group's name, or the number as text where there is none."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
