"""A tree on its way back: a whole copy, one exchange, and the previous tree becomes the snapshot (H16, H17)."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Set

import durable
import tree
from exchange import exchange, mend
from manifest import Manifest
from restoration import Snapshot
from tree import Scope


class TreeRestoration:
    """The tree that a scope names; what the scope leaves out stays the very same files."""

    repeats = False

    def __init__(self, scope: Scope, snapshot: Snapshot) -> None:
        self.live = scope.root
        self._scope, self._snapshot = scope, snapshot
        # Before the exchange it is the tree to come, after it the one that was.
        self._beside = durable.partial_of(scope.root)
        self._linked: Set[str] = set()

    def prepare(self, source: Path, its: Manifest) -> int:
        """Equal both ways to the manifest, which the source was verified by, or ValueError."""
        mend(self.live, self._beside)
        if os.path.lexists(self.live) and (not self.live.is_dir() or self.live.is_symlink()):
            raise ValueError(f"{self.live} is no folder any more: move it away")
        if os.path.ismount(self.live):
            raise ValueError(f"{self.live} is a mount point, which cannot change places: name a folder in it")
        tree.copy(source, self._beside, self._scope)
        wrong = tree.difference(its.entries, tree.look(self._beside, self._scope))
        if wrong:
            raise ValueError(f"the copy of {source.name} differs from it: {wrong}")
        return self._beside.stat().st_ino

    def keep(self) -> None:
        """The tree itself is kept by the exchange; what is left out of the scope is taken along."""
        if self.live.exists():
            self._linked = tree.take_along(self.live, self._beside, self._scope)

    def replace(self) -> None:
        """What came to lie outside the scope while the links were made (a site is not stopped) is taken along, too.

        Cut off between the exchange and that, such a file is in the snapshot's folder.
        """
        if not self.live.exists():  # All of it was removed; its snapshot is an empty folder.
            self.live.mkdir()
        exchange(self.live, self._beside)
        tree.take_along(self._beside, self.live, self._scope, frozenset(self._linked))
        tree.let_go(self._beside, self.live, self._scope)

    def is_placed(self, inode: int) -> bool:
        return self.live.exists() and self.live.stat().st_ino == inode

    def settle(self) -> None:
        """File the previous tree as the snapshot: by a rename, or by a copy where the backups lie elsewhere."""
        mend(self.live, self._beside)
        if self._beside.exists():
            tree.let_go(self._beside, self.live, self._scope)
            if not self._snapshot.path.exists():
                self._file()
        if self._snapshot.path.exists() and not self._snapshot.is_whole:
            self._snapshot.seal(tree.look(self._snapshot.path, self._scope))
        durable.remove(self._beside)

    def _file(self) -> None:
        try:
            os.rename(self._beside, self._snapshot.path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            partial = durable.partial_of(self._snapshot.path)
            tree.copy(self._beside, partial, self._scope)
            os.rename(partial, self._snapshot.path)
        durable.sync(self._snapshot.path.parent)
        durable.sync(self._beside.parent)

    def discard(self) -> None:
        mend(self.live, self._beside)
        durable.remove(self._beside)
