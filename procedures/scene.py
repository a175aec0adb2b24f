"""The scene of an incident: how the host is, written into a folder; nothing of the host is changed by it."""

from __future__ import annotations

import glob
import json
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Tuple

import database
import durable
import growing
import host
import journal
import release
import tree
from config import Config
from exits import Exit, Failure, described

_COMMAND_S = 30.0
_ROWS = "10000"  # Of the journal, the newest.
_LAID = "as_it_lay"

Part = Tuple[str, Callable[[Path], None]]


def take(config: Config, folder: Path, wait: float) -> List[str]:
    """Write all of it into the folder, what passes soonest first; answers what could not be taken, a sentence each.

    `wait` in seconds for a locked database.
    """
    missing = []
    for name, write in _parts(config, wait):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(path)
        except (Failure, OSError, ValueError, sqlite3.Error) as error:
            missing.append(f"{name}: {described(error)}")
            durable.remove(path)  # Half of it would look like all.
    return missing


def size(config: Config) -> int:
    """The bytes that its files take, as they are now."""
    databases = [config.store.path, *database.side_files(config.store.path)] if config.store else []
    paths = [*databases, *(path for _, path in (*_logs(config), *_files(config)))]
    return sum(path.stat().st_size for path in paths if path.is_file())


def _parts(config: Config, wait: float) -> Iterator[Part]:
    for name, words in _commands(config):
        yield name, partial(_command, words)
    yield "release.json", partial(_release, config)
    if config.store:
        path = config.store.path
        yield "database/side_files.json", partial(_side_files, path)
        yield f"database/{path.name}", partial(_database, path, wait)
    for name, path in (*_logs(config), *_files(config)):
        yield name, partial(_file, path)
    for kind, scope in config.scopes.items():
        yield f"trees/{kind}.json", partial(_tree, scope)


def _commands(config: Config) -> Iterator[Tuple[str, Tuple[str, ...]]]:
    """Processes, sockets, units."""
    yield "processes.txt", ("ps", "-eww", "-o", "pid,ppid,user:32,lstart,etimes,stat,unit:64,args")
    yield "sockets.txt", ("ss", "-anptuxw")
    yield "units.txt", ("systemctl", "list-units", "--all", "--full", "--plain", "--no-pager")
    units = [*config.units, *([config.deploy_unit] if config.deploy_unit else [])]
    if units:
        yield "unit_states.txt", ("systemctl", "show", "--no-pager", *units)
        yield "unit_files.txt", ("systemctl", "cat", "--no-pager", *units)
    yield "journal.txt", ("journalctl", "--no-pager", "-n", _ROWS)


def _logs(config: Config) -> List[Tuple[str, Path]]:
    return _copies("logs", (*config.logs, str(config.log / "*.log")))


def _files(config: Config) -> List[Tuple[str, Path]]:
    """Configuration, model, which release lies on disk, what is asked for besides, and a rollback that is half-way."""
    own = [str(its.path) for its in config.versioned.values()]
    asked = config.evidence.files if config.evidence else ()
    named = [glob.escape(path) for path in (*own, str(config.file), str(config.release_file))]
    half_way = journal.path(config.backups)
    return _copies("files", (*named, *([glob.escape(str(half_way))] if half_way.exists() else []), *asked))


def _copies(folder: str, patterns: Iterable[str]) -> List[Tuple[str, Path]]:
    """What is called so, below its own path; a pattern that nothing is called by stands for itself, and is missed."""
    found: Dict[str, Path] = {}
    for pattern in patterns:
        for path in sorted(path for path in glob.glob(pattern) if Path(path).is_file()) or [pattern]:
            found[f"{folder}{path}"] = Path(path)
    return list(found.items())


def _command(words: Tuple[str, ...], path: Path) -> None:
    path.write_text(host.run(*words, seconds=_COMMAND_S), encoding="utf-8")


def _release(config: Config, path: Path) -> None:
    """In memory and on disk; a service that answers nothing is what was seen."""

    def memory() -> Dict[str, object]:
        found = release.answering(config.version_url)
        return {**found.files, **found.release._asdict()}

    disk = _said(lambda: release.on_disk(config.release_file)._asdict())
    _write(path, {"at": time.time(), "asked": config.version_url, "memory": _said(memory), "disk": disk})


def _said(ask: Callable[[], Dict[str, object]]) -> Dict[str, object]:
    try:
        return ask()
    except (Failure, OSError, ValueError) as error:
        return {"error": described(error)}


def _side_files(live: Path, path: Path) -> None:
    _write(path, {side.name: side.stat().st_size for side in database.side_files(live)})


def _database(live: Path, wait: float, path: Path) -> None:
    """A consistent copy; of one that gives none, the files as they lie there: damage is evidence."""
    try:
        database.copy(live, path, wait)
    except (Failure, OSError, ValueError, sqlite3.Error) as error:
        laid = path.parent / _LAID
        laid.mkdir()
        for file in (live, *database.side_files(live)):
            growing.copy(file, laid / file.name)
        raise Failure(Exit.NOT_ALL, f"no consistent copy ({described(error)}): {_LAID} has its files") from None


def _file(source: Path, path: Path) -> None:
    growing.copy(source, path)


def _tree(scope: tree.Scope, path: Path) -> None:
    """Every path with mode, owner and hash: which release lies on disk, to the byte."""
    _write(path, {name: its._asdict() for name, its in tree.look(scope.root, scope).items()})


def _write(path: Path, found: object) -> None:
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
