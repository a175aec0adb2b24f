"""Files that are still there, and whole, after the power fails."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import Callable


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy(source: Path, target: Path, user: str, group: str, mode: int) -> None:
    """Copy the bytes, give the copy its owner and mode, and sync it; its name is synced by whoever renames it."""
    remove(target)
    shutil.copyfile(source, target)
    own(target, user, group, mode)
    sync(target)


def own(path: Path, user: str, group: str, mode: int) -> None:
    """Set owner, group (names, or numbers as text) and mode. Owner first: chown clears bits that chmod sets."""
    shutil.chown(path, int(user) if user.isdigit() else user, int(group) if group.isdigit() else group)
    os.chmod(path, mode)


def rename(source: Path, target: Path) -> None:
    """Give a synced file its name, atomically and for good."""
    os.replace(source, target)
    sync(target.parent)


def write(path: Path, text: str) -> None:
    """Write a small file, atomically and for good: there is the old one or the new one, never half of one."""
    partial = partial_of(path)
    partial.write_text(text, encoding="utf-8")
    sync(partial)
    rename(partial, path)


def partial_of(path: Path) -> Path:
    """Where a file is made before it gets its name. Nothing takes such a name for a whole file."""
    return path.with_name(f".{path.name}.partial")


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder that may not be there."""
    if path.is_dir() and not path.is_symlink():
        os.chmod(path, 0o700)  # It may be read-only.
        for name in os.listdir(path):
            remove(path / name)
        os.rmdir(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def sweep(folder: Path, is_ours: Callable[[str], bool]) -> None:
    """Remove what an interrupted run left unnamed, where the name it would have had is ours: others work there too.

    Only under the lock: then nobody else is making one.
    """
    if folder.is_dir():
        for name in os.listdir(folder):
            named, partial, _ = name[1:].partition(".partial")
            if name.startswith(".") and partial and is_ours(named):
                remove(folder / name)


def sha256(path: Path) -> str:
    """A file's SHA-256, as hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
