"""YAML to JSON: run by the service's own python, which has the package that the service reads it with."""

from __future__ import annotations

import importlib
import json
import sys


def main() -> None:
    """From standard input to standard output; an error is one line, and exit status 1."""
    try:
        print(json.dumps(importlib.import_module("yaml").safe_load(sys.stdin.buffer), default=str))
    except Exception as error:
        sys.exit(" ".join(f"{type(error).__name__}: {error}".split()))


if __name__ == "__main__":
    main()
