"""A tree with everything in it that a rollback written the usual way loses, leaves behind or stumbles over."""

from __future__ import annotations

import os
from pathlib import Path

import tree
from tree import Entry, Scope


def grow(folder: Path) -> None:
    """The good release."""
    for name in ("empty", ".well-known", "assets/js", "read only", "was a folder", "sub/deep"):
        (folder / name).mkdir(parents=True)
    write(folder / ".env", "SECRET", 0o600)
    write(folder / ".well-known" / "security.txt", "mail")
    write(folder / "assets" / "js" / "site.js", "js")
    write(folder / "a name\nwith a line, ünïcode and \udcff", "odd")
    write(folder / "run.sh", "#!", 0o755)
    write(folder / "read only" / "file", "x", 0o444)
    write(folder / "was a folder" / "file", "x")
    write(folder / "was a file", "x")
    (folder / "link").symlink_to("run.sh")
    (folder / "dangling").symlink_to("/nowhere/at all")
    (folder / "to a folder").symlink_to("assets")
    os.link(folder / "run.sh", folder / "hard link")
    (folder / "read only").chmod(0o555)


def spoil(folder: Path) -> None:
    """The bad one, over it."""
    (folder / "empty").rmdir()
    (folder / ".env").chmod(0o644)
    write(folder / ".well-known" / "left over", "x")
    write(folder / ".left-over", "x")
    (folder / "sub" / "deep" / "more").mkdir()
    (folder / "was a file").unlink()
    (folder / "was a file").mkdir()
    write(folder / "was a file" / "now", "x")
    (folder / "was a folder" / "file").unlink()
    (folder / "was a folder").rmdir()
    write(folder / "was a folder", "x")
    (folder / "link").unlink()
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "dangling").unlink()
    (folder / "run.sh").unlink()


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.write_text(text)
    path.chmod(mode)


def seen(folder: Path, *left_out: str) -> dict[str, tuple[Entry, float]]:
    """All of it, with the times of what is no link or folder."""
    scope = Scope(folder, tuple(f"{folder}/{name}" for name in left_out))
    return {
        path: (entry, (folder / path).lstat().st_mtime if entry.type == "file" else 0.0)
        for path, entry in tree.look(folder, scope).items()
    }
