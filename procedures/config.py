"""The configuration: rollback.json, which says what this host has."""

from __future__ import annotations

import glob
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Tuple, Union

import durable
import naming
import rules
from exits import Exit, Failure
from naming import Naming
from retention import Rule
from rules import Rules
from section import Section, is_number
from tree import Scope

BESIDE = Path(__file__).resolve().with_name("rollback.json")
KINDS = ("site", "backend", "config", "model", "database")  # In the order in which they are replaced.
HOST = "host"  # what recover.py needs besides, and no rollback restores
_SCOPES = {"site": "frontend", "backend": "backend"}


@dataclass(frozen=True)
class Database:
    """A SQLite database: its file, the tables it must have, and SQL that answers the rows which break a rule.

    `backup` and `snapshot` are how its backups, and what a rollback started from, are called.
    """

    path: Path
    tables: Tuple[str, ...]
    invariants: Dict[str, str]
    backup: Naming
    snapshot: Naming


@dataclass(frozen=True)
class Settings:
    """The service's own configuration, kind `config`: a YAML file, and the folder of its versions.

    It is parsed by `python`, the service's own, which has its YAML package, and must hold `schema` (see rules.py).
    """

    path: Path
    versions: Path
    python: Path
    schema: Rules
    timeout_s: float


@dataclass(frozen=True)
class Model:
    """A model, kind `model`, and the folder of its versions.

    `python`, the service's own, loads it in `folder`, and predicts the inputs of `golden` (see score_model.py); or the
    command `score` does, if it is not empty: the model's path is its last word, the inputs are its standard input as
    JSON, and the PDs its standard output, a JSON list. Every PD must lie within `range`, and be the one that `golden`
    has for the model's SHA-256, if it has any: {"inputs": [{...}], "predictions": {"<sha256>": [0.1]}}.
    """

    path: Path
    versions: Path
    python: Path
    golden: Path
    range: Tuple[float, float]
    timeout_s: float
    folder: Path
    score: Tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """The folder of incidents' evidence, apart from backups, and shell-style patterns of files that belong to it."""

    folder: Path
    files: Tuple[str, ...]


@dataclass(frozen=True)
class HostFiles:
    """What else makes a host this one, kind `host`: unit files, nginx's configuration, certificates, programs.

    `includes` and `excludes` are shell-style patterns of absolute paths, a folder with all that is in it; `units` are
    those that are enabled and started on a host that is built anew, in this order.
    """

    includes: Tuple[str, ...]
    excludes: Tuple[str, ...]
    units: Tuple[str, ...]


@dataclass(frozen=True)
class Config:
    """What rollback.json says. A kind that it does not speak of, the host does not have.

    `stop_s` is the grace in seconds that requests have to end when the units are stopped; when it is over they are
    killed, whatever the unit's own TimeoutStopSec. `ready_s` are the seconds that the units have to be ready.
    `version_url` must answer the release that runs, and the SHA-256 of the `config` and the `model` in its memory.
    `scopes` are the trees that go back as a whole, by kind. `site_url` must answer what `site_page`, a path relative to
    the site's folder, holds; `site_test` is the command that tests the configuration of whatever serves it.
    `logs` are shell-style patterns of files. `retention` has a rule a kind, or is None. `evidence` is where that of an
    incident is kept, if it is.
    """

    file: Path
    stack: str
    backups: Path
    log: Path
    release_file: Path
    version_url: str
    units: Tuple[str, ...]
    deploy_unit: Optional[str]
    stop_s: float
    ready_s: float
    store: Optional[Database]
    settings: Optional[Settings]
    model: Optional[Model]
    scopes: Dict[str, Scope]
    site_url: str
    site_page: str
    site_test: Tuple[str, ...]
    logs: Tuple[str, ...]
    retention: Optional[Mapping[str, Rule]]
    evidence: Optional[Evidence]
    host: Optional[HostFiles]

    @property
    def database(self) -> Database:
        """The database; whoever asks has seen that it is one of the `kinds`."""
        assert self.store is not None
        return self.store

    @property
    def versioned(self) -> Dict[str, Union[Settings, Model]]:
        """The kinds of which there are versions in a folder of their own."""
        return {kind: its for kind, its in (("config", self.settings), ("model", self.model)) if its is not None}

    @property
    def kinds(self) -> Tuple[str, ...]:
        """What this host has."""
        database = ["database"] if self.store else []
        return tuple(kind for kind in KINDS if kind in (*database, *self.scopes, *self.versioned))

    @property
    def backed_up(self) -> Tuple[str, ...]:
        """The kinds that a whole set of backups has; the host's own files come last, with what the others filed."""
        return (*self.kinds, *([HOST] if self.host else []))

    def expect(self, kinds: Tuple[str, ...]) -> None:
        """Failure(USAGE) unless the host has all of these kinds."""
        for kind in kinds:
            if kind not in (*self.backed_up, "logs"):
                there = ", ".join(self.backed_up)
                raise Failure(Exit.USAGE, f"{self.file}: it speaks of no {kind}: this host has {there}")

    def live(self, kind: str) -> Path:
        """The file, or the tree's folder."""
        if kind == "database":
            return self.database.path
        return self.versioned[kind].path if kind in self.versioned else self.scopes[kind].root

    def folder(self, kind: str) -> Path:
        """Where a kind's backups lie. Snapshots of all kinds lie in `backups`."""
        return self.versioned[kind].versions if kind in self.versioned else self.backups

    def naming(self, kind: str) -> Naming:
        """How a kind's backups are called."""
        if kind == "database":
            return self.database.backup
        if kind in self.versioned:
            return Naming(f"{kind}_", self.versioned[kind].path.suffix, naming.VERSION)
        return Naming(f"{kind}.backup_", "", naming.TIME)

    def snapshot_naming(self, kind: str) -> Naming:
        """How a kind's snapshots are called: never as a backup is (H24)."""
        return self.database.snapshot if kind == "database" else Naming(f"{kind}.before_rollback_", "", naming.TIME)

    def scope(self, kind: str) -> Scope:
        """The scope of a kind that is kept as a tree; nothing is left out of the logs and the host's own files."""
        return self.scopes.get(kind, Scope(Path("/"), ()))


def read(path: Path) -> Config:
    """Read and validate the whole file; Failure(USAGE) names the file, the key, what was found and what is expected."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(Exit.USAGE, f"{path}: cannot be read as JSON: {error}") from None
    top = Section(path, "", found)
    backups = top.absolute("backups")
    database = _database(top)
    settings, model = _settings(top), _model(top)
    own = [file for its in (settings, model) if its for file in (its.path, its.versions)]
    scopes = top.maybe("scopes")
    trees = {
        kind: _scope(section, backups, database, own)
        for kind, name in _SCOPES.items()
        if scopes and (section := scopes.maybe(name))
    }
    return Config(
        file=path,
        stack=top.text("stack"),
        backups=backups,
        log=top.absolute("log"),
        release_file=top.absolute("release_file"),
        version_url=top.url("version_url"),
        units=top.texts("units"),
        deploy_unit=None if top.take("deploy_unit", "a unit's name or null") is None else top.text("deploy_unit"),
        stop_s=top.seconds("stop_s"),
        ready_s=top.seconds("ready_s"),
        store=database,
        settings=settings,
        model=model,
        scopes=trees,
        site_url=top.url("site_url") if "site" in trees else "",
        site_page=top.text("site_page") if "site" in trees else "",
        site_test=top.texts("site_test") if "site" in trees else (),
        logs=top.texts("logs"),
        retention=_retention(top),
        evidence=_evidence(top, [backups, *own, *(scope.root for scope in trees.values())]),
        host=_host(top),
    )


def _database(top: Section) -> Optional[Database]:
    section = top.maybe("database")
    if section is None:
        return None
    path = section.real_file("path")
    names = top.maybe("naming") or Section(top.file, "naming.", {})
    backup = _naming(names, "database", "{stem}{suffix}.backup_{stamp}", path)
    snapshot = _naming(names, "snapshot", "{stem}{suffix}.before_rollback_{stamp}", path)
    if not naming.are_told_apart(backup, snapshot):  # H24
        raise names.wrong("snapshot", "names that are a backup's too", "names that are not")
    return Database(path, section.texts("tables"), section.rules("invariants"), backup, snapshot)


def _naming(section: Section, key: str, default: str, path: Path) -> Naming:
    template = section.text(key, default)
    try:
        return naming.of(template, path.stem, path.suffix)
    except ValueError as error:
        raise section.wrong(key, repr(template), str(error)) from None


def _settings(top: Section) -> Optional[Settings]:
    section = top.maybe("config")
    if section is None:
        return None
    return Settings(
        path=section.absolute("path"),
        versions=section.absolute("versions"),
        python=section.absolute("python"),
        schema=section.checked("schema", rules.EXPECTED, rules.are_rules),
        timeout_s=section.seconds("timeout_s", 10.0),
    )


def _model(top: Section) -> Optional[Model]:
    section = top.maybe("model")
    if section is None:
        return None
    path = section.absolute("path")
    least, most = section.checked("range", "two numbers, the lesser one first", _is_range)
    return Model(
        path=path,
        versions=section.absolute("versions"),
        python=section.absolute("python"),
        golden=section.absolute("golden"),
        range=(float(least), float(most)),
        timeout_s=section.seconds("timeout_s", 30.0),
        folder=section.absolute("folder", path.parent),
        score=section.texts("score") if "score" in section else (),
    )


def _host(top: Section) -> Optional[HostFiles]:
    section = top.maybe(HOST)
    if section is None:
        return None
    includes, excludes = (
        tuple(section.checked(key, "a list of absolute paths", _are_absolute)) for key in ("includes", "excludes")
    )
    return HostFiles(includes, excludes, section.texts("units"))


def _are_absolute(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(path, str) and re.fullmatch("/[^/].*", path) for path in found)


def _is_range(found: object) -> bool:
    return isinstance(found, list) and len(found) == 2 and all(map(is_number, found)) and found[0] <= found[1]


def _retention(top: Section) -> Optional[Dict[str, Rule]]:
    section = top.maybe("retention")
    if section is None:
        return None
    for kind in section:
        if kind not in (*KINDS, HOST, "logs"):
            raise section.wrong(kind, "a rule", f"only {', '.join(KINDS)}, {HOST} or logs")
    return {kind: _rule(section.within(kind)) for kind in section}


def _rule(section: Section) -> Rule:
    newest = section.checked("newest", "a whole number from 1", lambda v: type(v) is int and v >= 1)
    days = section.checked("days", "days above 0", lambda v: is_number(v) and v > 0) if "days" in section else None
    return Rule(newest, days)


def _evidence(top: Section, others: List[Path]) -> Optional[Evidence]:
    """It lies where nothing is replaced, and nothing removed for its age."""
    section = top.maybe("evidence")
    if section is None:
        return None
    folder = section.absolute("folder")
    for other in others:
        if folder == other or other in folder.parents:
            raise section.wrong("folder", str(folder), f"a folder outside {other}")
    return Evidence(folder, section.texts("files") if "files" in section else ())


def _scope(section: Section, backups: Path, database: Optional[Database], versioned: List[Path]) -> Scope:
    """A tree's scope. The database is never in it, whatever the file says, and nor is what lies beside it (H27).

    Nor are config and model, of which there are versions of their own.
    """
    root = section.root("includes")
    if root == backups or root in backups.parents:
        # The lock and the record lie there: they must not change places with another folder.
        raise Failure(Exit.USAGE, f"{section.file}: backups: found {backups}, expected a folder outside {root}")
    files = [database.path] if database else []
    own = [f"{glob.escape(str(path))}{suffix}" for path in files for suffix in ("", "-wal", "-shm", "-journal")]
    own += [f"{glob.escape(str(durable.partial_of(path)))}*" for path in (*files, *versioned)]
    own += [glob.escape(str(path)) for path in versioned]
    return Scope(root, (*section.texts("excludes"), *own))
