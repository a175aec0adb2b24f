"""`pytest checks/` with options that make no sense: one sentence, before anything is asked of a host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STACK = ["--stack", "lingzhi-ecosystem"]
TARGET = ["--target", "ssh://root@host.example"]


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["checks/"], "checks/ verifies a live host: give --target ssh://user@host"),
        (["checks/", *STACK], "checks/ verifies a live host: give --target ssh://user@host"),
        (["checks/test_live.py", *TARGET], "--stack: found 0, expected the one that the host runs"),
        (["checks/", *TARGET, *STACK, "--stack", "fct"], "--stack: found 2, expected the one that the host runs"),
        (["checks/", *TARGET, "--stack", "no-such"], "--stack: found 'no-such', expected one of credit-one, "),
        (["checks/", *STACK, "--target", "https://host.example"], "--target: found 'https://host.example', "),
        (["checks/", *STACK, *TARGET, "--url", "http://www.real.example"], "--url: found 'http://www.real.example'"),
        (["checks/", *STACK, *TARGET, "--ssh-config", "no-such"], "--ssh-config: found 'no-such', expected a file"),
        (["checks/", *STACK, *TARGET, "-n", "2"], "-n: found 2, expected none"),
        (["checks/", "drills/", *STACK, *TARGET], "found both drills/ and checks/, expected one"),
        (["drills/", *STACK, *TARGET], "--target: found one without checks/"),
    ],
)  # fmt: skip
def test_mistakes_are_sentences(arguments, says, tmp_path):
    command = [sys.executable, "-m", "pytest", *arguments, f"--runs={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert says in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_there_is_a_row_a_check(tmp_path):
    command = [sys.executable, "-m", "pytest", "checks/", "--collect-only", "-q", *STACK, *TARGET, f"--runs={tmp_path}"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "checks/test_live.py::test_holds[database.integrity]" in listed
    assert "checks/test_live.py::test_holds[services.reboot]" in listed  # it will say why it is not judged
