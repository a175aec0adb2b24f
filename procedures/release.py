"""Which release is on disk, and what runs: {"release": "1.1.0", "schema": 2} from both.

What runs answers the SHA-256 of the files in its memory, too: {"config": "9f86…", "model": "60303…"}.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional

from exits import Exit, Failure, described

# The service is on this host: a proxy from the environment must not stand between.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_ANSWER_S = 2.0


class Release(NamedTuple):
    """A release's name, and the schema (PRAGMA user_version) that it works with."""

    release: str
    schema: int

    def __str__(self) -> str:
        return f"release {self.release}, schema {self.schema}"


class Running(NamedTuple):
    """A release, and by kind the SHA-256 of the files that it has read (H22)."""

    release: Release
    files: Dict[str, str]

    def __str__(self) -> str:
        return ", ".join([str(self.release), *(f"{kind} {sha256:.12}" for kind, sha256 in self.files.items())])


def on_disk(file: Path) -> Release:
    """The release that is installed. Failure(USAGE) if the file does not say."""
    try:
        return _release(json.loads(file.read_bytes()))
    except (OSError, ValueError) as error:
        raise Failure(Exit.USAGE, f"{file} does not say which release is installed: {described(error)}") from None


def answering(url: str) -> Running:
    """What the process that answers runs. OSError or ValueError if none does, or not as a release does."""
    try:
        with _DIRECT.open(url, timeout=_ANSWER_S) as answer:
            found = json.loads(answer.read(1 << 16))
            return Running(_release(found), {key: value for key, value in found.items() if isinstance(value, str)})
    except http.client.HTTPException as error:
        raise ValueError(described(error)) from None


def listens(url: str) -> str:
    """What answers there, in whatever way; empty only if connections are refused: nobody listens."""
    try:
        return str(answering(url).release)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return "" if isinstance(reason, ConnectionRefusedError) else described(error)


def wait_for(url: str, expected: Running, seconds: float) -> Optional[str]:
    """Wait until exactly what is expected answers (H21, H22). None once it does, else what was found last."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = answering(url)
        except (OSError, ValueError) as error:
            last = described(error)
        else:
            found = Running(found.release, {kind: found.files.get(kind, "none") for kind in expected.files})
            if found == expected:
                return None
            last = str(found)
        if time.monotonic() >= deadline:
            return last
        time.sleep(0.05)


def _release(found: Any) -> Release:
    if isinstance(found, dict):
        release, schema = found.get("release"), found.get("schema")
        if isinstance(release, str) and type(schema) is int:
            return Release(release, schema)
    raise ValueError(f'found {found!r:.200}, expected {{"release": text, "schema": number}}')
