"""A config or a model on its way back: a whole copy, one rename; or, where a link leads to it, another link (SOP A).

What a link points to is one of the versions, and is never written to.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional

import durable
import keeping
from manifest import Manifest
from naming import Naming
from restoration import Snapshot
from runlog import RunLog
from tree import Entry


class FileRestoration:
    """One file, or the link to it."""

    repeats = False

    def __init__(self, live: Path, snapshot: Snapshot, names: Naming, log: RunLog) -> None:
        self.live = live
        self._snapshot, self._names, self._log = snapshot, names, log
        self._partial = durable.partial_of(live)

    def prepare(self, source: Path, its: Manifest) -> int:
        """A link stays a link: it leads to the version, or, on the way `back`, to what it led to.

        A file's owner, group and mode are those that the manifest noted of the live one; without a manifest they are
        those that the live one has.
        """
        durable.remove(self._partial)
        if self.live.is_dir():
            raise ValueError(f"{self.live} is a folder: move it away")
        entry = its.entries[""]
        target = self._back_to(entry) if its.rollback else self._on_to(source, entry)
        if target is not None:
            os.symlink(target, self._partial)
            if self.live.is_symlink():
                status = self.live.lstat()
                os.chown(self._partial, status.st_uid, status.st_gid, follow_symlinks=False)
            durable.sync(self._partial.parent)
        else:
            user, group, mode = entry.owner, entry.group, entry.mode
            if its.adopted and self.live.exists():
                status = self.live.stat()
                user, group, mode = str(status.st_uid), str(status.st_gid), status.st_mode & 0o7777
            durable.copy(source, self._partial, user, group, mode)
        if durable.sha256(self._partial) != entry.sha256:
            raise ValueError(f"the copy of {source.name} differs from it")
        return self._partial.lstat().st_ino

    def _on_to(self, source: Path, entry: Entry) -> Optional[str]:
        """The link's text, relative if it is; None where a file is a file."""
        if not self.live.is_symlink() and (self.live.exists() or not entry.target):
            return None
        before = os.readlink(self.live) if self.live.is_symlink() else entry.target
        return str(source) if os.path.isabs(before) else os.path.relpath(source, self.live.parent.resolve())

    def _back_to(self, entry: Entry) -> Optional[str]:
        if not entry.target:
            return None
        there = self.live.parent / entry.target
        if there.is_file() and durable.sha256(there) == entry.sha256:
            return entry.target
        self._log.step(f"{there} is no longer what the link led to: {self.live} becomes a file with what it was")
        return None

    def keep(self) -> None:
        link = os.readlink(self.live) if self.live.is_symlink() else None
        keeping.keep(self._snapshot, {"": self.live} if self.live.exists() else {}, self._names, link)

    def replace(self) -> None:
        durable.rename(self._partial, self.live)

    def is_placed(self, inode: int) -> bool:
        return os.path.lexists(self.live) and self.live.lstat().st_ino == inode

    def settle(self) -> None:
        """The snapshot was complete before it began."""

    def discard(self) -> None:
        keeping.let_go(self._snapshot, [""])
        durable.remove(self._partial)
