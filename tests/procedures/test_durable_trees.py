"""Trees and the power: what a rollback takes along must be on disk under its new name before the trees change."""

from __future__ import annotations

import os
from pathlib import Path

import durable
import pytest
import tree
from nasty import write
from tree import Scope


def test_what_is_taken_along_is_on_disk_under_its_new_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live, prepared = tmp_path / "live", tmp_path / "prepared"
    for path in ("app.db", "data/deep/log", "cache/a/b", "code.py"):
        (live / path).parent.mkdir(parents=True, exist_ok=True)
        write(live / path, path)
    prepared.mkdir()
    write(prepared / "code.py", "good")
    synced: dict[str, list[str]] = {}
    monkeypatch.setattr(
        durable, "sync", lambda path: synced.update({str(path.relative_to(prepared)): os.listdir(path)})
    )
    tree.take_along(live, prepared, Scope(live, (f"{live}/app.db", f"{live}/data/deep/log", f"{live}/cache")))
    assert "app.db" in synced["."]
    assert "data" in synced["."]
    assert synced["data"] == ["deep"]
    assert synced["data/deep"] == ["log"]
    assert synced["cache"] == ["a"]
    assert synced["cache/a"] == ["b"]
