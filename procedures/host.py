"""The host: its units, its space, and the lock that lets one operator at a time change it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import time
from pathlib import Path
from typing import Dict, Iterable, Iterator, Sequence, Tuple

import holders
from exits import Exit, Failure, described

_ANSWER_S = 10.0
_SPARE = 1 << 20
_STOPPED = ("inactive", "failed")


@contextlib.contextmanager
def lock(folder: Path, seconds: float = 0.0, what: str = "rollback or backup") -> Iterator[None]:
    """Be the only one who takes or uses the folder's backups; after `seconds`, Failure(REFUSED) names who is.

    The folder itself is locked: no lock file is left behind, and a killed owner frees it.
    """
    deadline = time.monotonic() + seconds
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    other = holders.look(holders.identities([folder])).holders - {os.getpid()}
                    who = holders.named(other) or "by whom cannot be seen"
                    raise Failure(Exit.REFUSED, f"another {what} in progress: {who}") from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def expect_rights(owned: Iterable[Path], written: Iterable[Path]) -> None:
    """Failure(NO_RIGHTS) unless this is root or the owner, who may write in the folders."""
    for here in map(_existing, owned):
        if os.geteuid() not in (0, here.stat().st_uid):
            raise Failure(Exit.NO_RIGHTS, f"neither root nor the owner of {here}: nothing was changed")
    for folder in map(_existing, written):
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Failure(Exit.NO_RIGHTS, f"{folder} cannot be written: nothing was changed")


def expect_space(needed: Iterable[Tuple[Path, int]]) -> None:
    """Failure(NO_SPACE) unless the file systems have room for the bytes that will be written to each folder."""
    by_device: Dict[int, int] = {}
    for path, size in needed:
        folder = _existing(path)
        device = folder.stat().st_dev
        by_device[device] = by_device.get(device, _SPARE) + size
        status = os.statvfs(folder)
        free = status.f_bavail * status.f_frsize
        if free < by_device[device]:
            raise Failure(
                Exit.NO_SPACE, f"{folder}: {by_device[device]} bytes needed, {free} free: nothing was changed"
            )


def _existing(path: Path) -> Path:
    """The path, or of the folders that it would be in the first that is there."""
    return next(here for here in (path, *path.parents) if here.exists())


def state(unit: str) -> str:
    """The unit's ActiveState: active, inactive, failed, activating, deactivating, reloading."""
    return _systemctl("show", "--property=ActiveState", "--value", unit, seconds=_ANSWER_S).strip()


def is_up(unit: str) -> bool:
    """Whether the unit runs, or is on its way to (a crashing one that systemd starts again is)."""
    return state(unit) in ("active", "activating", "reloading")


def stop(units: Sequence[str], seconds: float) -> None:
    """Stop the units and see that they are stopped; a unit that Restart=always would bring back stays stopped (H4).

    What they were asked they may bring to its end, for `seconds`. Then all of their processes are killed, and nobody
    else's (H20): the unit's own TimeoutStopSec may be much longer. A transaction that is cut off never was.
    """
    if not units:
        return
    try:
        _systemctl("stop", *units, seconds=seconds)
    except TimeoutError:
        for unit in units:
            if state(unit) not in _STOPPED:
                _systemctl("kill", "--signal=SIGKILL", unit, seconds=_ANSWER_S)
        _systemctl("stop", *units, seconds=_ANSWER_S)
    for unit in units:
        found = state(unit)
        if found not in _STOPPED:
            raise OSError(f"{unit} is {found} after systemctl stop")


def start(units: Sequence[str], seconds: float) -> None:
    """Start the units, even one that systemd has given up on; OSError if one does not start."""
    if not units:
        return
    with contextlib.suppress(OSError):
        _systemctl("reset-failed", *units, seconds=_ANSWER_S)
    _systemctl("start", *units, seconds=seconds)


def forget_old_files(unit: str) -> None:
    """Have systemd read its units again where this one was changed on disk since it did."""
    if _systemctl("show", "--property=NeedDaemonReload", "--value", unit, seconds=_ANSWER_S).strip() == "yes":
        _systemctl("daemon-reload", seconds=_ANSWER_S)


def _systemctl(*words: str, seconds: float) -> str:
    return run("systemctl", *words, seconds=seconds)


def run(*words: str, seconds: float = _ANSWER_S) -> str:
    """A command's output; OSError says how it failed, TimeoutError that it was ended after so many seconds."""
    try:
        # A session of its own: Ctrl-C is the rollback's to answer, and must not end its commands.
        done = subprocess.run(
            words,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",  # Anybody may call a process by what is no text.
            timeout=seconds,
            start_new_session=True,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"{' '.join(words)} took more than {seconds:g} s") from None
    except subprocess.CalledProcessError as error:
        raise OSError(f"{' '.join(words)} failed: {' '.join(error.stderr.split()) or described(error)}") from None
    return done.stdout
