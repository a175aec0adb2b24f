"""The configuration: rollback.json, which says what this host has."""

from __future__ import annotations

import glob
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import durable
from exits import Exit, Failure
from tree import Scope

BESIDE = Path(__file__).resolve().with_name("rollback.json")
KINDS = ("site", "backend", "database")  # In the order in which they are replaced.
_SCOPES = {"site": "frontend", "backend": "backend"}


@dataclass(frozen=True)
class Database:
    """A SQLite database: its file, the tables it must have, and SQL that answers the rows which break a rule."""

    path: Path
    tables: Tuple[str, ...]
    invariants: Dict[str, str]


@dataclass(frozen=True)
class Config:
    """What rollback.json says.

    `stop_s` is the grace in seconds that requests have to end when the units are stopped; when it is over they are
    killed, whatever the unit's own TimeoutStopSec. `ready_s` are the seconds that the units have to be ready.
    `scopes` are the trees that go back as a whole, by kind. `site_url` must answer what `site_page`, a path relative to
    the site's folder, holds; `site_test` is the command that tests the configuration of whatever serves it.
    `logs` are shell-style patterns of files.
    """

    stack: str
    backups: Path
    log: Path
    release_file: Path
    version_url: str
    units: Tuple[str, ...]
    deploy_unit: Optional[str]
    stop_s: float
    ready_s: float
    database: Database
    scopes: Dict[str, Scope]
    site_url: str
    site_page: str
    site_test: Tuple[str, ...]
    logs: Tuple[str, ...]

    def live(self, kind: str) -> Path:
        """The database's file, or the tree's folder."""
        return self.database.path if kind == "database" else self.scopes[kind].root

    def prefix(self, kind: str) -> str:
        """What the names of a kind's backups and snapshots begin with."""
        return self.database.path.name if kind == "database" else kind

    def scope(self, kind: str) -> Scope:
        """The scope of a kind that is kept as a tree; nothing is left out of the logs."""
        return self.scopes.get(kind, Scope(Path("/"), ()))


def read(path: Path) -> Config:
    """Read and validate the whole file; Failure(USAGE) names the file, the key, what was found and what is expected."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(Exit.USAGE, f"{path}: cannot be read as JSON: {error}") from None
    top = _Section(path, "", found)
    section = _Section(path, "database.", top.take("database", "an object"))
    database = Database(section.file("path"), section.texts("tables"), section.rules("invariants"))
    scopes = _Section(path, "scopes.", top.take("scopes", "an object"))
    backups = top.absolute("backups")
    return Config(
        stack=top.text("stack"),
        backups=backups,
        log=top.absolute("log"),
        release_file=top.absolute("release_file"),
        version_url=top.url("version_url"),
        units=top.texts("units"),
        deploy_unit=None if top.take("deploy_unit", "a unit's name or null") is None else top.text("deploy_unit"),
        stop_s=top.seconds("stop_s"),
        ready_s=top.seconds("ready_s"),
        database=database,
        scopes={kind: _scope(path, name, scopes, backups, database) for kind, name in _SCOPES.items()},
        site_url=top.url("site_url"),
        site_page=top.text("site_page"),
        site_test=top.texts("site_test"),
        logs=top.texts("logs"),
    )


def _scope(file: Path, name: str, scopes: _Section, backups: Path, database: Database) -> Scope:
    """A tree's scope. The database is never in it, whatever the file says, and nor is what lies beside it (H27)."""
    section = _Section(file, f"scopes.{name}.", scopes.take(name, "an object"))
    root = section.root("includes")
    if root == backups or root in backups.parents:
        # The lock and the record lie there: they must not change places with another folder.
        raise Failure(Exit.USAGE, f"{file}: backups: found {backups}, expected a folder outside {root}")
    own = [f"{glob.escape(str(database.path))}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")]
    own.append(f"{glob.escape(str(durable.partial_of(database.path)))}*")
    return Scope(root, (*section.texts("excludes"), *own))


class _Section:
    """One JSON object, read key by key."""

    def __init__(self, file: Path, prefix: str, found: Any) -> None:
        self._file, self._prefix, self._values = file, prefix, found
        if not isinstance(found, dict):
            where = prefix.rstrip(".") or "the whole"
            raise Failure(Exit.USAGE, f"{file}: {where}: found {found!r:.80}, expected an object")

    def take(self, key: str, expected: str) -> Any:
        if key not in self._values:
            raise Failure(Exit.USAGE, f"{self._file}: {self._prefix}{key}: found nothing, expected {expected}")
        return self._values[key]

    def _checked(self, key: str, expected: str, holds: Any) -> Any:
        found = self.take(key, expected)
        if not holds(found):
            raise Failure(Exit.USAGE, f"{self._file}: {self._prefix}{key}: found {found!r}, expected {expected}")
        return found

    def text(self, key: str) -> str:
        return str(self._checked(key, "a text", _is_text))

    def texts(self, key: str) -> Tuple[str, ...]:
        return tuple(self._checked(key, "a list of texts", lambda v: isinstance(v, list) and all(map(_is_text, v))))

    def rules(self, key: str) -> Dict[str, str]:
        return dict(
            self._checked(key, "an object of texts", lambda v: isinstance(v, dict) and all(map(_is_text, v.values())))
        )

    def absolute(self, key: str) -> Path:
        return Path(self._checked(key, "an absolute path", lambda v: _is_text(v) and Path(v).is_absolute()))

    def file(self, key: str) -> Path:
        path = self.absolute(key)
        if path.is_symlink():  # A rename would replace the link, and the service would go on with the file.
            found = f"a link to {path.resolve()}"
            raise Failure(Exit.USAGE, f"{self._file}: {self._prefix}{key}: found {found}, expected the file itself")
        return path

    def root(self, key: str) -> Path:
        """The one folder that a tree's scope includes."""
        expected = "a list of one absolute path of a folder, which is no link"
        found = self._checked(key, expected, lambda v: isinstance(v, list) and len(v) == 1 and _is_text(v[0]))[0]
        path = Path(found)
        if not path.is_absolute() or path.parent == path or glob.has_magic(found) or path.is_symlink():
            raise Failure(Exit.USAGE, f"{self._file}: {self._prefix}{key}: found {found!r}, expected {expected}")
        return path

    def url(self, key: str) -> str:
        return str(self._checked(key, "a URL", lambda v: _is_text(v) and v.startswith(("http://", "https://"))))

    def seconds(self, key: str) -> float:
        return float(self._checked(key, "seconds above 0", lambda v: type(v) in (int, float) and 0 < v < 86400))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""
