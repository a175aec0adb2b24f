"""The parts of a rollback: set down in its record, and each with its own way back."""

from __future__ import annotations

import dataclasses
import time
from typing import Iterable

import catalogue
import durable
import health
import host
import journal
from config import Config
from journal import Part, Record
from manifest import Manifest
from plan import Plan
from restoration import Restoration, Snapshot
from restore_database import DatabaseRestoration
from restore_file import FileRestoration
from restore_tree import TreeRestoration
from runlog import RunLog


def begun(config: Config, plan: Plan) -> Record:
    """The record of a new rollback. How the host is goes into the snapshots' manifests: `back` restores that."""
    was, now = health.installed_release(config), time.time()
    names = {kind: config.snapshot_naming(kind) for kind in plan.kinds}
    stamp = catalogue.free_stamp([(config.backups, its) for its in names.values()], now)
    checks = health.served(config, plan.kinds, was)
    if "database" not in plan.kinds:  # Which may be evidence: it is not opened before it is kept.
        checks.update(health.stored(config, [kind for kind in plan.kinds if kind in config.scopes], was))
    return Record(
        id=f"{plan.type} of {stamp}",
        type=plan.type,
        started=now,
        parts=[Part(source.kind, source.path.name, names[source.kind].name(stamp)) for source in plan.sources],
        units=[unit for unit in config.units if host.is_up(unit)],
        was=was,
        checks=checks,
        expected=plan.expected,
        excused=plan.excused,
    )


def resumed(config: Config, log: RunLog, plan: Plan, cut_off: Record) -> Record:
    """The record of the rollback that was cut off, to the sources that were chosen now."""
    sources = {source.kind: source.path.name for source in plan.sources}
    redone = []
    for part in cut_off.parts:
        if part.source != sources[part.kind]:
            its = restoration(config, log, cut_off, part)
            if its.is_placed(part.inode):
                its.settle()  # What it replaced is kept before it is replaced itself.
            redone.append(dataclasses.replace(part, source=sources[part.kind], inode=0))
    record = changed(dataclasses.replace(cut_off, expected=plan.expected, excused=plan.excused), redone)
    journal.write(record, config.backups)
    return record


def changed(record: Record, some: Iterable[Part]) -> Record:
    """The record with some of its parts changed."""
    by_kind = {part.kind: part for part in (*record.parts, *some)}
    return dataclasses.replace(record, parts=list(by_kind.values()))


def sweep(config: Config) -> None:
    """Remove what a run left that was cut off before it set down a record."""
    catalogue.sweep(config, config.kinds)
    for its in config.versioned.values():
        durable.remove(durable.partial_of(its.path))
    for scope in config.scopes.values():
        durable.remove(durable.partial_of(scope.root))
    if config.store:
        live = config.store.path
        durable.sweep(live.parent, lambda name: name.startswith(live.name))


def are_placed(config: Config, log: RunLog, record: Record) -> bool:
    """Whether every part is the very file or tree that the interrupted rollback had prepared."""
    return record.replacing and all(
        restoration(config, log, record, part).is_placed(part.inode) for part in record.parts
    )


def are_served(record: Record) -> bool:
    """Whether the units use what is restored: a site is served by whoever serves it all along (H19)."""
    return any(part.kind != "site" for part in record.parts)


def restoration(config: Config, log: RunLog, record: Record, part: Part) -> Restoration:
    """The part's own way back."""
    path = config.backups / part.snapshot
    snapshot = Snapshot(
        path,
        Manifest(
            stack=config.stack,
            kind=part.kind,
            name=part.snapshot,
            started=record.started,
            ended=0.0,
            release=record.was and record.was.release,
            schema=record.was and record.was.schema,
            entries={},
            checks=record.checks,
            stable=False,
            rollback=record.id,
            source=part.source,
        ),
    )
    if part.kind == "database":
        return DatabaseRestoration(config.database.path, snapshot, config.database.snapshot, log)
    if part.kind in config.versioned:
        return FileRestoration(config.live(part.kind), snapshot, config.snapshot_naming(part.kind), log)
    return TreeRestoration(config.scopes[part.kind], snapshot)
