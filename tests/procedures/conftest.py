"""The programs are copied to a host as a flat folder: they are imported as they are there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "procedures"))

from small_host import SmallHost, served


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SmallHost]:
    """A host whose service is well."""
    small = SmallHost(tmp_path)
    with served(lambda: small.release, small.page) as url:
        small.configure(url)
        yield small
