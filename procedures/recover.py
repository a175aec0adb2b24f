#!/usr/bin/env python3
"""Build a host anew from a folder of its backups, on a bare one: the system, the packages, and nothing of the service.

The folder is a copy of the one that backup.py fills, brought from elsewhere; it holds this program too:
FOLDER/host.backup_<time>/opt/rollback/recover.py FOLDER. The newest set of backups that is whole, stable and fits
together is used, all of one time: every backup of it is verified before anything is changed. Accounts, the host's own
files (units, nginx, certificates), the backups, site, backend, config, model and database are put in place, the units
enabled and started, and the right release waited for.

A host that holds any of it already is refused. A run that was cut off is finished by the next one.
"""

# ruff: noqa: E402
from __future__ import annotations

import sys

sys.dont_write_bytecode = True  # The program lies in a backup, which must stay what its manifest says.

from pathlib import Path
from typing import List, Optional

import catalogue
import host
import interrupts
import program
import rebuild
import sets
from config import HOST, Config
from exits import Exit, Failure, described
from runlog import RunLog
from sets import BackupSet


def main(words: Optional[List[str]] = None) -> Exit:
    """The program; `words` stands for the command line."""
    parser = program.arguments(__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the backups of the host that is gone")
    parser.add_argument("--dry-run", action="store_true", help="verify all that can be verified, change nothing")
    given = parser.parse_args(words)
    folder: Path = given.folder.absolute()

    def act(config: Config, log: RunLog) -> Exit:
        config.expect((HOST,))
        if not folder.is_dir():
            raise Failure(Exit.USAGE, f"{folder}: found no folder, expected the backups of {config.stack}")
        if given.list:
            hosts = catalogue.listed(sets.view(config, folder, None), HOST)
            catalogue.show(sets.view(config, folder, hosts[0].path if hosts else None), config.backed_up, log)
            return Exit.DONE
        above = [config.live(kind).parent for kind in config.kinds]
        host.expect_rights(above, above)
        with host.lock(folder):
            return recover(config, log, folder, given.dry_run)

    return program.run(given.config, act)


def recover(config: Config, log: RunLog, folder: Path, dry: bool) -> Exit:
    """Choose and verify, put in place, start; or finish what was cut off."""
    record = rebuild.read(config)
    chosen = cut_off(config, log, folder, record) if record else sets.choose(config, folder, log)
    for source in (chosen.host, *chosen.sources):
        log.step(f"verified {source.path.name}: {source.kind}, whole, stable, fits")
    found = list(rebuild.differing(chosen) if record else rebuild.occupied(config, chosen, folder))
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise Failure(Exit.REFUSED, f"this host is not bare, it has {', '.join(found[:3])}{more}: nothing was changed")
    newer = sets.newer(config, folder, chosen)
    if newer:
        log.step(f"newer than the set of {chosen.stamp}, and not used: {', '.join(newer)}")
    rebuild.expect_space(config, chosen, folder)
    if dry:
        log.step(f"dry run: the set of {chosen.stamp} would be put in place; nothing was changed")
        return Exit.DONE
    interrupts.hold()
    rebuild.begin(config, chosen, folder)
    try:
        rebuild.place(config, log, chosen, folder)
    except (OSError, ValueError) as error:
        raise Failure(
            Exit.HALF_WAY, f"{described(error)}: the recovery is not finished, run it again to finish"
        ) from None
    rebuild.serve(config, log, chosen)
    log.step(f"done: {config.stack} is {chosen.release} of the set of {chosen.stamp}, verified in use")
    rebuild.end(config)
    return Exit.DONE


def cut_off(config: Config, log: RunLog, folder: Path, record: rebuild.Record) -> BackupSet:
    """The set that the last run was to put in place."""
    log.step(f"a recovery from the set of {record.stamp} was cut off, or did not end well: finishing it")
    try:
        return sets.complete(config, folder, record.stamp)
    except ValueError as error:
        raise Failure(Exit.HALF_WAY, f"the recovery from {record.stamp} is half-way, and {error}") from None


if __name__ == "__main__":
    sys.exit(main())
