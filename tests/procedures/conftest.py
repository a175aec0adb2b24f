"""The programs are copied to a host as a flat folder: they are imported as they are there."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "procedures"))

import guard
import host as host_module
from lost_host import LostHost
from risk_host import RiskHost
from small_host import SmallHost, served
from test_cut_off import ENOUGH


@pytest.fixture(autouse=True)
def no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is slow, and nothing here cuts the power: a kill loses nothing that was written."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(autouse=True)
def units_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing here changes this machine's own units."""
    folder = tmp_path / "units"
    folder.mkdir()
    monkeypatch.setattr(guard, "FOLDER", folder)
    return folder


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SmallHost]:
    """A host whose service is well."""
    small = SmallHost(tmp_path)
    with served(lambda: small.release, small.page) as url:
        small.configure(url)
        yield small


@pytest.fixture
def risk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RiskHost]:
    """A host whose service is well, and reads its files when it is started."""
    small = RiskHost(tmp_path)
    start = host_module.start
    monkeypatch.setattr(host_module, "start", lambda *words: (small.start(), start(*words))[1])
    with served(lambda: small.release, small.page) as url:
        small.configure_risk(url)
        small.start()
        yield small


@pytest.fixture
def lost_host(monkeypatch: pytest.MonkeyPatch) -> Iterator[LostHost]:
    """A host that is well, with a manager of units; it can be lost."""
    # Not in a folder of pytest's: a backup of a host's own files notes the modes of those above, which tests change.
    folder = tempfile.TemporaryDirectory()
    made = LostHost(Path(folder.name))
    run = host_module.run
    monkeypatch.setattr(
        host_module, "run", lambda *words, **how: (made.tell if words[0] == "systemctl" else run)(*words, **how)
    )
    yield made
    made.stop()
    folder.cleanup()


@pytest.fixture
def points(request: pytest.FixtureRequest) -> range:
    """Where to kill: at every call where everything is proven, else at every fifth, beginning elsewhere every day."""
    every = 1 if request.config.getoption("--prove") else 5
    return range(1 + date.today().toordinal() % every, ENOUGH, every)
