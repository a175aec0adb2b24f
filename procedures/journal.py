"""The record of the rollback that is running, so that one cut off at any point can be finished or undone.

It lies in the backups folder from before the units are stopped until the rollback has ended, and speaks of all parts of
a rollback together. Where a rollback can be cut off, and what the next run finds and does:

1. Before there is a record: unnamed partial files and trees, which are swept.
2. A record that is not `replacing`: the units may be stopped, the prepared copies and the database's snapshot may be
   there, in part or whole; nothing live is touched. What a tree's scope leaves out may be linked into its prepared
   copy, too. Undo: remove all of it, start the units that ran, remove the record; begin afresh. Cut off within that,
   it is done again.
3. `replacing`, and not every part is the one of its inode. Trees come first, each in one step; the database comes
   last, so that a service which the host starts on such a mixture can only change the database that is replaced yet,
   and that is kept once more. Of the database the side files may be gone, and with them its latest commits: the
   snapshot has it all, for it was durable before the record said `replacing`. Finish: prepare, stop, keep, replace
   what is not in place. Until then a boot does not start the units on a mixture (see guard.py). The record stays
   `replacing` throughout.
4. `replacing`, and every part is the one of its inode. Nothing is copied again, for the service may have taken writes
   since. Finish: stop, start, wait for the release, verify, file the previous trees as snapshots, remove the record.
5. No record any more, but the program had not ended: all was done, and the log says so. The next run is a new rollback.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional

import durable
from database import Check
from exits import Exit, Failure
from release import Release

_NAME = "rollback-in-progress.json"


@dataclass(frozen=True)
class Part:
    """What one kind is restored from, and where its present state is kept, both by name in the backups folder.

    `inode` is the prepared copy's once `replacing`, and 0 if it must be done again.
    """

    kind: str
    source: str
    snapshot: str
    inode: int = 0


@dataclass(frozen=True)
class Record:
    """`started` in seconds since the epoch; `units` are those that ran before, `was` and `checks` how the host was.

    `expected` is the release that must answer in the end, `excused` are the checks that need not hold then.
    """

    id: str
    type: str
    started: float
    parts: List[Part]
    units: List[str]
    was: Optional[Release]
    checks: Dict[str, Check]
    expected: Optional[Release]
    excused: List[str]
    replacing: bool = False

    @property
    def sources(self) -> str:
        """What is restored, as part of a sentence."""
        return ", ".join(part.source for part in self.parts)


def path(folder: Path) -> Path:
    """Where the record lies while a rollback is under way."""
    return folder / _NAME


def read(folder: Path) -> Optional[Record]:
    """The record of a rollback that was cut off; None if none was."""
    try:
        values = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        values["parts"] = [Part(**part) for part in values["parts"]]
        values["checks"] = {name: Check(*check) for name, check in values["checks"].items()}
        for name in ("was", "expected"):
            values[name] = values[name] and Release(*values[name])
        return Record(**values)
    except FileNotFoundError:
        return None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Failure(
            Exit.HALF_WAY, f"{folder / _NAME} cannot be understood ({error}): look at the log, then remove it"
        ) from None


def write(record: Record, folder: Path) -> None:
    """Set the record down, atomically and for good."""
    durable.write(folder / _NAME, json.dumps(dataclasses.asdict(record), indent=2) + "\n")


def clear(folder: Path) -> None:
    """The rollback has ended."""
    durable.remove(folder / _NAME)
    durable.sync(folder)
