"""A backup's manifest: what the backup holds, and how it was judged when it was taken (SOP decision 7)."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional

import durable
from database import Check
from exits import described
from tree import Entry

FORMAT = 2


@dataclass(frozen=True)
class Manifest:
    """`started` and `ended` are seconds since the epoch; `release` and `schema` are the installed release's.

    `entries` has every path of a tree, relative to it; of a database, the suffix of each of its files ("" is the main
    one, with owner, group and mode of the live file). A database's `schema` is its own.

    `stable` is true only if every check held. `adopted` says that the backup was made otherwise and judged later, as a
    file alone: which release it belongs to, and whether the service was well, nobody knows. `rollback` is the rollback
    which a snapshot was taken by, `source` the name of what that restored in its place; both are None in a backup.
    """

    stack: str
    kind: str
    name: str
    started: float
    ended: float
    release: Optional[str]
    schema: Optional[int]
    entries: Dict[str, Entry]
    checks: Dict[str, Check]
    stable: bool
    rows: Dict[str, int] = dataclasses.field(default_factory=dict)
    adopted: bool = False
    rollback: Optional[str] = None
    source: Optional[str] = None

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(entry.size for entry in self.entries.values())


def path_of(backup: Path) -> Path:
    """Where a backup's manifest lies."""
    return backup.with_name(f"{backup.name}.manifest.json")


def write(manifest: Manifest, backup: Path) -> None:
    """Write it, atomically and for good. Before it is there, the backup is not whole."""
    values = dataclasses.asdict(manifest)
    values["entries"] = {
        path: {**entry._asdict(), "mode": f"{entry.mode:04o}"} for path, entry in manifest.entries.items()
    }
    values["checks"] = {name: check._asdict() for name, check in manifest.checks.items()}
    # ASCII: a file's name need not be text in any encoding.
    durable.write(path_of(backup), json.dumps({"format": FORMAT, **values}, indent=1) + "\n")


def read(backup: Path) -> Manifest:
    """Read a backup's manifest. ValueError says, as part of a sentence, why there is none to rely on."""
    try:
        values = json.loads(path_of(backup).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError("it has no manifest (backup.py database --adopt gives a database one)") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"its manifest cannot be read: {error}") from None
    try:
        manifest = _parsed(values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"its manifest is not one of this program's: {described(error)}") from None
    if manifest.name != backup.name:
        raise ValueError(f"its manifest is that of {manifest.name}")
    return manifest


def _parsed(values: Dict[str, Any]) -> Manifest:
    if values["format"] != FORMAT:
        raise ValueError(f"format {values['format']}, expected {FORMAT}")
    values = {name: value for name, value in values.items() if name != "format"}
    values["entries"] = {
        path: Entry(**{**entry, "mode": int(entry["mode"], 8)}) for path, entry in values["entries"].items()
    }
    values["checks"] = {name: Check(**check) for name, check in values["checks"].items()}
    manifest = Manifest(**values)
    for name, kinds in _KINDS.items():
        if type(getattr(manifest, name)) not in kinds:
            raise ValueError(f"{name} is {getattr(manifest, name)!r}")
    return manifest


_KINDS = {
    "stack": (str,),
    "kind": (str,),
    "name": (str,),
    "started": (int, float),
    "ended": (int, float),
    "release": (str, type(None)),
    "schema": (int, type(None)),
    "stable": (bool,),
    "rows": (dict,),
    "adopted": (bool,),
    "rollback": (str, type(None)),
    "source": (str, type(None)),
}
