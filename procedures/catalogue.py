"""The backups: which there are, which may be used, and which one to propose (SOP B, phase 2); and the snapshots."""

from __future__ import annotations

import re
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Callable, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import database
import durable
import manifest
import naming
import tree
from config import Config
from exits import Exit, Failure, described
from manifest import Manifest
from naming import Naming
from runlog import RunLog

_UNJUDGED = "it has no manifest, and is judged when it is used"


class Backup(NamedTuple):
    """A backup, and its manifest or why there is none to rely on; `taken` in seconds since the epoch.

    `key` is the time in its name, or its version. A version may lie there without a manifest, as it came with a
    release; then `manifest` is what can be seen of the file, and `fault` says so.
    """

    kind: str
    path: Path
    key: str
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
        """By its name, or by the time in it, which a set of backups has in common, or by its version."""
        return name in (self.path.name, self.key)


def listed(config: Config, kind: str) -> List[Backup]:
    """The backups of a kind, newest first. Snapshots and other names are none (H24, H28)."""
    names = config.naming(kind)
    versions = kind in config.versioned
    found = []
    folder = config.folder(kind)
    for path in folder.iterdir() if folder.is_dir() or not versions else ():
        key = names.key_of(path.name)
        if key and not path.is_symlink() and (path.is_file() if versions or kind == "database" else path.is_dir()):
            try:
                if versions and not manifest.path_of(path).exists():
                    its, fault = _seen(config, kind, path, key), _UNJUDGED
                else:
                    its, fault = manifest.read(path), ""
            except ValueError as error:
                its, fault = None, str(error)
            taken = its.started if its else time_of(key)
            if taken is not None or versions:
                found.append(Backup(kind, path, key, taken or path.stat().st_mtime, its, fault))
    return sorted(found, key=_age, reverse=True)


def time_of(key: str) -> Optional[float]:
    """The moment in a name; None of a version, and of digits that are no date."""
    if not re.fullmatch(naming.TIME, key):
        return None  # strptime is content with fewer digits
    try:
        return time.mktime(time.strptime(key, naming.STAMP))
    except (OverflowError, ValueError):
        return None


def _seen(config: Config, kind: str, path: Path, key: str) -> Manifest:
    taken = time_of(key) or path.stat().st_mtime
    entries = {"": tree.entry(path)}
    return Manifest(config.stack, kind, path.name, taken, taken, None, None, entries, {}, stable=False, adopted=True)


def _age(backup: Backup) -> Tuple[float, List[Tuple[int, str]]]:
    """Versions of one moment by their numbers, in which 10 comes after 9."""
    return backup.taken, [
        (int(word), "") if word.isdecimal() else (-1, word) for word in re.split(r"(\d+)", backup.key)
    ]


def kept(config: Config, kind: str) -> List[Backup]:
    """What rollbacks kept, newest first: by the manifests, for of a database that was gone there is no file."""
    end, names, found = ".manifest.json", config.snapshot_naming(kind), []
    for path in config.backups.glob(f"*{end}"):
        snapshot = path.with_name(path.name[: -len(end)])
        key = names.key_of(snapshot.name)
        try:
            its = manifest.read(snapshot) if key else None
        except ValueError:
            continue
        if key and its and (its.kind, its.stack) == (kind, config.stack):
            found.append(Backup(kind, snapshot, key, its.started, its, ""))
    return sorted(found, key=lambda snapshot: snapshot.taken, reverse=True)


def snapshots(config: Config, kind: str) -> List[Backup]:
    """What rollbacks started from, newest first."""
    return [snapshot for snapshot in kept(config, kind) if snapshot.its.rollback]


def show(config: Config, kinds: Iterable[str], log: RunLog) -> None:
    """A line a backup. What a manifest says of the bytes is verified when a backup is used, not here."""
    for kind in kinds:
        backups = listed(config, kind)
        used = _in_use(config, kind)
        for backup in backups:
            its = backup.manifest
            if its is None:
                log.step(f"{backup.path.name}: not whole: {backup.fault}")
                continue
            if its.stack != config.stack:
                log.step(f"{its.name}: of {its.stack}, not used here")
                continue
            word = backup.fault or ("stable" if its.stable else f"not stable ({database.failing(its.checks)})")
            origin = "adopted" if its.adopted else f"release {its.release or 'unknown'}"
            schema = "" if kind in config.versioned else f"schema {its.schema}, "
            here = ", in use" * ("" in its.entries and its.entries[""].sha256 == used)
            log.step(f"{its.name}: {word}, {schema}{origin}, {its.size} bytes{here}")
        if not backups:
            log.step(f"{config.folder(kind)} holds no backup of {config.naming(kind).name('…')}")


def _in_use(config: Config, kind: str) -> Optional[str]:
    try:
        return durable.sha256(config.live(kind)) if kind in config.versioned else None
    except OSError:
        return None


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
    hint = " (`full` restores the release along with the database)" if "backend" in config.kinds else ""
    raise Failure(
        Exit.NO_BACKUP,
        f"none of {len(backups)} {kind} backups in {config.folder(kind)} is stable, whole and fits{hint}: "
        "nothing was changed",
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
    if backup.fault:
        raise ValueError(backup.fault)
    if backup.manifest and not backup.manifest.stable:
        raise ValueError(f"it was not stable when it was taken: {database.failing(backup.manifest.checks)}")


def verify(config: Config, backup: Backup, *, carried: bool = False) -> None:
    """ValueError says why a backup or a snapshot must not be used: not whole, damaged, or of another stack.

    Of a copy that was `carried` elsewhere, owners and modes say nothing: the manifest knows them.
    """
    its = backup.its
    if (its.stack, its.kind) != (config.stack, backup.kind):
        raise ValueError(f"it is a {its.kind} of {its.stack}")
    try:
        if backup.kind == "database" or backup.kind in config.versioned:
            _verify_files(backup.path, its)
        else:
            expected, found = its.entries, tree.look(backup.path, config.scope(backup.kind))
            if carried:
                expected, found = tree.contents(expected), tree.contents(found)
            wrong = tree.difference(expected, found)
            if wrong:
                raise ValueError(f"it is not what its manifest says: {wrong}")
    except OSError as error:
        raise ValueError(described(error)) from None


def _verify_files(path: Path, its: Manifest) -> None:
    if "" not in its.entries:
        raise ValueError(f"there was no {its.kind} then")
    for suffix, entry in its.entries.items():
        file = path.with_name(path.name + suffix)
        size = file.stat().st_size
        if size != entry.size:
            raise ValueError(f"{file.name} has {size} bytes, and its manifest says {entry.size}")
        found = durable.sha256(file)
        if found != entry.sha256:
            raise ValueError(f"the SHA-256 of {file.name} is {found:.12}…, and its manifest says {entry.sha256:.12}…")


def verify_database(config: Config, backup: Backup, schema: int) -> None:
    """ValueError says which check the database in a backup does not hold with a release of that schema."""
    try:
        with database.still(backup.path) as connection:
            wrong = database.failing(database.checks(connection, config.database, schema))
    except (OSError, sqlite3.Error) as error:
        raise ValueError(described(error)) from None
    if wrong:
        raise ValueError(wrong)


def free_name(folder: Path, names: Naming, now: float) -> Path:
    """A name with the time, a second later for each one that is taken: nothing is ever overwritten (H28)."""
    return folder / names.name(free_stamp([(folder, names)], now))


def free_stamp(among: Sequence[Tuple[Path, Naming]], now: float) -> str:
    """A time that is free in all of these names."""
    while True:
        stamp = time.strftime(naming.STAMP, time.localtime(now))
        paths = [folder / names.name(stamp) for folder, names in among]
        if not any(path.exists() or manifest.path_of(path).exists() for path in paths):
            return stamp
        now += 1


def sweep(config: Config, kinds: Iterable[str]) -> None:
    """Remove what was not finished, be it made or be it removed. Only under the lock.

    What is made gets its manifest after its name: a manifest without one belongs to what was on its way out.
    """
    for kind in kinds:
        for folder, names in (
            (config.folder(kind), config.naming(kind)),
            (config.backups, config.snapshot_naming(kind)),
        ):
            for unfinished in folder.glob(f".{names.before}*.partial"):
                path = unfinished.with_name(unfinished.name[1 : -len(".partial")])
                if names.key_of(path.name) and not path.exists():
                    durable.remove(manifest.path_of(path))
            durable.sweep(folder, partial(_is_of, names))


def _is_of(names: Naming, name: str) -> bool:
    """Whether a file belongs to a backup of that name, as its manifest or side file may."""
    for end in (".manifest.json", *database.SIDE_FILES):
        if name.endswith(end):
            name = name[: -len(end)]
    return names.key_of(name) is not None
