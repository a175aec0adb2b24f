"""Backups taken and judged: each gets its name once it is durable, and its manifest, which makes it whole, last."""

from __future__ import annotations

import dataclasses
import glob
import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Dict, Optional, Sequence

import catalogue
import database
import durable
import filing
import growing
import health
import host
import host_files
import journal
import manifest
import tree
from config import HOST, Config
from database import Check
from exits import Exit, Failure, described
from manifest import Manifest
from release import Release
from runlog import RunLog


def take(config: Config, log: RunLog, kinds: Sequence[str], wait: float) -> Exit:
    """A backup of each kind, with one time in their names; `wait` in seconds for a locked database."""
    installed = health.installed_release(config)
    checks = health.checks(config, config.kinds, installed)
    if journal.read(config.backups):
        checks["rollback"] = Check(False, "one was cut off and is not finished")
    stamp = catalogue.free_stamp([(config.folder(kind), config.naming(kind)) for kind in kinds], time.time())
    its = _unnamed(config, installed, checks)
    return max(_take_one(config, dataclasses.replace(its, kind=kind), stamp, wait, log) for kind in kinds)


def adopt(config: Config, log: RunLog, name: str) -> Exit:
    """Give a database's backup that was made otherwise a manifest.

    It counts as stable if every check of the file holds: whether the service was well when it was taken nobody can know
    any more, and a rollback verifies the file once more anyway. `adopted` says so in the manifest.
    """
    for backup in catalogue.listed(config, "database"):
        if backup.path.name == name:
            break
    else:
        raise Failure(Exit.NO_BACKUP, f"{config.backups} holds no backup {name!r}")
    if manifest.path_of(backup.path).exists():
        raise Failure(Exit.USAGE, f"{name} has a manifest already")
    if [side for side in database.side_files(backup.path) if side.stat().st_size]:
        raise Failure(Exit.NO_BACKUP, f"{name} has side files: it is not complete in itself")
    its = dataclasses.replace(
        _unnamed(config, health.installed_release(config), {}),
        name=name,
        started=backup.taken,
        ended=backup.taken,
        release=None,
        adopted=True,
    )
    try:
        its = _judged(config, its, backup.path)
        durable.sync(backup.path)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise Failure(Exit.NO_BACKUP, f"{name} is no backup: {described(error)}") from None
    return _kept(its, backup.path, log)


def _take_one(config: Config, its: Manifest, stamp: str, wait: float, log: RunLog) -> Exit:
    kind = its.kind
    backup = config.folder(kind) / config.naming(kind).name(stamp)
    partial = durable.partial_of(backup)
    its = dataclasses.replace(its, name=backup.name, started=time.time())
    try:
        if kind in config.versioned:
            return _told(*filing.file(config, its, stamp), log)
        if kind == "database":
            files = [config.database.path, *database.side_files(config.database.path)]
            host.expect_space([(config.backups, sum(path.stat().st_size for path in files))])
            database.copy(config.database.path, partial, wait)
            its = dataclasses.replace(its, ended=time.time())
            its = _judged(config, its, partial)
            durable.sync(partial)
        else:
            entries = _copied(config, kind, partial)
            its = dataclasses.replace(its, ended=time.time(), entries=entries)
        durable.rename(partial, backup)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise Failure(Exit.UNDONE, f"no {kind} was backed up: {described(error)}") from None
    finally:
        catalogue.sweep(config, [kind])
    log.step(f"copied the {kind} in {its.ended - its.started:.2f} s")
    return _kept(its, backup, log)


def _copied(config: Config, kind: str, partial: Path) -> Dict[str, tree.Entry]:
    if kind == HOST:
        return host_files.copy(config, partial)
    return _copy_logs(config, partial) if kind == "logs" else _copy_tree(config, kind, partial)


def _copy_tree(config: Config, kind: str, partial: Path) -> Dict[str, tree.Entry]:
    """ValueError if the tree changed while it was copied: the copy would be of no state that there was."""
    scope = config.scopes[kind]
    host.expect_space([(config.backups, tree.size(scope.root, scope))])
    tree.copy(scope.root, partial, scope)
    entries = tree.look(partial, scope)
    changed = tree.difference(tree.look(scope.root, scope), entries)
    if changed:
        raise ValueError(f"{scope.root} changed while it was copied: {changed}")
    return entries


def _copy_logs(config: Config, partial: Path) -> Dict[str, tree.Entry]:
    """Each log as far as it went when its turn came, below its own path; what is written meanwhile goes on.

    Nothing is written to them or cut from them (H25).
    """
    paths = sorted({path for pattern in config.logs for path in map(Path, glob.glob(pattern)) if path.is_file()})
    if not paths:
        raise ValueError(f"no file is called {' or '.join(config.logs) or 'anything: `logs` is empty'}")
    host.expect_space([(config.backups, sum(path.stat().st_size for path in paths))])
    partial.mkdir()
    for path in paths:
        target = partial / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        status = growing.copy(path, target)
        os.chown(target, status.st_uid, status.st_gid)
        shutil.copystat(path, target)
        durable.sync(target)
    for folder, _, _ in os.walk(partial):
        durable.sync(Path(folder))
    return tree.look(partial, config.scope("logs"))


def _unnamed(config: Config, installed: Optional[Release], checks: Dict[str, Check]) -> Manifest:
    return Manifest(
        stack=config.stack,
        kind="database",
        name="",
        started=0.0,
        ended=0.0,
        release=installed and installed.release,
        schema=installed and installed.schema,
        entries={},
        checks=checks,
        stable=not database.failing(checks),
    )


def _judged(config: Config, its: Manifest, path: Path) -> Manifest:
    """A database's manifest: the copy is judged, not the live file.

    An adopted one of another schema is not judged by the installed release's rules.
    """
    live = config.database.path
    status = live.stat() if live.exists() else path.stat()
    entry = tree.entry(path)._replace(
        mode=status.st_mode & 0o7777, owner=tree.user(status.st_uid), group=tree.group(status.st_gid)
    )
    with database.still(path) as connection:
        schema = database.user_version(connection)
        expected = None if its.adopted and schema != its.schema else its.schema
        checks = {**its.checks, **database.checks(connection, config.database, expected)}
        try:
            rows = database.rows(connection)
        except sqlite3.Error as error:
            rows = {}
            checks["rows"] = Check(False, described(error))
    return dataclasses.replace(
        its,
        schema=schema,
        entries={"": entry},
        rows=rows,
        checks=checks,
        stable=not database.failing(checks),
    )


def _kept(its: Manifest, backup: Path, log: RunLog) -> Exit:
    manifest.write(its, backup)
    return _told(its, backup, log)


def _told(its: Manifest, backup: Path, log: RunLog) -> Exit:
    rows = ", ".join(f"{table} {count}" for table, count in sorted(its.rows.items()))
    log.step(f"kept {backup.name}: schema {its.schema}, {its.size} bytes{f', rows: {rows}' if rows else ''}")
    if not its.stable:
        log.failed(f"{backup.name} is kept, but it is not stable: {database.failing(its.checks)}")
        return Exit.NOT_STABLE
    log.step(f"{backup.name} is stable")
    return Exit.DONE
