"""The journal of one drill: a file of JSON lines, written as things happen.

Each line is one event: `{"event": <name>, "at": <epoch seconds>, …}`. What each event carries is said by the class in
`reports.record` that reads it. A journal that does not end with `closed` is of a drill that was aborted.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from reports.redaction import Redaction

SCHEMA = 1


class Journal:
    """Append-only; every event reaches the file before `write` returns, so that a killed run keeps what it saw.

    No secret that `redaction` knows of reaches the file. Several threads may write.
    """

    def __init__(self, path: Path, redaction: Redaction | None = None) -> None:
        self.redaction = redaction or Redaction({})
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        # What a host prints may hold bytes that are no UTF-8 (surrogates, by now): "\\udc80" is JSON for them.
        self._file = path.open("x", encoding="utf-8", errors="backslashreplace")

    def write(self, event: str, **data: Any) -> None:
        """Append one event; values must be JSON (str, numbers, bool, None, lists, dicts)."""
        seen = self.redaction.event(data)
        with self._lock:
            line = json.dumps({"event": event, "at": time.time(), **seen}, ensure_ascii=False, allow_nan=False)
            self._file.write(line + "\n")
            self._file.flush()

    def close(self) -> None:
        """Write the closing record and make the file durable."""
        self.write("closed")
        os.fsync(self._file.fileno())
        self._file.close()


def read(path: Path) -> list[dict[str, Any]]:
    """All events of a journal, in order; a last line that was cut off (the run was killed while writing) is left out.

    Raises:
        ValueError: a line other than that is not an event.
        OSError: the file cannot be read.
    """
    events: list[dict[str, Any]] = []
    # By "\n" alone, and as bytes: a host's text may hold other line ends (U+2028), and a cut may part a character.
    *lines, rest = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        event = _event(line)
        if event is None:
            raise ValueError(f"{path}: line {number} is no event; journals are never edited, so it was damaged")
        events.append(event)
    if event := _event(rest):
        events.append(event)
    return events


def begins_with(path: Path, event: str) -> bool:
    """Whether a journal's first event is this one, which says what it is of; one that cannot be read is of nothing."""
    try:
        events = read(path)
    except (OSError, ValueError):
        return False
    return bool(events) and events[0]["event"] == event


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None
