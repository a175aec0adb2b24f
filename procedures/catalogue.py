"""The backups: which there are, which may be used, and which one to propose (SOP B, phase 2); and the snapshots."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path
from typing import Callable, Iterable, Iterator, List, NamedTuple, Optional

import database
import durable
import manifest
import tree
from config import Config
from exits import Exit, Failure, described
from manifest import Manifest
from runlog import RunLog

_STAMP = "%Y%m%d_%H%M%S"


class Backup(NamedTuple):
    """A backup, and its manifest or why there is none to rely on; `taken` in seconds since the epoch."""

    kind: str
    path: Path
    taken: float
    manifest: Optional[Manifest]
    fault: str

    @property
    def its(self) -> Manifest:
        """The manifest; ValueError says why there is none."""
        if self.manifest is None:
            raise ValueError(self.fault)
        return self.manifest

    def is_called(self, name: str) -> bool:
        """By its name, or by the time in it, which a set of backups has in common."""
        return name in (self.path.name, self.path.name[-15:])


def listed(config: Config, kind: str, word: str = "backup") -> List[Backup]:
    """The backups of a kind, newest first. Snapshots and other names are none (H24, H28)."""
    named = re.compile(rf"{re.escape(config.prefix(kind))}\.{word}_(\d{{8}}_\d{{6}})")
    found = []
    for path in config.backups.iterdir():
        match = named.fullmatch(path.name)
        if match and (path.is_file() if kind == "database" else path.is_dir()):
            try:
                its, fault = manifest.read(path), ""
            except ValueError as error:
                its, fault = None, str(error)
            try:
                taken = its.started if its else time.mktime(time.strptime(match[1], _STAMP))
            except ValueError:
                continue  # Digits that are no date.
            found.append(Backup(kind, path, taken, its, fault))
    return sorted(found, key=lambda backup: (backup.taken, backup.path.name), reverse=True)


def snapshots(config: Config, kind: str) -> List[Backup]:
    """What rollbacks started from, newest first: by the manifests, for of a database that was gone there is no file."""
    end = ".manifest.json"
    found = []
    for path in config.backups.glob(f"{config.prefix(kind)}.before_rollback_*{end}"):
        snapshot = path.with_name(path.name[: -len(end)])
        try:
            its = manifest.read(snapshot)
        except ValueError:
            continue
        if its.rollback and its.kind == kind:
            found.append(Backup(kind, snapshot, its.started, its, ""))
    return sorted(found, key=lambda snapshot: snapshot.taken, reverse=True)


def show(config: Config, kinds: Iterable[str], log: RunLog) -> None:
    """A line a backup. What a manifest says of the bytes is verified when a backup is used, not here."""
    for kind in kinds:
        backups = listed(config, kind)
        for backup in backups:
            its = backup.manifest
            if its is None:
                log.step(f"{backup.path.name}: not whole: {backup.fault}")
            else:
                word = "stable" if its.stable else f"not stable ({database.failing(its.checks)})"
                origin = "adopted" if its.adopted else f"release {its.release or 'unknown'}"
                log.step(f"{its.name}: {word}, schema {its.schema}, {origin}, {its.size} bytes")
        if not backups:
            log.step(f"{config.backups} holds no backup of {config.prefix(kind)}")


Fits = Callable[[Backup], None]
"""ValueError says why a backup, whole as it is, would not fit."""


def choose(config: Config, kind: str, name: Optional[str], fits: Fits, log: RunLog) -> Backup:
    """The backup of that name, or else the newest that is stable, whole and fits; it is verified.

    Failure(NO_BACKUP) if there is none; the log says of each newer one why it was passed over.
    """
    return next(candidates(config, kind, name, fits, log))


def candidates(config: Config, kind: str, name: Optional[str], fits: Fits, log: RunLog) -> Iterator[Backup]:
    """All that `choose` may answer, the best first; Failure(NO_BACKUP) after the last."""
    backups = listed(config, kind)
    if name is not None:
        yield _named(config, name, fits, backups, log)
    for backup in backups if name is None else ():
        try:
            expect_stable(backup)
            verify(config, backup)
            fits(backup)
        except ValueError as error:
            log.step(f"passed over {backup.path.name}: {error}")
        else:
            yield backup
    raise Failure(
        Exit.NO_BACKUP,
        f"none of {len(backups)} {kind} backups in {config.backups} is stable, whole and fits "
        "(`full` restores the release along with the database): nothing was changed",
    )


def _named(config: Config, name: str, fits: Fits, backups: List[Backup], log: RunLog) -> Backup:
    for backup in backups:
        if backup.is_called(name):
            break
    else:
        there = ", ".join(backup.path.name for backup in backups) or "none"
        raise Failure(Exit.NO_BACKUP, f"there is no backup {name!r}; there are: {there}")
    try:
        verify(config, backup)
        fits(backup)
    except ValueError as error:
        raise Failure(Exit.NO_BACKUP, f"{name} cannot be used: {error}: nothing was changed") from None
    try:
        expect_stable(backup)
    except ValueError as error:
        log.step(f"warning: {name}: {error}")  # It may be all there is, and it was asked for by name.
    return backup


def expect_stable(backup: Backup) -> None:
    """ValueError says which checks did not hold when the backup was taken."""
    if backup.manifest and not backup.manifest.stable:
        raise ValueError(f"it was not stable when it was taken: {database.failing(backup.manifest.checks)}")


def verify(config: Config, backup: Backup) -> None:
    """ValueError says why a backup or a snapshot must not be used: not whole, damaged, or of another stack."""
    its = backup.its
    if (its.stack, its.kind) != (config.stack, backup.kind):
        raise ValueError(f"it is a {its.kind} of {its.stack}")
    try:
        if backup.kind == "database":
            _verify_files(backup.path, its)
        else:
            wrong = tree.difference(its.entries, tree.look(backup.path, config.scope(backup.kind)))
            if wrong:
                raise ValueError(f"it is not what its manifest says: {wrong}")
    except OSError as error:
        raise ValueError(described(error)) from None


def _verify_files(path: Path, its: Manifest) -> None:
    if "" not in its.entries:
        raise ValueError("there was no database then")
    for suffix, entry in its.entries.items():
        file = path.with_name(path.name + suffix)
        size = file.stat().st_size
        if size != entry.size:
            raise ValueError(f"{file.name} has {size} bytes, and its manifest says {entry.size}")
        if durable.sha256(file) != entry.sha256:
            raise ValueError(f"the SHA-256 of {file.name} is not the one that its manifest says")


def verify_database(config: Config, backup: Backup, schema: int) -> None:
    """ValueError says which check the database in a backup does not hold with a release of that schema."""
    try:
        with database.still(backup.path) as connection:
            wrong = database.failing(database.checks(connection, config.database, schema))
    except (OSError, sqlite3.Error) as error:
        raise ValueError(described(error)) from None
    if wrong:
        raise ValueError(wrong)


def free_name(folder: Path, prefix: str, now: float) -> Path:
    """`<prefix><timestamp>`, a second later for each one that is taken: nothing is ever overwritten (H28)."""
    return folder / f"{prefix}{free_stamp(folder, [prefix], now)}"


def free_stamp(folder: Path, prefixes: Iterable[str], now: float) -> str:
    """A time that is free after each of the prefixes."""
    prefixes = list(prefixes)
    while True:
        stamp = time.strftime(_STAMP, time.localtime(now))
        paths = [folder / f"{prefix}{stamp}" for prefix in prefixes]
        if not any(path.exists() or manifest.path_of(path).exists() for path in paths):
            return stamp
        now += 1
