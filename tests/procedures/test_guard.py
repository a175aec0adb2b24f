"""What keeps a boot from starting the units while a rollback of several parts is half-way."""

from __future__ import annotations

from pathlib import Path

import guard
import host as host_module
import pytest


@pytest.fixture
def reloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The units of which systemd was to forget what it had read."""
    found: list[str] = []
    monkeypatch.setattr(host_module, "forget_old_files", found.append)
    return found


def test_it_holds_while_the_record_lies_there_and_leaves_nothing(units_folder: Path, reloads: list[str]) -> None:
    guard.put(["shop.service"], Path("/backups/100%/rollback-in-progress.json"))
    drop_in = units_folder / "shop.service.d" / "rollback-in-progress.conf"
    assert drop_in.read_text() == "[Unit]\nConditionPathExists=!/backups/100%%/rollback-in-progress.json\n"
    guard.remove(["shop.service", "other.service"])
    assert list(units_folder.iterdir()) == []
    assert reloads == ["shop.service"]


def test_a_units_own_drop_ins_stay(units_folder: Path, reloads: list[str]) -> None:
    own = units_folder / "shop.service.d" / "limits.conf"
    own.parent.mkdir()
    own.write_text("[Service]\n")
    guard.put(["shop.service"], Path("/backups/rollback-in-progress.json"))
    guard.remove(["shop.service"])
    assert list(own.parent.iterdir()) == [own]


def test_what_was_cut_off_while_it_was_put_is_removed(units_folder: Path, reloads: list[str]) -> None:
    folder = units_folder / "shop.service.d"
    folder.mkdir()
    (folder / ".rollback-in-progress.conf.partial").write_text("[Un")
    guard.remove(["shop.service"])
    assert not folder.exists()
