#!/usr/bin/env python3
"""Keep the scene of an incident before anything changes it (SOP A, containment checklist; SOP decision 9).

`evidence.py NUMBER` writes into a folder of its own, <evidence.folder>/NUMBER: the processes, the open sockets, the
units' states and files, the journal's newest lines; the release in memory and on disk; a consistent copy of the
database, and the sizes of its side files; the logs; configuration, model and whatever else rollback.json names; and of
each tree every path with its hash. manifest.json has the SHA-256 of every file. The folder gets its name when all is
durable: what was cut off has none. It is never written over, and it is no backup: no rollback touches it, no retention.

It holds what the host holds, secrets too: files are 0600, folders 0700. `--list` says which is whole still.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

import durable
import host
import program
import scene
from config import Config
from exits import Exit, Failure, described
from runlog import RunLog

FORMAT = 1
MANIFEST = "manifest.json"
_NUMBER = re.compile(r"INC-\d{8}-\d{3,}")


def main(words: Optional[List[str]] = None) -> Exit:
    """The program; `words` stands for the command line."""
    parser = program.arguments(__doc__)
    parser.add_argument("number", nargs="?", default="", metavar="NUMBER", help="as in INC-20260301-001")
    parser.add_argument("--wait", type=float, default=10.0, metavar="SECONDS", help="to wait for a lock (%(default)g)")
    given = parser.parse_args(words)
    if not given.list and not _NUMBER.fullmatch(given.number):
        parser.error(f"NUMBER: found {given.number!r}, expected an incident's, as in INC-20260301-001")

    def act(config: Config, log: RunLog) -> Exit:
        if config.evidence is None:
            raise Failure(Exit.USAGE, f"{config.file}: evidence: found nothing, expected where evidence is kept")
        folder = config.evidence.folder
        if given.list:
            return show(folder, log)
        host.expect_rights([], [folder])
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with host.lock(folder, given.wait, "keeping of evidence"):
            return keep(config, log, folder / given.number, given.wait)

    return program.run(given.config, act)


def keep(config: Config, log: RunLog, target: Path, wait: float) -> Exit:
    """Take the scene; it has its name when it is whole. Only under the lock."""
    if target.exists():
        raise Failure(Exit.REFUSED, f"{target} is there already, and is never written over: nothing was changed")
    durable.sweep(target.parent, lambda name: _NUMBER.fullmatch(name) is not None)
    host.expect_space([(target.parent, scene.size(config))])
    partial, started = durable.partial_of(target), time.time()
    try:
        partial.mkdir(mode=0o700)
        missing = scene.take(config, partial, wait)
        files = _hashed(partial)
        its = {
            "format": FORMAT,
            "number": target.name,
            "stack": config.stack,
            "host": os.uname().nodename,
            "started": started,
            "ended": time.time(),
            "missing": missing,
            "files": files,
        }
        durable.write(partial / MANIFEST, json.dumps(its, indent=1) + "\n")
        for folder, _, names in os.walk(partial):
            for name in (*names, "."):
                durable.sync(Path(folder, name))
        durable.rename(partial, target)
    except OSError as error:
        raise Failure(Exit.UNDONE, f"no evidence was kept: {described(error)}") from None
    finally:
        durable.remove(partial)
    log.step(f"kept {target}: {len(files)} files, {sum(its['bytes'] for its in files.values())} bytes")
    if missing:
        log.failed(f"{target.name} is kept, but not all of the scene could be taken: {'; '.join(missing)}")
        return Exit.NOT_ALL
    return Exit.DONE


def show(folder: Path, log: RunLog) -> Exit:
    """A line an incident, the newest number first; every byte is read."""
    names = [name for name in os.listdir(folder) if _NUMBER.fullmatch(name)] if folder.is_dir() else []
    for name in sorted(names, reverse=True):
        try:
            its = expect_whole(folder / name)
        except (OSError, ValueError) as error:
            log.step(f"{name}: not whole: {described(error)}")
        else:
            taken = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(its["started"]))
            lacks = "; ".join(its["missing"]) or "nothing"
            log.step(f"{name}: whole, {len(its['files'])} files, taken at {taken}, lacks {lacks}")
    if not names:
        log.step(f"{folder} holds no evidence")
    return Exit.DONE


def expect_whole(folder: Path) -> Dict[str, Any]:
    """The manifest; ValueError says which file is not what it says."""
    try:
        its: Dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        expected, found = its["files"], _hashed(folder)
    except (KeyError, TypeError) as error:
        raise ValueError(f"its manifest is not one of this program's: {described(error)}") from None
    for name in sorted({*expected, *found} - {MANIFEST}):
        if expected.get(name) != found.get(name):
            how = "missing" if name not in found else "not what it was" if name in expected else "not of it"
            raise ValueError(f"{name} is {how}")
    return its


def _hashed(folder: Path) -> Dict[str, Dict[str, Any]]:
    """Every file, by its path in the folder."""
    found = {}
    for here, _, files in os.walk(folder):
        for path in (Path(here, name) for name in files):
            name = str(path.relative_to(folder))
            found[name] = {"sha256": durable.sha256(path), "bytes": path.lstat().st_size}
    return dict(sorted(found.items()))


if __name__ == "__main__":
    sys.exit(main())
