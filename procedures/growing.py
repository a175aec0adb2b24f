"""A file that may grow while it is copied, as a log does: as far as it went when its turn came."""

from __future__ import annotations

import os
from pathlib import Path


def copy(path: Path, target: Path) -> os.stat_result:
    """Copy it to a new file, and answer what it was; OSError if it was cut meanwhile.

    A log only grows, a line at a time: so far, it is consistent. It is read through one open file, so that one which is
    put aside meanwhile is copied still.
    """
    with open(path, "rb") as file, open(target, "xb") as copied:
        status = os.fstat(file.fileno())
        left = status.st_size
        while left:
            block = file.read(min(left, 1 << 20))
            if not block:
                raise OSError(f"{path} was cut while it was copied")
            left -= copied.write(block)
    return status
