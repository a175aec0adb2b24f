"""The tracer's modules, which lie in one folder on a host and import each other by their names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "fixtures" / "tracer"))
