"""Units that do not start by themselves while a rollback of several parts is half-way.

After a power failure a host starts whatever is enabled, and then one part may be restored and another not: a mixture,
which would be served, and written to. A drop-in beside each unit holds it back for as long as the rollback's record
lies there. Only a boot meets it: systemd is not told of it, so that the rollback's own start is not held back.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Sequence

import durable
import host

FOLDER = Path("/etc/systemd/system")
_NAME = "rollback-in-progress.conf"


def put(units: Sequence[str], record: Path) -> None:
    """Hold the units back from the next boot on, durably, while the record is there; OSError if that cannot be."""
    for unit in units:
        drop_in = _drop_in(unit)
        drop_in.parent.mkdir(mode=0o755, exist_ok=True)
        durable.write(drop_in, f"[Unit]\nConditionPathExists=!{str(record).replace('%', '%%')}\n")
    durable.sync(FOLDER)


def remove(units: Sequence[str]) -> None:
    """Let them start; systemd forgets what it has read of it at a boot. May be done again."""
    for unit in units:
        drop_in = _drop_in(unit)
        if drop_in.parent.is_dir():
            durable.remove(drop_in)
            durable.remove(durable.partial_of(drop_in))
            durable.sync(drop_in.parent)
            with contextlib.suppress(OSError):  # the unit has drop-ins of its own
                drop_in.parent.rmdir()
            host.forget_old_files(unit)


def _drop_in(unit: str) -> Path:
    return FOLDER / f"{unit}.d" / _NAME
