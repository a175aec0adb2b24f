#!/usr/bin/env python3
"""Take backups while everything is in use, and judge them (SOP decision 7).

site, backend and database are what rollback.py restores, `all` is these three with one time in their names; logs are
kept as evidence, and never restored. A backup is kept whatever the checks say, for it may be all there is; but only one
that held every check is stable, and only a stable one is proposed by rollback.py.
"""

from __future__ import annotations

import sys
from typing import List, Optional

import catalogue
import host
import program
import taking
from config import KINDS, Config
from exits import Exit
from runlog import RunLog


def main(words: Optional[List[str]] = None) -> Exit:
    """The program; `words` stands for the command line."""
    parser = program.arguments(__doc__)
    parser.add_argument("kind", choices=[*KINDS, "all", "logs"], help="what to back up")
    parser.add_argument("--adopt", metavar="NAME", help="give a database's backup made otherwise its manifest")
    parser.add_argument("--wait", type=float, default=30.0, metavar="SECONDS", help="to wait for a lock (%(default)g)")
    given = parser.parse_intermixed_args(words)
    if given.adopt and given.kind != "database":
        parser.error("--adopt is for a database")

    def act(config: Config, log: RunLog) -> Exit:
        kinds = KINDS if given.kind == "all" else (given.kind,)
        if given.list:
            catalogue.show(config, kinds, log)
            return Exit.DONE
        host.expect_rights([config.live(kind) for kind in kinds if kind != "logs"], [config.backups])
        with host.lock(config.backups, given.wait):
            taking.sweep(config, kinds)
            return (
                taking.adopt(config, log, given.adopt) if given.adopt else taking.take(config, log, kinds, given.wait)
            )

    return program.run(given.config, act)


if __name__ == "__main__":
    sys.exit(main())
