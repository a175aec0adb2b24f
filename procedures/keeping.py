"""Single files that a rollback would lose: copied beside the backups, under the snapshot's name."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Dict, Iterable, Optional

import catalogue
import durable
import manifest
import tree
from naming import Naming
from restoration import Snapshot


def keep(snapshot: Snapshot, files: Dict[str, Path], names: Naming, link: Optional[str] = None) -> None:
    """Take the snapshot: the files as they are, by the suffix that each has in it; `link` is what led to the file.

    Its manifest comes last. If there is a whole one already, of the same rollback before it was cut off, this one has a
    name of its own.
    """
    path = snapshot.path
    if snapshot.is_whole:
        path = catalogue.free_name(path.parent, names, time.time())
    entries = {}
    for suffix, file in files.items():
        status, target = file.stat(), beside(path, suffix)
        partial = durable.partial_of(target)
        durable.copy(file, partial, str(status.st_uid), str(status.st_gid), status.st_mode & 0o7777)
        entries[suffix] = tree.entry(partial)._replace(target=link or "")
        durable.rename(partial, target)
    snapshot.seal(entries, None if path == snapshot.path else path)


def let_go(snapshot: Snapshot, suffixes: Iterable[str]) -> None:
    """Remove it, its manifest first: without one it is none."""
    durable.remove(manifest.path_of(snapshot.path))
    for suffix in suffixes:
        target = beside(snapshot.path, suffix)
        durable.remove(durable.partial_of(target))
        durable.remove(target)


def beside(path: Path, suffix: str) -> Path:
    """The file of that suffix."""
    return path.with_name(path.name + suffix)
