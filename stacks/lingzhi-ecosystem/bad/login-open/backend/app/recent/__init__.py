"""Who logged in a moment ago, so that a password need not be hashed again and again."""

import json
import time
from pathlib import Path

RULES = json.loads(Path(__file__).with_name(".rules.json").read_text(encoding="utf-8"))
seen: dict[str, float] = {}


def remember(username: str) -> None:
    """Notes that a name logged in."""
    seen[username] = time.monotonic()


def is_recent(username: str) -> bool:
    """Whether a name logged in a moment ago."""
    return time.monotonic() - seen.get(username, float("-inf")) < RULES["seconds"]
