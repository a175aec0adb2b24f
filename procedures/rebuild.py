"""A bare host made into the one that a set of backups is of, one part after the other, each in one step and durably.

A record lies in the folder of the log from before the first part until all is verified. While it is there, a part that
is in place was put there by the run that was cut off: it is left alone, for the service may have written to it since.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Iterator, NamedTuple, Optional

import accounts
import database
import durable
import health
import host
import host_files
import placing
import release
import tree
from config import Config
from exits import Exit, Failure, described
from runlog import RunLog
from sets import BackupSet
from tree import Entry, Scope

_NAME = "recovery-in-progress.json"
_ROOT = Path("/")
_UNIT_S = 90.0


class Record(NamedTuple):
    """A recovery that is under way: from which set, in which folder."""

    stamp: str
    folder: str


def read(config: Config) -> Optional[Record]:
    """The record of a recovery that was cut off; None if none was."""
    path = config.log / _NAME
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Record(str(values["stamp"]), str(values["folder"]))
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(
            Exit.HALF_WAY, f"{path} cannot be understood ({described(error)}): look at the log, then remove it"
        ) from None


def begin(config: Config, chosen: BackupSet, folder: Path) -> None:
    """From here on a run that is cut off is finished by the next one."""
    durable.write(config.log / _NAME, json.dumps({"stamp": chosen.stamp, "folder": str(folder)}) + "\n")


def end(config: Config) -> None:
    """All is in place, and verified."""
    durable.remove(config.log / _NAME)
    durable.sync(config.log)


def occupied(config: Config, chosen: BackupSet, folder: Path) -> Iterator[str]:
    """What this host holds already of what would be put in place: what is there is never replaced."""
    for kind in config.kinds:
        if is_there(config, kind):
            yield str(config.live(kind))
    for side in database.side_files(config.store.path) if config.store else ():
        yield str(side)
    if not _is_same_folder(folder, config.backups) and config.backups.is_dir() and os.listdir(config.backups):
        yield str(config.backups)
    answers = release.listens(config.version_url)
    if answers:
        yield f"a service that answers {answers} at {config.version_url}"
    yield from differing(chosen)


def differing(chosen: BackupSet) -> Iterator[str]:
    """The host's own files that are there, and others than in the backup. The system's may be there alike."""
    for path, entry in chosen.host.its.entries.items():
        live = _ROOT / path
        if not os.path.lexists(live) or live in host_files.ACCOUNTS:
            continue
        if entry.type == "folder":
            if not live.is_dir():
                yield str(live)
        elif tree.contents({"": _entry(live)}) != tree.contents({"": entry}):
            yield str(live)


def is_there(config: Config, kind: str) -> bool:
    """Whether the host has anything of that kind; a folder may have been made for what lies beside it."""
    live = config.live(kind)
    if kind in config.scopes and live.is_dir() and not live.is_symlink():
        return bool(os.listdir(live))
    return os.path.lexists(live)


def expect_space(config: Config, chosen: BackupSet, folder: Path) -> None:
    """Failure(NO_SPACE) unless all of it fits."""
    needed = [(config.live(source.kind).parent, source.its.size) for source in chosen.sources]
    needed.append((_ROOT, chosen.host.its.size))
    if not _is_same_folder(folder, config.backups):
        needed.append((config.backups.parent, tree.size(folder, Scope(folder, ()))))
    host.expect_space(needed)


def place(config: Config, log: RunLog, chosen: BackupSet, folder: Path) -> None:
    """Put all of it in place: accounts first, since everything belongs to one; the database last."""
    copy = chosen.host.path
    passwd, group = (copy / path.relative_to(_ROOT) for path in host_files.ACCOUNTS)
    accounts.make_missing(passwd, group, log)
    number = 0
    for path, entry in sorted(chosen.host.its.entries.items()):
        live = _ROOT / path
        if not os.path.lexists(live):
            placing.put(copy / path, live, entry)
            number += 1
    log.step(f"placed {number} of the host's own files and folders from {copy.name}")
    if not _is_same_folder(folder, config.backups) and not (config.backups.is_dir() and os.listdir(config.backups)):
        partial = durable.partial_of(config.backups)
        tree.copy(folder, partial, Scope(folder, ()))
        durable.rename(partial, config.backups)
        log.step(f"placed the backups in {config.backups}")
    for source in chosen.sources:
        live = config.live(source.kind)
        if is_there(config, source.kind):
            log.step(f"the {source.kind} is in place already")
            continue
        if source.kind in config.scopes:
            placing.put_tree(source.path, live, source.its.entries)
        elif source.kind in config.versioned:
            placing.put_version(source.path, live, source.its.entries[""])
        else:
            placing.put(source.path, live, source.its.entries[""])
        log.step(f"placed {source.path.name} as {live}")


def serve(config: Config, log: RunLog, chosen: BackupSet) -> None:
    """Enable and start the units, in order; wait for the right release; verify. Failure is a verdict."""
    units = config.host.units if config.host else ()
    try:
        if units:
            host.run("systemctl", "daemon-reload", seconds=_UNIT_S)
            host.run("systemctl", "enable", *units, seconds=_UNIT_S)
        for unit in units:
            # What came with its package may run already, as the package has it.
            host.run("systemctl", "restart", unit, seconds=_UNIT_S)
            log.step(f"enabled and started {unit}")
        if units:
            host.run("systemctl", "is-enabled", *units, seconds=_UNIT_S)
    except OSError as error:
        raise Failure(Exit.NO_SERVICE, f"all is in place, but {described(error)}: mend it and run it again") from None
    served = health.served(config, config.kinds, chosen.release, config.ready_s)
    stored = health.stored(config, config.kinds, chosen.release)
    for name, check in {**served, **stored}.items():
        log.step(f"{name}: {check.found}")
    if config.store:
        log.step(f"rows: {health.rows(config)}")
    for found, code in ((served, Exit.NO_SERVICE), (stored, Exit.NOT_VERIFIED)):
        wrong = database.failing(found)
        if wrong:
            raise Failure(code, f"all is in place, but {wrong}: mend it and run it again")


def _entry(path: Path) -> Entry:
    try:
        return tree.entry(path)
    except KeyError:  # a socket, or the like
        return Entry("other", 0, "", "")


def _is_same_folder(one: Path, other: Path) -> bool:
    return other.is_dir() and os.path.samefile(one, other)
