"""What a rollback restores, and from what: only what fits together, or nothing (SOP decisions 7 and 10, H18)."""

from __future__ import annotations

import sqlite3
from typing import Dict, List, NamedTuple, Optional, Sequence

import catalogue
import database
import health
import judging
import release
from catalogue import Backup
from config import Config
from exits import Exit, Failure, described
from journal import Record
from release import Release
from runlog import RunLog

TYPES = {
    "frontend": ("site",),
    "backend": ("backend",),
    "database": ("database",),
    "config": ("config",),
    "model": ("model",),
    "full": ("site", "backend", "database"),
}


class Plan(NamedTuple):
    """The sources in the order of KINDS, the release that must answer in the end, and the checks that need not hold."""

    type: str
    sources: List[Backup]
    expected: Optional[Release]
    excused: List[str]

    @property
    def kinds(self) -> List[str]:
        return [source.kind for source in self.sources]


def make(config: Config, type_: str, names: Sequence[str], log: RunLog) -> Plan:
    """Choose and verify the sources; a name chooses for its kind, a time for every kind that is restored."""
    if type_ == "back":
        return _back(config, log)
    kinds = TYPES[type_]
    if type_ in config.versioned and not names:
        catalogue.show(config, kinds, log)
        raise Failure(Exit.NOT_CHOSEN, f"name a version of the {type_}: nothing was changed")  # H23
    by_kind = _by_kind(config, kinds, names)
    if type_ == "full":
        return _full(config, by_kind, log)
    installed = (
        health.installed_release(config) if set(kinds) & {"site", "backend"} else release.on_disk(config.release_file)
    )
    log.step(f"installed is {installed or 'a release that does not say which'}")
    (kind,) = kinds
    beside = installed if kind == "database" else None  # A site alone may be of another release.
    chosen = _choose(config, kind, by_kind, beside, log)
    return Plan(type_, [chosen], _release(chosen) if kind == "backend" else installed, [])


def resume(config: Config, record: Record) -> Plan:
    """The plan of a rollback that was cut off; its sources are verified once more."""
    sources = []
    for part in record.parts:
        for source in (*catalogue.listed(config, part.kind), *catalogue.snapshots(config, part.kind)):
            if source.path.name == part.source:
                break
        else:
            raise Failure(Exit.HALF_WAY, f"{part.source} is gone, and the rollback to it is half-way")
        _verify_or_fail(config, source, Exit.HALF_WAY)
        sources.append(source)
    return Plan(record.type, sources, record.expected, record.excused)


def _back(config: Config, log: RunLog) -> Plan:
    """To what the last rollback started from; what was not well then need not be well again."""
    found = [snapshot for kind in config.kinds for snapshot in catalogue.snapshots(config, kind)]
    if not found:
        raise Failure(Exit.NO_BACKUP, f"{config.backups} holds no snapshot of a rollback: nothing was changed")
    last = max(found, key=lambda snapshot: snapshot.taken).its.rollback
    sources = [snapshot for snapshot in found if snapshot.its.rollback == last]
    log.step(f"the last rollback is {last}; it started from {', '.join(source.path.name for source in sources)}")
    for source in sources:
        _verify_or_fail(config, source, Exit.NO_BACKUP)
    excused = sorted({name for source in sources for name, check in source.its.checks.items() if not check.holds})
    expected = health.installed_release(config)
    for source in sources:
        if source.kind == "backend":
            expected = _release(source) if source.its.release else None
    kinds = {source.kind for source in sources}
    if config.store and len({"backend", "database"} & kinds) == 1 and "schema" not in excused:
        try:
            beside = _live_schema(config) if "backend" in kinds else expected and expected.schema
            _check_schema(sources[0].its.schema, beside)
        except ValueError as error:
            raise Failure(Exit.REFUSED, f"{last} cannot be undone alone: {error}: nothing was changed") from None
    return Plan("back", sources, expected, excused)


def _full(config: Config, names: Dict[str, str], log: RunLog) -> Plan:
    """The newest backend for which there are a database and a site that fit it, each the newest that does."""
    for backend in catalogue.candidates(config, "backend", names.get("backend"), _is_release, log):
        expected = _release(backend)
        try:
            site, stored = [_choose(config, kind, names, expected, log) for kind in ("site", "database")]
        except Failure as failure:
            if "backend" in names:
                raise
            log.step(f"passed over {backend.path.name}: {failure.sentence}")
        else:
            return Plan("full", [site, backend, stored], expected, [])
    raise AssertionError


def _choose(config: Config, kind: str, names: Dict[str, str], beside: Optional[Release], log: RunLog) -> Backup:
    return catalogue.choose(config, kind, names.get(kind), lambda backup: _fits(config, backup, beside), log)


def _fits(config: Config, backup: Backup, beside: Optional[Release]) -> None:
    """ValueError unless the backup fits the release that is, or will be, installed beside it."""
    its = backup.its
    if backup.kind == "backend":
        _is_release(backup)
        if config.store:
            _check_schema(its.schema, _live_schema(config))
    elif backup.kind in config.versioned:
        judging.judge(config, backup.kind, backup.path)
    elif backup.kind == "database":
        assert beside is not None
        if its.schema != beside.schema:
            raise ValueError(
                f"it is of schema {its.schema}, and {beside.release} works with schema {beside.schema}: "
                f"the database alone would not fit{', `full` restores both' * ('backend' in config.kinds)}"
            )
        catalogue.verify_database(config, backup, beside.schema)
    elif beside is not None and its.release != beside.release:
        raise ValueError(f"it is of release {its.release}, and the backend of {beside.release}: `full` restores both")


def _is_release(backup: Backup) -> None:
    if backup.its.release is None or backup.its.schema is None:
        raise ValueError("which release it holds is unknown")


def _release(backup: Backup) -> Release:
    its = backup.its
    assert its.release is not None
    assert its.schema is not None
    return Release(its.release, its.schema)


def _live_schema(config: Config) -> int:
    try:
        with database.live(config.database.path) as connection:
            return database.user_version(connection)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise ValueError(f"the database does not say its schema ({described(error)}): `full` restores both") from None


def _check_schema(wanted: Optional[int], found: Optional[int]) -> None:
    if wanted != found:
        raise ValueError(f"it works with schema {wanted}, and the other side has schema {found}: `full` restores both")


def _by_kind(config: Config, kinds: Sequence[str], names: Sequence[str]) -> Dict[str, str]:
    by_kind: Dict[str, str] = {}
    for name in names:
        meant = [kind for kind in kinds if any(backup.is_called(name) for backup in catalogue.listed(config, kind))]
        if not meant:
            there = ", ".join(found.path.name for kind in kinds for found in catalogue.listed(config, kind)) or "none"
            raise Failure(Exit.NO_BACKUP, f"there is no backup {name!r}; there are: {there}")
        if "_" in name and name[0].isdigit():
            meant = list(kinds)  # A time means the whole set: a kind that has none of it must not be left out.
        for kind in meant:
            if by_kind.setdefault(kind, name) != name:
                raise Failure(Exit.USAGE, f"{by_kind[kind]} and {name} are both a {kind}: nothing was changed")
    return by_kind


def _verify_or_fail(config: Config, source: Backup, code: Exit) -> None:
    try:
        catalogue.verify(config, source)
    except ValueError as error:
        raise Failure(code, f"{source.path.name} cannot be used: {error}") from None
