"""How often one name may try to log in."""

import json
from pathlib import Path

RULES = json.loads(Path(__file__).with_name(".rules.json").read_text(encoding="utf-8"))
tried: dict[str, int] = {}


def may_try(username: str) -> bool:
    """Counts an attempt, and says whether it is one too many."""
    tried[username] = tried.get(username, 0) + 1
    return tried[username] <= int(RULES["attempts"])
