"""A rollback carried out, finished or undone: one stop, all of its parts, one start (SOP B, phases 3 and 4; H18)."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from typing import Optional

import database
import durable
import guard
import health
import host
import interrupts
import journal
import parts
import release
from config import Config
from exits import Exit, Failure, described
from journal import Record
from plan import Plan
from runlog import RunLog


def execute(config: Config, log: RunLog, plan: Plan, cut_off: Optional[Record]) -> Record:
    """SOP B, phase 3. A failure before anything live is touched undoes all of it, unless an earlier run touched it."""
    record = parts.resumed(config, log, plan, cut_off) if cut_off else parts.begun(config, plan)
    sources = {source.kind: source for source in plan.sources}
    restorations = {part.kind: parts.restoration(config, log, record, part) for part in record.parts}
    todo = [part for part in record.parts if not (cut_off and restorations[part.kind].is_placed(part.inode))]
    served, prepared = parts.are_served(record), []
    try:
        for part in record.parts:
            if part not in todo:
                restorations[part.kind].settle()
        for part in todo:
            source = sources[part.kind]
            inode = restorations[part.kind].prepare(source.path, source.its)
            prepared.append(dataclasses.replace(part, inode=inode))
            log.step(f"prepared a copy of {part.source} beside {config.live(part.kind)}")
        if not cut_off:
            journal.write(record, config.backups)
        if served:
            host.stop(config.units, config.stop_s)
            expect_silence(config)
            log.step(f"stopped {', '.join(config.units) or 'no unit'}")
        for part in todo:
            restorations[part.kind].keep()
            log.step(f"keeping the present {part.kind} as {part.snapshot}")
        interrupts.hold()
        hold_back(config, log, record)
        record = dataclasses.replace(parts.changed(record, prepared), replacing=True)
        journal.write(record, config.backups)
    except (Exception, interrupts.Interrupted) as error:
        interrupts.hold()
        if cut_off:
            raise Failure(Exit.HALF_WAY, f"{described(error)}: the rollback is not finished, run it again") from None
        undo(config, log, record)
        code = error.code if isinstance(error, Failure) else Exit.UNDONE
        raise Failure(code, f"{described(error)}: all was undone, everything is as it was") from None
    for part in prepared:
        its = restorations[part.kind]
        try:
            its.replace()
        except Exception as error:
            if not cut_off and part == prepared[0] and not its.repeats and not its.is_placed(part.inode):
                undo(config, log, record)  # The first of all did not come about.
                raise Failure(Exit.UNDONE, f"{described(error)}: all was undone, everything is as it was") from None
            if its.repeats:
                with contextlib.suppress(OSError):
                    journal.write(parts.changed(record, [dataclasses.replace(part, inode=0)]), config.backups)
            raise Failure(
                Exit.HALF_WAY,
                f"{described(error)}: the rollback is not finished{' and the units are stopped' * served}, "
                "run it again to finish",
            ) from None
        log.step(f"restored {part.source} to {config.live(part.kind)}")
    return record


def finish(config: Config, log: RunLog, record: Record, began: float) -> None:
    """Start the units, wait for the right release, verify (SOP B, phase 4). Every part is in place."""
    interrupts.hold()
    verdict = None
    try:
        try:
            bring_back(config, log, record)
        except Failure as failure:
            verdict = failure  # With which the rollback ends: it is complete.
        for part in record.parts:
            parts.restoration(config, log, record, part).settle()
        if verdict is None:
            log.step(f"done: {record.sources} restored, verified in use, after {time.monotonic() - began:.2f} s")
        journal.clear(config.backups)
    except (OSError, ValueError) as error:
        raise Failure(
            Exit.HALF_WAY, f"{record.sources} restored, but {described(error)}: run it again to finish"
        ) from None
    if verdict is not None:
        raise verdict


def bring_back(config: Config, log: RunLog, record: Record) -> None:
    """Have what was restored served, by processes that began after it was (H4), and verified; Failure is a verdict."""
    for part in record.parts:
        durable.sync(config.live(part.kind).parent)
    if parts.are_served(record):
        try:
            host.stop(config.units, config.stop_s)
            expect_silence(config)
            guard.remove(config.units)
            host.start(config.units, config.ready_s)
        except (OSError, Failure) as error:
            raise Failure(
                Exit.NO_SERVICE, f"{record.sources} restored, but the units do not start: {described(error)}"
            ) from None
    kinds = [part.kind for part in record.parts]
    # What `back` returns to is right if it is what it was, and need not be well.
    served = health.served(config, kinds, record.expected, config.ready_s, record.excused)
    stored = {} if record.type == "back" else health.stored(config, kinds, record.expected)
    for name, check in {**served, **stored}.items():
        log.step(f"{name}: {check.found}")
    if "database" in kinds and stored:
        log.step(f"rows: {health.rows(config)}")
    unserved = database.failing({name: check for name, check in served.items() if name not in record.excused})
    if unserved:
        raise Failure(Exit.NO_SERVICE, f"{record.sources} restored, but {unserved}")
    if database.failing(stored):
        raise Failure(
            Exit.NOT_VERIFIED,
            f"{record.sources} restored and the service is back, but not verified: {database.failing(stored)}",
        )


def undo(config: Config, log: RunLog, record: Record) -> None:
    """Take back a rollback that replaced nothing. Failure(HALF_WAY) if even that fails."""
    try:
        for part in record.parts:
            parts.restoration(config, log, record, part).discard()
        guard.remove(config.units)
        host.start(record.units, config.ready_s)
        journal.clear(config.backups)
    except OSError as error:
        raise Failure(
            Exit.HALF_WAY,
            f"everything is as it was, but the rollback could not be undone: {described(error)}; "
            f"run it again, or systemctl start {' '.join(record.units)}",
        ) from None


def hold_back(config: Config, log: RunLog, record: Record) -> None:
    """See that no boot starts the units between two parts that they use.

    Where that cannot be done, a rollback is worth more than what a power failure in its next moment could do.
    """
    if len(record.parts) == 1 or not parts.are_served(record):
        return
    try:
        guard.put(config.units, journal.path(config.backups))
    except OSError as error:
        log.step(f"should the power fail before all parts are restored, the units would start: {described(error)}")


def expect_silence(config: Config) -> None:
    """Failure(REFUSED) if anything still answers with the units stopped: a process outside them serves (H4)."""
    if config.units:
        found = release.listens(config.version_url)
        if found:
            raise Failure(
                Exit.REFUSED,
                f"{config.version_url} still answers ({found}) with the units stopped: end the process that serves it",
            )
