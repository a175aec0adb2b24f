"""Two trees that lie side by side change places.

In one step where kernel and file system can (RENAME_EXCHANGE: ext4, xfs, btrfs, tmpfs). Elsewhere by renames, between
which the live tree is not there for a moment: whoever asks then is answered 404, and after a power failure in that
moment it is missing until the next run puts it back (`mend`).
"""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

import durable

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_CANNOT = (errno.ENOSYS, errno.EINVAL)


def exchange(live: Path, prepared: Path) -> None:
    """The prepared tree becomes the live one, and the other way about; for good."""
    if not _at_once(live, prepared):
        aside = _aside(live)
        os.rename(live, aside)
        os.rename(prepared, live)
        os.rename(aside, prepared)
    durable.sync(live.parent)


def mend(live: Path, prepared: Path) -> None:
    """After an exchange that was cut off between its renames: as if it had not begun, or as if it were done."""
    aside = _aside(live)
    if aside.exists():
        os.rename(aside, prepared if live.exists() else live)
        durable.sync(live.parent)


def _aside(live: Path) -> Path:
    return live.with_name(f".{live.name}.aside")


def _at_once(live: Path, prepared: Path) -> bool:
    """Whether it could be done in one step."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # A C library that does not know it.
        return False
    if call(_AT_FDCWD, os.fsencode(live), _AT_FDCWD, os.fsencode(prepared), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(live))
