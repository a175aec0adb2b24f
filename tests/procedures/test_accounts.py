"""Accounts that a bare host lacks are made, by the host's own programs, with their old numbers where these are free."""

from __future__ import annotations

from pathlib import Path

import accounts
import pytest
from runlog import RunLog

PROGRAM = """#!/bin/sh
echo "${0##*/}" "$@" >> {calls}
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the programs were called with; this machine gets no account."""
    for name in ("groupadd", "useradd", "usermod"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(PROGRAM.replace("{calls}", str(tmp_path / "calls")))
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    (tmp_path / "calls").touch()
    return tmp_path / "calls"


def make(folder: Path, passwd: str, group: str, capsys: pytest.CaptureFixture[str]) -> str:
    (folder / "passwd").write_text(passwd)
    (folder / "group").write_text(group)
    accounts.make_missing(folder / "passwd", folder / "group", RunLog(folder / "log"))
    return capsys.readouterr().out


def test_what_is_there_is_left_alone(tmp_path: Path, calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = make(tmp_path, Path("/etc/passwd").read_text(), Path("/etc/group").read_text(), capsys)
    assert (calls.read_text(), said) == ("", "")


def test_what_is_missing_is_made_by_its_old_number(
    tmp_path: Path, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passwd = "shop:x:61001:61002:Shop, the service:/opt/shop:/usr/sbin/nologin\nroot:x:0:0::/root:/bin/sh\n"
    said = make(tmp_path, passwd, "root:x:0:\nshops:x:61002:\nroot:x:0:\n", capsys)
    assert calls.read_text().splitlines() == [
        "groupadd --gid 61002 shops",
        "useradd --uid 61001 --gid shops --no-create-home --home-dir /opt/shop --shell /usr/sbin/nologin "
        "--comment Shop, the service shop",
    ]
    assert "made the group shops" in said
    assert "made the user shop" in said


def test_a_number_that_is_anothers_is_not_taken(
    tmp_path: Path, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = make(tmp_path, "shop:x:0:0::/:/bin/false\n", "shops:x:0:\n", capsys)
    assert calls.read_text().splitlines() == [
        "groupadd --system shops",
        "useradd --system --gid shops --no-create-home --home-dir / --shell /bin/false --comment  shop",
    ]
    assert "its number 0 is another's here, and it has a new one" in said


def test_memberships_come_back_of_those_who_are_there(
    tmp_path: Path, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, "", "root:x:0:nobody,somebody-who-left\n", capsys)
    assert calls.read_text().splitlines() == ["usermod --append --groups root nobody"]
