"""What a run has left, in words: the same for two hosts between which nobody could tell, and different otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import remains

PROGRAM = Path(remains.__file__)


def left(kept, *paths):
    done = subprocess.run(
        [sys.executable, "-B", PROGRAM, str(kept)], input=json.dumps([str(p) for p in paths]),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


@pytest.fixture
def file(tmp_path):
    """A file, and the one like it that was kept."""
    there = tmp_path / "host" / "file"
    kept = Path(f"{tmp_path}/kept{there}")
    for path in (there, kept):
        path.parent.mkdir(parents=True)
        path.write_text("as it was")
    return there


def test_what_was_written_anew_alike_is_not_named(file, tmp_path):
    file.unlink()
    file.write_text("as it was")
    assert left(tmp_path / "kept", file) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_text("as it is"),
        lambda file: file.chmod(0o600),
        lambda file: os.link(file, f"{file}.link"),
        lambda file: file.unlink(),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), file.symlink_to("elsewhere")),
    ],
    ids=["content", "mode", "links", "gone", "a folder", "a link"],
)
def test_each_change_is_named(file, tmp_path, change):
    change(file)
    assert list(left(tmp_path / "kept", file)) == [str(file)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"started": 1790000000.25, "inode": 123456}', '{"started": 1790000061.5, "inode": 123999}'),
        ("backup_20260101_120000", "backup_20260101_120107"),
        ("at 2026-01-01T12:00:00.5", "at 2026-01-01T12:01:00"),
        ("tmp8f3k2l1q", "tmpzzzzzzz1"),
    ],
)
def test_what_passes_does_not_count(one, other):
    assert remains.without_passing(one) == remains.without_passing(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"replacing": true', '"replacing": false'),
        ('"inode": 0', '"inode": 123456'),
        ('"rows": 9999', '"rows": 9998'),
        ("sha256 0a1b2c3d4e5f60718293", "sha256 0a1b2c3d4e5f60718294"),
    ],
)
def test_what_says_something_does(one, other):
    assert remains.without_passing(one) != remains.without_passing(other)
