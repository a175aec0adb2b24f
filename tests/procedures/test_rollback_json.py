"""The configuration is validated whole; an error names file, key, what was found and what is expected."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import exits
import pytest
from exits import Exit
from small_host import PROCEDURES, SmallHost


@pytest.mark.parametrize(
    "key",
    ["stack", "backups", "log", "release_file", "version_url", "units", "deploy_unit", "site_url", "site_page",
     "site_test", "logs"],
)  # fmt: skip
@pytest.mark.parametrize("value", [3, "", ["a", 4], {}])
def test_a_wrong_value_is_named(host: SmallHost, key: str, value: object) -> None:
    host.config_file.write_text(json.dumps({**host.config, key: value}))
    _expect_refusal(host, key, repr(value))


@pytest.mark.parametrize("key", ["stop_s", "ready_s"])
@pytest.mark.parametrize("value", [0, -1, True, "20", None])
def test_seconds_are_numbers_above_0(host: SmallHost, key: str, value: object) -> None:
    host.config_file.write_text(json.dumps({**host.config, key: value}))
    _expect_refusal(host, key, repr(value))


@pytest.mark.parametrize(
    ("key", "value"),
    [("path", "shop.db"), ("tables", "users"), ("tables", [1]), ("invariants", []), ("invariants", {"rule": ""})],
)
def test_the_database_too(host: SmallHost, key: str, value: object) -> None:
    host.config_file.write_text(json.dumps({**host.config, "database": {**host.config["database"], key: value}}))
    _expect_refusal(host, f"database.{key}", repr(value))


@pytest.mark.parametrize("name", ["frontend", "backend"])
@pytest.mark.parametrize(
    ("key", "value"),
    [("includes", []), ("includes", ["/a", "/b"]), ("includes", ["a"]), ("includes", ["/"]), ("includes", ["/a/*"]),
     ("includes", "/a"), ("excludes", "/a"), ("excludes", [1])],
)  # fmt: skip
def test_the_scopes_too(host: SmallHost, name: str, key: str, value: object) -> None:
    scopes = {**host.config["scopes"], name: {**host.config["scopes"][name], key: value}}
    host.config_file.write_text(json.dumps({**host.config, "scopes": scopes}))
    _expect_refusal(host, f"scopes.{name}.{key}", "found")


def test_backups_do_not_lie_in_a_tree_that_changes_places(host: SmallHost) -> None:
    host.config_file.write_text(json.dumps({**host.config, "backups": f"{host.backend}/backups"}))
    _expect_refusal(host, "backups", "outside")


def test_a_missing_key_is_named(host: SmallHost) -> None:
    for key in host.config.keys() - {"scopes", "database", "evidence"}:
        left: dict[str, Any] = {name: value for name, value in host.config.items() if name != key}
        host.config_file.write_text(json.dumps(left))
        _expect_refusal(host, key, "found nothing")


def test_what_the_file_does_not_speak_of_the_host_does_not_have(host: SmallHost) -> None:
    """A host that is a service and a database: no page, no tree."""
    left = {name: value for name, value in host.config.items() if name != "scopes" and not name.startswith("site_")}
    host.config_file.write_text(json.dumps(left))
    assert host.backup(kind="all").code == host.rollback("--yes").code == Exit.DONE
    for kind in ("frontend", "full", "config", "model"):
        run = host.rollback("--yes", kind=kind)
        assert run.code == Exit.USAGE
        assert "this host has database" in run.err


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_what_is_no_object_is_refused(host: SmallHost, text: str) -> None:
    host.config_file.write_text(text)
    _expect_refusal(host, str(host.config_file))


def test_a_link_is_not_the_database(host: SmallHost) -> None:
    """A rename would replace the link, and the service would go on with the file."""
    host.live.rename(host.backend / "real.db")
    host.live.symlink_to(host.backend / "real.db")
    _expect_refusal(host, "database.path", "a link to")


def _expect_refusal(host: SmallHost, *parts: str) -> None:
    for run in (host.backup(), host.rollback("--yes")):
        assert run.code == Exit.USAGE
        assert len(run.err.splitlines()) == 1
        for part in (str(host.config_file), *parts):
            assert part in run.err


@pytest.mark.parametrize("program", ["backup.py", "rollback.py", "evidence.py"])
def test_the_help_has_every_exit_status(program: str) -> None:
    run = subprocess.run(
        [sys.executable, str(PROCEDURES / program), "--help"], capture_output=True, text=True, check=True
    )
    assert {int(number) for number in re.findall(r"^ ?(\d+)  \S", run.stdout, re.MULTILINE)} == set(exits.Exit)


@pytest.mark.sample(3)
@pytest.mark.parametrize("program", ["backup.py", "rollback.py"])
@pytest.mark.parametrize("words", [[], ["everything"], ["database", "a", "b"], ["database", "--yse"], ["back", "a"]])
def test_wrong_words_are_a_usage_error(program: str, words: list[str]) -> None:
    run = subprocess.run([sys.executable, str(PROCEDURES / program), *words], capture_output=True, check=False)
    assert run.returncode == Exit.USAGE
