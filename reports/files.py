"""Files that reports are written to: whole at once, or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, text: str) -> Path:
    """Give a file this text, and say where it is.

    Raises:
        OSError: the folder cannot be written; then the file is as it was.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        return new.replace(path)
    finally:
        new.unlink(missing_ok=True)
