"""What a backup holds put in its place: whole, durable, and whose and how its manifest says, whoever owns the copy."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
from pathlib import Path, PurePath
from typing import Dict

import durable
import tree
from tree import Entry, Scope


def put(source: Path, target: Path, entry: Entry) -> None:
    """One path: a file, a link, or a folder without what is in it. ValueError if the copy is not what it must be."""
    partial = durable.partial_of(target)
    durable.remove(partial)
    tree.make(source, partial, entry.type)
    _dress(source, partial, entry)
    _expect(source, {".": entry}, {".": tree.entry(partial)})
    durable.rename(partial, target)


def put_tree(source: Path, root: Path, entries: Dict[str, Entry]) -> None:
    """A whole folder, at once. ValueError if the copy is not what it must be; OSError if there is anything already."""
    partial = durable.partial_of(root)
    durable.remove(partial)
    paths = sorted(entries, key=lambda path: PurePath(path).parts)  # A folder before what is in it.
    for path in paths:
        tree.make(source / path, partial / path, entries[path].type)
    for path in reversed(paths):
        _dress(source / path, partial / path, entries[path])
    _expect(source, entries, tree.look(partial, Scope(partial, ())))
    durable.rename(partial, root)


def put_version(source: Path, live: Path, entry: Entry) -> None:
    """A config or a model: a link where a link led to it, if that leads to the same bytes here; else a file."""
    there = live.parent / entry.target
    if not entry.target or not there.is_file() or durable.sha256(there) != entry.sha256:
        put(source, live, entry._replace(target=""))
        return
    partial = durable.partial_of(live)
    durable.remove(partial)
    os.symlink(entry.target, partial)
    _own(partial, entry)
    durable.rename(partial, live)


def _dress(source: Path, path: Path, entry: Entry) -> None:
    """Owner before mode: chown clears bits that chmod sets."""
    shutil.copystat(source, path, follow_symlinks=False)
    _own(path, entry)
    if entry.type != "link":
        os.chmod(path, entry.mode)
        durable.sync(path)


def _own(path: Path, entry: Entry) -> None:
    try:
        user = int(entry.owner) if entry.owner.isdigit() else pwd.getpwnam(entry.owner).pw_uid
        group = int(entry.group) if entry.group.isdigit() else grp.getgrnam(entry.group).gr_gid
    except KeyError as error:
        raise ValueError(f"{path}: {error}") from None
    os.chown(path, user, group, follow_symlinks=False)


def _expect(source: Path, entries: Dict[str, Entry], found: Dict[str, Entry]) -> None:
    wrong = tree.difference(entries, found)
    if wrong:
        raise ValueError(f"the copy of {source} differs from it: {wrong}")
