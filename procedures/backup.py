#!/usr/bin/env python3
"""Take backups while everything is in use, judge them (SOP decision 7), and remove the old ones (SOP decision 6).

site, backend, config, model and database, those that the host has, are what rollback.py restores; host is what else
recover.py needs to build the host anew; `all` is all of these with one time in their names; logs are kept as evidence,
and never restored. A config is filed among its versions under the `version` that it says, a model under the time; one
that lies there already is not filed a second time. A backup is kept whatever the checks say, for it may be all there
is; but only one that held every check is stable, and only a stable one is proposed by rollback.py.

`prune` removes what none of the two rules of its kind keeps: the newest so many, and all younger than so many days, by
the time in the name. Models, the newest stable backup of each kind, and what has no manifest of this stack stay.
"""

from __future__ import annotations

import sys
from typing import List, Optional

import catalogue
import host
import program
import prune
import taking
from config import HOST, KINDS, Config
from exits import Exit
from runlog import RunLog


def main(words: Optional[List[str]] = None) -> Exit:
    """The program; `words` stands for the command line."""
    parser = program.arguments(__doc__)
    parser.add_argument("kind", choices=[*KINDS, HOST, "all", "logs", "prune"], help="what to back up, or `prune`")
    parser.add_argument("--adopt", metavar="NAME", help="give a database's backup made otherwise its manifest")
    parser.add_argument("--dry-run", action="store_true", help="of prune: say what would go, change nothing")
    parser.add_argument("--wait", type=float, default=30.0, metavar="SECONDS", help="to wait for a lock (%(default)g)")
    given = parser.parse_intermixed_args(words)
    if given.adopt and given.kind != "database":
        parser.error("--adopt is for a database")
    if given.dry_run and given.kind != "prune":
        parser.error("--dry-run is for prune")
    if given.list and given.kind == "prune":
        parser.error("--list is for a kind, or all")

    def act(config: Config, log: RunLog) -> Exit:
        kinds = config.backed_up if given.kind in ("all", "prune") else (given.kind,)
        config.expect(kinds)
        if given.list:
            catalogue.show(config, kinds, log)
            return Exit.DONE
        owned = [config.live(kind) for kind in kinds if kind not in (HOST, "logs")]
        host.expect_rights(owned, [config.backups, *(config.folder(kind) for kind in kinds)])
        with host.lock(config.backups, given.wait):
            if given.kind == "prune":
                return prune.prune(config, log, given.dry_run)
            catalogue.sweep(config, kinds)
            return (
                taking.adopt(config, log, given.adopt) if given.adopt else taking.take(config, log, kinds, given.wait)
            )

    return program.run(given.config, act)


if __name__ == "__main__":
    sys.exit(main())
