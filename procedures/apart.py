"""Another program's work, done apart: as whoever owns the live file, with a time-out, and ended with all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Any, Dict, Sequence


def run(words: Sequence[str], given: bytes, seconds: float, folder: Path, files: Sequence[int] = ()) -> bytes:
    """What it answers to what it is given, in a folder; ValueError says, as part of a sentence, why it does not.

    A pickle runs whatever it holds: it must not hang the rollback, end it, or do more than the service itself may.
    """
    process: subprocess.Popen[bytes] = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": "/", "LANG": "C.UTF-8"},
        start_new_session=True,
        pass_fds=files,
        **_owner_of(folder),
    )
    try:
        out, err = process.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ValueError(f"no answer in {seconds:g} s") from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
    if process.returncode < 0:
        raise ValueError(f"a process that was ended by {signal.Signals(-process.returncode).name}")
    if process.returncode:
        lines = err.decode(errors="replace").strip().splitlines()
        raise ValueError(lines[-1][:200] if lines else f"exit status {process.returncode}, and not a word why")
    return out


def _owner_of(folder: Path) -> Dict[str, Any]:
    """Root becomes the owner of the folder: nobody else could."""
    status = folder.stat()
    if os.geteuid() != 0 or status.st_uid == 0:
        return {}
    return {"user": status.st_uid, "group": status.st_gid, "extra_groups": []}
