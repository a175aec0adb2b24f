"""A database on its way back: nobody has it open, snapshot, remove side files, rename a whole copy into place (H15)."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import List, Set

import database
import durable
import holders
import keeping
from exits import Exit, Failure
from keeping import beside
from manifest import Manifest
from naming import Naming
from restoration import Snapshot
from runlog import RunLog

_SETTLE_S = 2.0


class DatabaseRestoration:
    """One database and its side files."""

    repeats = True

    def __init__(self, live: Path, snapshot: Snapshot, names: Naming, log: RunLog) -> None:
        self.live = live
        self._snapshot, self._names, self._log = snapshot, names, log
        self._suffixes: List[str] = []

    def prepare(self, source: Path, its: Manifest) -> int:
        """Owner, group and mode are those that the manifest noted of the live file: the damage may have changed them.

        A backup is one file; a snapshot has the side files that there were.
        """
        durable.sweep(self.live.parent, lambda name: name.startswith(self.live.name))
        self._suffixes = sorted(its.entries)
        for suffix, entry in its.entries.items():
            partial = self._partial(suffix)
            durable.copy(beside(source, suffix), partial, entry.owner, entry.group, entry.mode)
            if durable.sha256(partial) != entry.sha256:
                raise ValueError(f"the copy of {source.name}{suffix} differs from it")
        return self._partial("").stat().st_ino

    def keep(self) -> None:
        """The snapshot is of the files as they are, for a damaged database cannot be copied otherwise."""
        expect_unused(holders.identities(self._files()), self.live)
        files = {file.name[len(self.live.name) :]: file for file in self._files()}
        keeping.keep(self._snapshot, files, self._names)
        # Copying took its time.
        unseen = expect_unused(holders.identities(self._files()), self.live)
        if unseen:
            self._log.step(f"only locks, not open files, could be seen of {holders.named(unseen)}")

    def replace(self) -> None:
        """The old side files go first, and durably: a rename that reached the disk without their removal would have the
        old -wal replayed over the restored file (H5). A program that opened the old file meanwhile would do that too,
        so that it is looked for once more. A snapshot's side files come after its main file: without them that is a
        database still, and they beside another one are none.
        """
        prepared = {suffix: self._partial(suffix).stat() for suffix in self._suffixes}
        with holders.held(self._files()) as old:
            for side in database.side_files(self.live):
                durable.remove(side)
            durable.sync(self.live.parent)
            for suffix in self._suffixes:
                durable.rename(self._partial(suffix), beside(self.live, suffix))
            expect_unused(old, self.live)
        placed = {path.name[len(self.live.name) :]: path.stat() for path in self._files()}
        same = placed.keys() == prepared.keys() and all(
            os.path.samestat(placed[suffix], status) and placed[suffix].st_mtime_ns == status.st_mtime_ns
            for suffix, status in prepared.items()
        )
        if not same:
            raise OSError(f"{self.live} was opened by another program while it was replaced")

    def is_placed(self, inode: int) -> bool:
        """Its side files, if it has any, are in place too."""
        waiting = any(self._partial(suffix).exists() for suffix in database.SIDE_FILES)
        return self.live.exists() and self.live.stat().st_ino == inode and not waiting

    def settle(self) -> None:
        """The snapshot was complete before it began."""

    def discard(self) -> None:
        keeping.let_go(self._snapshot, ("", *database.SIDE_FILES))
        durable.sweep(self.live.parent, lambda name: name.startswith(self.live.name))

    def _files(self) -> List[Path]:
        return [path for path in [self.live] if path.exists()] + database.side_files(self.live)

    def _partial(self, suffix: str) -> Path:
        return beside(durable.partial_of(self.live), suffix)


def expect_unused(files: Set[holders.File], path: Path) -> Set[int]:
    """Failure(REFUSED) names who else has one of the files open; one that is about to end is waited for, 2 s.

    Answers the processes of which only the locks could be seen.
    """
    deadline = time.monotonic() + _SETTLE_S
    while True:
        seen = holders.look(files)
        others = seen.holders - {os.getpid()}
        if not others:
            return seen.unseen
        if time.monotonic() >= deadline:
            raise Failure(Exit.REFUSED, f"{path} is in use by {holders.named(others)}: end it first")
        time.sleep(0.05)
