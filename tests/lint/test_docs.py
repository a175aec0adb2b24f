"""The documented table of rules is the registry."""

from __future__ import annotations

import re
from pathlib import Path

from fixtures.lint.rules import all_rules
from fixtures.lint.shellcheck import GRAVE

PAGE = (Path(__file__).parents[2] / "docs/lint.md").read_text(encoding="utf-8")


def test_the_table_has_every_rule_and_no_other() -> None:
    rows = re.findall(r"^\| (.*) \|$", PAGE, re.MULTILINE)[2:]
    cells = [tuple(cell.replace("\\|", "|") for cell in re.split(r" (?<!\\)\| ", row)) for row in rows]
    assert cells == [(r.name, r.hazard, r.why, r.mend) for r in sorted(all_rules().values(), key=lambda r: r.name)]


def test_the_warnings_of_shellcheck_that_count_are_named() -> None:
    assert {int(code) for code in re.findall(r"SC(\d{4})", PAGE)} == GRAVE
