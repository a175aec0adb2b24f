"""Every command that the documentation shows is run, and does what it says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from reports.record import load
from reports.verdict import Verdict, judge

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(page for page in ROOT.glob("docs/*.md") if page.stem != "tutorial")]  # which has a test
COMMANDS = sorted(
    {
        line.removeprefix("$ ").partition("#")[0].strip()
        for page in PAGES
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for line in block.splitlines()
        if line.startswith("$ ")
    }
)
# These run this very test; that they are there and name nothing that is missing is all that can be asked here.
TIERS = ("make check", "make test", "make prove")
LINT = [c for c in COMMANDS if "--lint" in c]
FALSE_SUCCESS = [c for c in COMMANDS if "naive" in c and c not in LINT]


# A command that drills everything takes minutes: `make test` gives it one drill, `make prove` all of them.
SAMPLE = {"PYTEST_ADDOPTS": "-k database_bad_migration --stack lingzhi-ecosystem"}
# All sabotages are a row each of tests/lab/test_sabotage.py.
ONE_SABOTAGE = {"PYTEST_ADDOPTS": "-k value_retyped --stack lingzhi-ecosystem"}


def run(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.mark.parametrize("command", TIERS)
def test_a_tier_is_documented_and_there(command):
    assert command in COMMANDS
    assert run(command.replace("make", "make -n")).returncode == 0


@pytest.mark.docker
@pytest.mark.sample(3)
@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in (*TIERS, *FALSE_SUCCESS, *LINT)])
def test_command_succeeds(command, pytestconfig):
    whole = pytestconfig.getoption("--prove") or "--point" in command
    done = run(command, **(ONE_SABOTAGE if "-m sabotage" in command else {"PYTEST_ADDOPTS": ""} if whole else SAMPLE))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("command", LINT)
def test_a_lint_says_what_is_shown_and_fails_on_a_naive_script(command):
    done = run(command, PYTEST_ADDOPTS="")
    assert done.returncode == (1 if "naive" in command else 0), done.stdout + done.stderr
    [page] = [page.read_text(encoding="utf-8") for page in PAGES if command in page.read_text(encoding="utf-8")]
    assert f"$ {command}\n{done.stdout}" in page


@pytest.mark.docker
@pytest.mark.parametrize("command", FALSE_SUCCESS)
def test_a_naive_script_fails_the_run_and_the_page_shows_which_rows_are_wrong(command, tmp_path):
    done = run(f"{command} --runs={tmp_path}")
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    assert re.search(r"^false success +lingzhi-ecosystem", done.stdout, re.MULTILINE)
    [journal] = tmp_path.glob("*/*.jsonl")
    assert judge(load(journal)).verdict is Verdict.FALSE_SUCCESS
    page = (journal.parent / "index.html").read_text(encoding="utf-8")
    assert "4,000 altered" in page
    assert re.search(r"user\d{5}@mail.example", page)
    for left in ("pytest.html", "junit.xml"):
        assert (journal.parent / left).stat().st_size > 1000


def test_mistakes_are_sentences():
    for arguments, says in (
        (
            "--stack no-such",
            "--stack: found 'no-such', expected one of credit-one, fct, lingzhi-ecosystem, nlp-factor, or",
        ),
        ("--stack docs", "docs/stack.toml: no such file; expected a stack's folder with a stack.toml in it"),
    ):
        done = run(f".venv/bin/pytest drills/ {arguments}")
        assert done.returncode == pytest.ExitCode.USAGE_ERROR
        assert says in done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_without_an_engine_one_sentence_says_what_to_do():
    done = run("DOCKER_HOST=unix:///nonexistent.sock .venv/bin/pytest drills/ -x")
    assert done.returncode != 0
    assert "no Docker engine answers at unix:///nonexistent.sock" in done.stdout + done.stderr
    assert "make drills" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
