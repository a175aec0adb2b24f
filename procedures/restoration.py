"""What is restored between one stop and one start: the same few steps for a database's file and for a whole tree."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Protocol

import manifest
from manifest import Manifest
from tree import Entry


class Snapshot(NamedTuple):
    """Where the present state is kept, and all of its manifest that is known before it is."""

    path: Path
    manifest: Manifest

    def seal(self, entries: Dict[str, Entry], path: Optional[Path] = None) -> None:
        """Write the manifest: the snapshot is whole. One at another path is evidence, and no way back leads to it."""
        its = dataclasses.replace(self.manifest, entries=entries, ended=time.time())
        if path:
            its = dataclasses.replace(its, name=path.name, rollback=None, source=None)
        manifest.write(its, path or self.path)

    @property
    def is_whole(self) -> bool:
        """Whether it has its manifest."""
        return manifest.path_of(self.path).exists()


class Restoration(Protocol):
    """One kind on its way back."""

    live: Path
    """What is replaced."""

    repeats: bool
    """Whether an error within `replace` means that it must be done again, although it may seem done."""

    def prepare(self, source: Path, its: Manifest) -> int:
        """Put a whole, durable copy beside what is live, and answer its inode. The service still runs.

        ValueError if the copy is not what the source's manifest says.
        """

    def keep(self) -> None:
        """The units are stopped: have ready all of the present state that `replace` would lose."""

    def replace(self) -> None:
        """Put the copy in place. From here on there is no way back but to finish."""

    def is_placed(self, inode: int) -> bool:
        """Whether the copy of that inode is what is live."""

    def settle(self) -> None:
        """It is in place: complete the snapshot. May be done again, by a later run too."""

    def discard(self) -> None:
        """Remove what was prepared and kept, for it did not come to `replace`. May be done again."""
