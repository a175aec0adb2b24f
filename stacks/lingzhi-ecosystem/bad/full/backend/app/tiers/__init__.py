"""Tiers: none, silver, gold."""

import json
from pathlib import Path

TIERS = json.loads(Path(__file__).with_name(".tiers.json").read_text(encoding="utf-8"))
