"""The sets of backups in a folder that was carried off its host: which can be used whole, and which is the newest.

What was taken at one time belongs together: site, backend, database and the host's own files by the time in their
names; a config and a model, which are filed once, by the SHA-256 that was live then, which the host's manifest has.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path
from typing import List, NamedTuple, Optional

import catalogue
from catalogue import Backup
from config import HOST, Config
from exits import Exit, Failure
from release import Release
from runlog import RunLog


class BackupSet(NamedTuple):
    """One that is whole, stable and fits together: `sources` in the order of KINDS, of one release."""

    stamp: str
    host: Backup
    sources: List[Backup]
    release: Release


def choose(config: Config, folder: Path, log: RunLog) -> BackupSet:
    """The newest that may be used, every backup of it verified; the log says why newer ones were passed over.

    Failure(NO_BACKUP) if there is none.
    """
    stamps = _stamps(config, folder)
    for stamp in stamps:
        try:
            return complete(config, folder, stamp)
        except ValueError as error:
            log.step(f"passed over the set of {stamp}: {error}")
    raise Failure(
        Exit.NO_BACKUP,
        f"{folder}: none of {len(stamps)} sets of backups is whole, stable and fits together (`backup.py all` takes "
        f"one: {', '.join(config.backed_up)}): nothing was changed",
    )


def complete(config: Config, folder: Path, stamp: str) -> BackupSet:
    """The set of that time, every backup of it verified. ValueError says what it lacks, or what is wrong with it."""
    there = view(config, folder, None)
    host = _verified(there, _of_time(there, HOST, stamp))
    there = view(config, folder, host.path)
    sources = []
    for kind in config.kinds:
        found = _in_use(there, kind, host) if kind in config.versioned else _of_time(there, kind, stamp)
        sources.append(_verified(there, found))
    release = _release(host)
    for source in sources:
        if source.kind not in config.versioned and _release(source) != release:
            raise ValueError(f"{source.path.name} is of {_release(source)}, and {host.path.name} of {release}")
        if source.kind == "database":
            try:
                catalogue.verify_database(there, source, release.schema)
            except ValueError as error:
                raise ValueError(f"{source.path.name}: {error}") from None
    return BackupSet(stamp, host, sources, release)


def view(config: Config, folder: Path, host: Optional[Path]) -> Config:
    """The same host, with its backups in the folder; versions that lie elsewhere are in the host's own files."""

    def there(versions: Path) -> Path:
        if config.backups in (versions, *versions.parents):
            return folder / versions.relative_to(config.backups)
        return (host or folder) / versions.relative_to("/")

    settings, model = config.settings, config.model
    return dataclasses.replace(
        config,
        backups=folder,
        settings=settings and dataclasses.replace(settings, versions=there(settings.versions)),
        model=model and dataclasses.replace(model, versions=there(model.versions)),
    )


def newer(config: Config, folder: Path, chosen: BackupSet) -> List[str]:
    """The database's backups that are newer than the set, by name: what they hold is not restored."""
    used = {source.path: source.taken for source in chosen.sources if source.kind == "database"}
    listed = catalogue.listed(view(config, folder, None), "database") if used else []
    return [backup.path.name for backup in listed if backup.taken > max(used.values())]


def _stamps(config: Config, folder: Path) -> List[str]:
    """The times of all sets, the newest first. A backup of one kind alone is none, but for the host's own files."""
    there = view(config, folder, None)
    kinds = [kind for kind in (*config.kinds, HOST) if kind not in config.versioned]
    found = Counter(backup.key for kind in kinds for backup in catalogue.listed(there, kind))
    hosts = {backup.key for backup in catalogue.listed(there, HOST)}
    return sorted((stamp for stamp, number in found.items() if number > 1 or stamp in hosts), reverse=True)


def _of_time(there: Config, kind: str, stamp: str) -> Backup:
    for backup in catalogue.listed(there, kind):
        if backup.key == stamp:
            return backup
    raise ValueError(f"there is no {there.naming(kind).name(stamp)}")


def _in_use(there: Config, kind: str, host: Backup) -> Backup:
    """The version that was live when the set was taken."""
    check = host.its.checks.get(kind)
    for backup in catalogue.listed(there, kind) if check else ():
        if not backup.fault and check and backup.its.entries[""].sha256 == check.found:
            return backup
    sha256 = f" of SHA-256 {check.found:.12}…" if check else ""
    raise ValueError(f"{there.folder(kind)} holds no {kind}{sha256} with a manifest, which was live then")


def _verified(there: Config, backup: Backup) -> Backup:
    try:
        catalogue.expect_stable(backup)
        catalogue.verify(there, backup, carried=True)
    except ValueError as error:
        raise ValueError(f"{backup.path.name}: {error}") from None
    return backup


def _release(backup: Backup) -> Release:
    its = backup.its
    if its.release is None or its.schema is None:
        raise ValueError(f"which release {backup.path.name} is of is unknown")
    return Release(its.release, its.schema)
