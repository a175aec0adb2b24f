"""What else makes a host this one: unit files, nginx's configuration, certificates, programs, accounts (kind `host`).

It is kept as a tree of absolute paths, with every folder above them: a host that is built anew is given the same ones.
Accounts are kept as the two files that list them, and no password with them.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import database
import durable
import host
import tree
from config import Config, HostFiles
from tree import Entry, Found, Scope

ACCOUNTS = (Path("/etc/passwd"), Path("/etc/group"))
_ROOT = Path("/")


def copy(config: Config, partial: Path) -> Dict[str, Entry]:
    """Copy all of it into a folder that root alone may enter; answers what is there, each path relative to /.

    ValueError if nothing has the name of an include, or if anything changed while it was copied.
    """
    found = _found(config)
    host.expect_space([(config.backups, sum(each.status.st_size for each in found if each.type == "file"))])
    durable.remove(partial)
    partial.mkdir(mode=0o700)
    tree.copy_paths(_ROOT, partial, found)
    entries = tree.look(partial, Scope(_ROOT, ()))
    live = {each.path: tree.entry(_ROOT / each.path) for each in _found(config)}
    changed = tree.difference({".": entries["."], **live}, entries)
    if changed:
        raise ValueError(f"the host's own files changed while they were copied: {changed}")
    durable.sync(partial)
    return entries


def _found(config: Config) -> List[Found]:
    """Every path, a folder before what is in it; what is another kind's is left out."""
    assert config.host is not None
    excludes = (*config.host.excludes, *_of_others(config))
    found: Dict[str, Found] = {}
    for root in (*ACCOUNTS, *_roots(config.host)):
        scope = Scope(root, excludes)
        for each in tree.walk(root, scope):
            if each.inside and not scope.leaves_out("."):
                path = str((root / each.path).relative_to(_ROOT))
                found[path] = each._replace(path=path)
    lives = [config.live(kind) for kind in config.kinds]
    trees = [scope.root for scope in config.scopes.values()]
    for live in (*map(_ROOT.joinpath, list(found)), *lives, config.backups):
        for above in list(live.parents)[:-1]:
            if not any(root in (above, *above.parents) for root in trees):  # which comes back as a whole
                found.setdefault(str(above.relative_to(_ROOT)), _folder(above))
    return [found[path] for path in sorted(found)]


def _roots(files: HostFiles) -> Iterator[Path]:
    for pattern in files.includes:
        named = sorted(glob.glob(pattern))
        if not named:
            raise ValueError(f"nothing is called {pattern}")
        yield from map(Path, named)


def _of_others(config: Config) -> Tuple[str, ...]:
    """Patterns of what lies in backups, logs and the other kinds: in each set it is kept once."""
    paths = [config.backups, config.log, *(config.live(kind) for kind in config.kinds)]
    if config.store:
        paths += [Path(f"{config.store.path}{suffix}") for suffix in database.SIDE_FILES]
    own = [glob.escape(str(path)) for path in paths]
    partials = [glob.escape(str(durable.partial_of(path))) + "*" for path in paths]
    return (*own, *partials, *config.logs)


def _folder(path: Path) -> Found:
    status = os.lstat(path)
    found = Found(str(path.relative_to(_ROOT)), status, inside=True)
    if found.type != "folder":
        raise ValueError(f"{path} leads elsewhere: name what it leads to")
    return found
