"""The lint names what scripts of the SOPs' shape are known for, and nothing in well-written ones."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import Refused
from fixtures.lint import OtherLanguage, event, interpreter, lint, shellcheck
from fixtures.lint.rules import all_rules
from fixtures.lint.syntax import parse
from fixtures.procedure import Procedure, Procedures
from fixtures.reference import procedures as reference

ROOT = Path(__file__).parents[2]
HAZARDS = ROOT / "tests/hazards/scripts"
NAIVE = sorted(ROOT.glob("stacks/*/naive/*.sh"))
WELL_WRITTEN = [
    *sorted((Path(__file__).parent / "well_written").glob("*.sh")),
    ROOT / "tests/lab/scripts/right_and_unhurried.sh",
    ROOT / "fixtures/venv.sh",
    *sorted(ROOT.glob("stacks/*/host/*.sh")),
]
# All that is named in each script. Where the hazard of its name is not among it, NOT_IN_THE_TEXT says why.
NAMED = {
    "backup_backend.sh": {"no set -e"},
    "backup_site.sh": set(),
    "h01_ssh_fails.sh": {"unchecked ssh", "no set -e", "copied over", "sleep as readiness"},
    "h02_defaults_to_now.sh": {
        "default of now",
        "no set -e",
        "cp over a database",
        "backup unread",
        "sleep as readiness",
    },
    "h03_cancel_is_success.sh": {"exit 0 on cancel", "no set -e", "cp over a database", "backup unread"},
    "h04_kill_while_systemd_restarts.sh": {"started by hand", "pkill -f", "no set -e", "sleep as readiness"},
    "h05_kill_and_copy.sh": {"cp over a database", "kill -9", "no set -e", "backup unread", "sleep as readiness"},
    "h05_stop_and_copy.sh": {"cp over a database", "no set -e", "backup unread", "sleep as readiness"},
    "h07_copied_live.sh": {"cp of a live database"},
    "h08_restore_unread.sh": {"backup unread", "no set -e", "cp over a database", "sleep as readiness"},
    "h09_prints_integrity.sh": {
        "integrity unread",
        "no set -e",
        "cp over a database",
        "backup unread",
        "sleep as readiness",
    },
    "h10_misses_the_process.sh": {"pkill -f", "no set -e", "cp over a database", "backup unread", "sleep as readiness"},
    "h11_copies_under_a_request.sh": {"cp over a database", "no set -e", "backup unread", "sleep as readiness"},
    "h12_passive_checkpoint.sh": {"bare wal_checkpoint", "no set -e", "cp of a live database"},
    "h16_copies_without_r.sh": {"cp without -r", "no set -e", "sleep as readiness"},
    "h16_site_without_r.sh": {"cp without -r", "no set -e"},
    "h17_backend_over.sh": {"copied over", "no set -e", "sleep as readiness"},
    "h17_copies_over.sh": {"copied over", "no set -e"},
    "h18_part_by_part.sh": {"no set -e", "sleep as readiness", "integrity unread"},
    "h19_stops_nginx_untested.sh": {"nginx untested", "no set -e"},
    "h20_kills_itself.sh": {"pkill -f", "no set -e", "copied over", "sleep as readiness"},
    "h20_kills_the_neighbour.sh": {"pkill -f", "kill -9", "no set -e", "sleep as readiness"},
    "h21_cuts_off_a_request.sh": {"kill -9", "no set -e"},
    "h21_green_on_the_old_process.sh": {"sleep as readiness", "started by hand", "no set -e"},
    "h21_red_on_a_slow_start.sh": {"sleep as readiness"},
    "h25_ticked_beforehand.sh": {"> server.log", "quoted heredoc", "ticked beforehand", "no set -e", "copied over"},
    "h26_finds_itself.sh": {"ps | grep", "grep for a port", "no set -e"},
    "h27_backs_up_with_the_database.sh": set(),
    "h27_rolls_the_database_back_too.sh": {"no set -e", "sleep as readiness"},
    "lingzhi-ecosystem/naive/rollback_database.sh": {
        "no set -e",
        "cp over a database",
        "backup unread",
        "sleep as readiness",
    },
}
NOT_IN_THE_TEXT = {
    "h18_part_by_part.sh": "which schema the backend's release needs stands in neither",
    "h27_backs_up_with_the_database.sh": "that a database lies in the backend's folder stands in stack.toml only",
    "h27_rolls_the_database_back_too.sh": "that a database lies in the backend's folder stands in stack.toml only",
}
# Scripts as both SOPs prescribe them, each line that is one of the hazards; what is sent over ssh has lines of its own.
SOP_SHAPED = {
    "rollback_backend.sh": {
        4: {"default of now"},
        11: {"exit 0 on cancel"},
        16: {"no set -e", "pkill -f", "unchecked ssh"},
        17: {"sleep as readiness"},
        20: {"copied over", "unchecked ssh"},
        21: {"cp without -r", "unchecked ssh"},
        24: {"unchecked ssh"},
        25: {"no set -e"},
        27: {"> server.log"},
        28: {"> server.log", "started by hand"},
        30: {"sleep as readiness"},
        31: {"ps | grep", "unchecked ssh"},
        32: {"grep for a port", "unchecked ssh"},
        33: {"password in clear"},
        36: {"quoted heredoc"},
        37: {"quoted heredoc"},
    },
    "rollback_database.sh": {
        6: {"default of now"},
        9: {"exit 0 on cancel"},
        10: {"password in clear"},
        11: {"no set -e", "pkill -f"},
        13: {"cp of a live database"},
        14: {"backup unread", "cp over a database"},
        15: {"bare wal_checkpoint"},
        16: {"> server.log", "started by hand"},
    },
    "rollback_db.sh": {
        5: {"no set -e"},
        10: {"cp of a live database"},
        11: {"pkill -f"},
        12: {"pkill -f"},
        13: {"sleep as readiness"},
        14: {"backup unread", "cp over a database"},
        15: {"integrity unread"},
        17: {"started by hand"},
    },
    "rollback_model.sh": {6: {"exit 0 without a version"}, 8: {"no set -e"}, 9: {"nothing restarted"}},
}


def name_of(path: Path) -> str:
    return path.name if path.parent == HAZARDS else "/".join(path.parts[-3:])


SCRIPTS = {name_of(path): path for path in [*sorted(HAZARDS.glob("*.sh")), *NAIVE]}


def test_every_script_stands_in_the_table() -> None:
    assert SCRIPTS.keys() == NAMED.keys()


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_all_that_a_script_is_known_for_is_named(name: str) -> None:
    assert {finding.rule for finding in lint(SCRIPTS[name])} == NAMED[name]


@pytest.mark.parametrize("name", sorted(name for name in SCRIPTS if re.match(r"h\d\d_", name)))
def test_a_script_that_is_named_for_a_hazard_has_it_unless_its_text_cannot_show_it(name: str) -> None:
    hazard = f"H{int(name[1:3])}"
    found = {each for finding in lint(SCRIPTS[name]) for each in finding.hazard.split(", ")}
    assert (hazard in found) == (name not in NOT_IN_THE_TEXT)


@pytest.mark.parametrize("name", sorted(SOP_SHAPED))
def test_all_that_a_script_of_the_sops_shape_is_known_for_is_named_by_line(name: str) -> None:
    found: dict[int, set[str]] = {}
    for finding in lint(Path(__file__).parent / "sop_shaped" / name):
        found.setdefault(finding.line, set()).add(finding.rule)
    assert found == SOP_SHAPED[name]


def test_a_finding_does_not_repeat_a_secret() -> None:
    for path in (Path(__file__).parent / "sop_shaped").glob("*.sh"):
        assert "hunter22" not in "".join(str(finding) for finding in lint(path))


def test_the_scripts_of_a_drill_are_read_each_once() -> None:
    naive = Procedure.from_script(NAIVE[0])
    assert Procedures(reference("database").backup, naive, naive).scripts == [NAIVE[0]]
    assert reference("database").scripts == []


def test_what_stands_in_a_naive_script_is_named_by_line() -> None:
    naive = ROOT / "stacks/lingzhi-ecosystem/naive/rollback_database.sh"
    lines = naive.read_text(encoding="utf-8").splitlines()
    for finding in lint(naive):
        begins = {
            "no set -e": "systemctl stop",
            "cp over a database": "cp",
            "backup unread": "cp",
            "sleep as readiness": "sleep",
        }
        assert lines[finding.line - 1].startswith(begins[finding.rule])


@pytest.mark.parametrize("path", WELL_WRITTEN, ids=lambda path: path.name)
def test_nothing_is_said_of_a_well_written_script(path: Path) -> None:
    assert [str(finding) for finding in lint(path)] == []


def test_there_are_three_well_written_ones_of_our_own() -> None:
    assert [path.name for path in WELL_WRITTEN[:3]] == [
        "rollback_backend.sh",
        "rollback_database.sh",
        "rollback_frontend.sh",
    ]


@pytest.mark.parametrize("path", sorted(ROOT.glob("procedures/*.py")), ids=lambda path: path.name)
def test_nothing_is_said_of_the_reference_procedures(path: Path) -> None:
    assert event(path)["findings"] == []
    if interpreter(path.read_bytes()):
        with pytest.raises(OtherLanguage, match="its first line names python3; the lint reads shell only"):
            lint(path)


@pytest.mark.parametrize(
    ("first", "program"),
    [
        (b"#!/bin/bash -e\n", "bash"),
        (b"#!/usr/bin/env bash\n", "bash"),
        (b"#! /usr/bin/env -S dash -e\n", "dash"),
        (b"#!/usr/bin/perl\n", "perl"),
        (b"cp a b\n", None),
        (b"#!\n", None),
    ],
)
def test_the_first_line_tells_the_language(first: bytes, program: str | None) -> None:
    assert interpreter(first) == program


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("none", None, "none: No such file or directory; expected a shell script to lint"),
        ("notes", b"cp a b\n", "found no first line such as #!/bin/bash"),
        ("image.sh", b"\0\1\2", "found no first line such as #!/bin/bash"),
    ],
)
def test_what_is_no_script_is_refused_in_a_sentence(name: str, text: bytes | None, says: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_bytes(text)
    with pytest.raises(Refused, match=says):
        lint(tmp_path / name)
    assert says in event(tmp_path / name)["note"]


@pytest.mark.parametrize("text", [b"", b"#!/bin/bash\n", b"#!/bin/bash\nif then (( <<\n", b"#!/bin/bash\n\xff\xfe `\n"])
def test_a_script_that_is_none_is_no_traceback(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.sh").write_bytes(text)
    assert isinstance(lint(tmp_path / "odd.sh"), list)


PIECES = [
    line
    for path in [*Path(__file__).parent.glob("*/*.sh"), *HAZARDS.glob("*.sh")]
    for line in path.read_text(encoding="utf-8").splitlines()
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text("'\"$(){}[]|&;<> \\\nEOFab", max_size=12)), max_size=20))
def test_whatever_is_written_is_read_without_an_error(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    for script in parse(text.encode()).scripts():
        for rule in all_rules().values():
            assert all(1 <= line <= text.count("\n") + 1 for line in rule.find(script))


def test_a_long_chain_is_read() -> None:
    script = parse(b"true" + b" && true" * 300)
    assert len(script.commands) == 301
    assert not any(rule.find(script) for rule in all_rules().values())


# On the command line


def pytest_lint(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "drills/", "--lint", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "DOCKER_HOST": "unix:///nonexistent.sock", **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_findings_are_lines_and_make_the_run_fail() -> None:
    script = "tests/hazards/scripts/h20_kills_the_neighbour.sh"
    done = pytest_lint("--script", script)
    assert done.returncode == 1
    assert f"{script}:5: pkill -f (H10, H20): the pattern hits" in done.stdout
    assert len(done.stdout.splitlines()) == len(lint(ROOT / script))


def test_several_scripts_may_be_given_and_none_of_them_has_anything() -> None:
    done = pytest_lint(
        "--script", "tests/lint/well_written/rollback_backend.sh", "--script", "procedures/rollback.py"
    )  # fmt: skip
    assert done.returncode == 0
    assert "rollback_backend.sh: nothing found" in done.stdout
    assert "procedures/rollback.py: its first line names python3" in done.stdout


def test_without_script_what_is_under_test_is_read() -> None:
    naive = "stacks/lingzhi-ecosystem/naive/rollback_database.sh"
    done = pytest_lint("--procedure", f"database={naive}")
    assert done.returncode == 1
    assert f"{naive}:9: cp over a database (H5, H6, H11)" in done.stdout
    done = pytest_lint()
    assert done.returncode == 0
    assert "the reference procedures are under test, which are Python" in done.stdout


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--lint", "--script", "no-such.sh"], "no-such.sh: No such file or directory"),
        (["--lint", "--script", "LICENSE"], "LICENSE: found no first line"),
        (["--lint", "--procedure", "database=no-such.sh"], "--procedure: found 'database=no-such.sh'"),
        (["--script", "conftest.py"], "--script: found without --lint"),
    ],
)
def test_mistakes_are_sentences(arguments: list[str], says: str) -> None:
    command = [sys.executable, "-m", "pytest", "drills/", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert says in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


# shellcheck


def test_what_shellcheck_finds_grave_is_a_finding(tmp_path: Path) -> None:
    script = tmp_path / "s.sh"
    script.write_text('#!/bin/bash\nset -e\nrm -rf "$1/"\necho $1\n', encoding="utf-8")
    [finding] = lint(script)
    assert (finding.rule, finding.hazard, finding.line) == ("SC2115", "shellcheck", 3)
    assert finding.mend == "see shellcheck's wiki, SC2115"


def test_without_shellcheck_the_rest_is_read_and_the_output_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shellcheck, "program", lambda: None)
    script = tmp_path / "s.sh"
    script.write_text('#!/bin/bash\nrm -rf "$1/"\ntrue\n', encoding="utf-8")
    assert [finding.rule for finding in lint(script)] == ["no set -e"]
    assert event(script)["note"] == shellcheck.NOT_THERE


def test_a_shellcheck_that_does_not_work_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shellcheck, "program", lambda: "/bin/true")
    with pytest.raises(Refused, match="/bin/true: expected its comments as JSON"):
        shellcheck.ask(b"#!/bin/bash\n")
