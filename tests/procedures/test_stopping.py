"""Units are stopped by their manager: with a grace, and then without."""

from __future__ import annotations

from pathlib import Path

import host
import pytest

SYSTEMCTL = """#!/bin/sh
echo "$@" >> {folder}/calls
case $1 in
show) cat {folder}/state ;;
stop) [ -e {folder}/killed ] || sleep {request}; echo inactive > {folder}/state ;;
kill) touch {folder}/killed ;;
esac
"""


@pytest.mark.parametrize(("request_s", "killed"), [(0.1, False), (30, True)])
def test_requests_have_a_grace_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_s: float, killed: bool
) -> None:
    (tmp_path / "state").write_text("active")
    program = tmp_path / "systemctl"
    program.write_text(SYSTEMCTL.format(folder=tmp_path, request=request_s))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    host.stop(["shop.service"], 0.5)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert ("kill --signal=SIGKILL shop.service" in calls) == killed
    assert calls[0] == "stop shop.service"
