"""The live config or model, filed among its versions: under its own version, once, and never over another one (H28)."""

from __future__ import annotations

import dataclasses
import os
import re
import time
from pathlib import Path
from typing import Optional, Tuple

import catalogue
import durable
import host
import judging
import manifest
import naming
import tree
from catalogue import Backup
from config import Config
from manifest import Manifest


def file(config: Config, its: Manifest, stamp: str) -> Tuple[Manifest, Path]:
    """The manifest, judged, and where the file lies. A version with the same bytes is not filed a second time.

    Else a backup every night would push the versions out that are worth keeping. OSError, ValueError if there is none.
    """
    kind, live = its.kind, config.live(its.kind)
    found = durable.sha256(live)
    if its.checks[kind].holds and its.checks[kind].found != found:
        raise ValueError(f"{live} changed while it was looked at")
    same = _same(config, kind, found)
    path = same.path if same else _new(config, kind, found, stamp)
    status = live.stat()
    entry = tree.entry(path)._replace(
        mode=status.st_mode & 0o7777,
        owner=tree.user(status.st_uid),
        group=tree.group(status.st_gid),
        target=os.readlink(live) if live.is_symlink() else "",
    )
    its = dataclasses.replace(its, name=path.name, ended=time.time(), entries={"": entry})
    if same and not same.fault and (same.its.stable or not its.stable):
        return dataclasses.replace(its, started=same.its.started), path  # What is written of it stays.
    manifest.write(its, path)
    return its, path


def _same(config: Config, kind: str, sha256: str) -> Optional[Backup]:
    for version in catalogue.listed(config, kind):
        its = version.manifest
        if (
            its
            and its.stack == config.stack
            and "" in its.entries
            and its.entries[""].sha256 == sha256 == durable.sha256(version.path)
        ):
            return version
    return None


def _new(config: Config, kind: str, sha256: str, stamp: str) -> Path:
    live, folder = config.live(kind), config.folder(kind)
    if not folder.exists():
        _make_like(folder, live.parent)
    status = live.stat()
    host.expect_space([(folder, status.st_size)])
    path = folder / config.naming(kind).name(_version(config, kind) or stamp)
    partial = durable.partial_of(path)
    durable.copy(live, partial, str(status.st_uid), str(status.st_gid), status.st_mode & 0o7777)
    if durable.sha256(partial) != sha256:
        raise ValueError(f"{live} changed while it was copied")
    durable.rename(partial, path)
    return path


def _version(config: Config, kind: str) -> Optional[str]:
    """What a config calls itself, if it does, and if no other one is called so."""
    if kind != "config" or config.settings is None:
        return None
    try:
        found = judging.parsed(config.settings, config.settings.path)
    except ValueError:
        return None
    version = str(found.get("version", "")) if isinstance(found, dict) else ""
    path = config.folder(kind) / config.naming(kind).name(version)
    taken = os.path.lexists(path) or manifest.path_of(path).exists()
    return version if re.fullmatch(naming.VERSION, version) and not taken else None


def _make_like(folder: Path, model: Path) -> None:
    """Whoever may look into the one may look into the other."""
    folder.mkdir(parents=True)
    status = model.stat()
    os.chown(folder, status.st_uid, status.st_gid)
    os.chmod(folder, status.st_mode & 0o7777)
