"""Old backups removed: retention.py decides, and a backup and its manifest go together (SOP decision 6)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Dict, List, Tuple

import catalogue
import database
import durable
import interrupts
import journal
import manifest
import retention
from catalogue import Backup
from config import Config
from exits import Exit, Failure
from keeping import beside
from retention import Item
from runlog import RunLog


def prune(config: Config, log: RunLog, dry: bool) -> Exit:
    """Remove what no rule keeps, or say what that would be. What has no manifest of this stack is never touched."""
    if config.retention is None:
        raise Failure(Exit.USAGE, f"{config.file}: retention: found nothing, expected a rule for each kind")
    if journal.read(config.backups):
        raise Failure(Exit.REFUSED, "a rollback is not finished, and may need any of them: nothing was changed")
    known = dict(_history(config))
    gone = retention.to_remove(known, config.stack, time.time(), config.retention)
    if not dry:
        interrupts.hold()
        catalogue.sweep(config, (*config.backed_up, "logs"))
    for item in gone:
        backup = known[item]
        rule = config.retention[item.kind]
        why = f"older than {rule.days:g} days, and not among the newest {rule.newest}"
        log.step(f"{'would remove' if dry else 'removing'} {item.name}: {why}")
        if not dry:
            _remove(backup)
    log.step(f"{len(gone)} of {len(known)} {'would go' if dry else 'are gone'}, {len(known) - len(gone)} stay")
    return Exit.DONE


def _history(config: Config) -> List[Tuple[Item, Backup]]:
    found = []
    for kind in (*config.backed_up, "logs"):
        for backup in (*catalogue.listed(config, kind), *catalogue.kept(config, kind)):
            its = backup.manifest
            at = catalogue.time_of(backup.key)
            if its and not backup.fault and (at is not None or kind in config.versioned):
                item = Item(
                    stack=its.stack,
                    kind=kind,
                    name=backup.path.name,
                    at=its.started if at is None else at,  # A version's name has no time.
                    stable=its.stable and _is_whole(config, backup),
                    snapshot=backup.path.parent == config.backups
                    and config.snapshot_naming(kind).key_of(backup.path.name) is not None,
                    used=kind in config.versioned and _is_used(config.live(kind), backup.path),
                )
                found.append((item, backup))
    return found


def _is_whole(config: Config, backup: Backup) -> bool:
    """What is damaged protects nobody: then an older one is the newest stable one."""
    try:
        catalogue.verify(config, backup)
    except ValueError:
        return False
    return True


def _is_used(live: Path, version: Path) -> bool:
    """Whether the live file leads to a version, or is a copy of it."""
    try:
        return live.resolve() == version.resolve() or durable.sha256(live) == durable.sha256(version)
    except OSError:
        return False


def _remove(backup: Backup) -> None:
    """Cut off anywhere, what is left is whole, or no backup to anybody and goes the next time (`catalogue.sweep`)."""
    files: Dict[Path, Path] = {}
    for suffix in (*database.SIDE_FILES, ""):
        path = beside(backup.path, suffix)
        if suffix in backup.its.entries or (not suffix and path.exists()):
            files[path] = durable.partial_of(path)
    for path, partial in files.items():
        if path.exists():
            durable.rename(path, partial)
    durable.remove(manifest.path_of(backup.path))
    durable.sync(backup.path.parent)
    for partial in files.values():
        durable.remove(partial)
