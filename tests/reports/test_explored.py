"""An exploration in a report: how many points survived, which did not, and what was not explored."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports import exploration, page
from reports.journal import Journal


def write(folder: Path, outcomes: dict[str, str], *, closed: bool = True, missing: int = 0) -> Path:
    """A journal of a database's exploration with points of these outcomes, and some that were not tried."""
    journal = Journal(folder / "lingzhi-ecosystem.exploration-database.jsonl")
    journal.write("exploration", stack="lingzhi-ecosystem", kind="database", merged=True)
    journal.write("scene", command="rollback.py database --yes", harm="database.dropped_table")
    names = [*outcomes, *(f"database-0009-fsync-missing{number}" for number in range(missing))]
    calls = [
        {"number": n, "call": "rename", "effect": "", "paths": ["/a"], "command": "", "line": "durable.py:46 rename"}
        for n in range(1, len(names) + 1)
    ]  # fmt: skip
    journal.write("recorded", calls=calls, points=99, planned=names)
    for number, (name, outcome) in enumerate(outcomes.items(), 1):
        wrong = [] if outcome == "survived" else [f"database is a mixture: <b>{name}</b>"]
        journal.write(
            "explored", id=name, number=number, fault="kill", outcome=outcome, wrong=wrong,
            states={"database": "before"}, status=137, again=0, said="", seconds=1.5,
        )  # fmt: skip
    if closed:
        journal.close()
    return journal.path


def test_every_point_survived_is_what_holds(tmp_path: Path) -> None:
    found = exploration.load(write(tmp_path, {"database-0001-rename-kill": "survived"}))
    assert found.holds
    said = "survived lingzhi-ecosystem database 1 of 99 points to be tried: 1 survived"
    assert " ".join(exploration.line(found).split()) == said


@pytest.mark.parametrize(
    ("outcomes", "closed", "missing"),
    [
        ({"a": "survived", "b": "failed"}, True, 0),
        ({"a": "survived", "b": "false success"}, True, 0),
        ({"a": "survived", "b": "not explored"}, True, 0),
        ({"a": "survived"}, True, 1),
        ({"a": "survived"}, False, 0),
        ({}, True, 0),
    ],
    ids=["failed", "false success", "not explored", "not tried", "stopped", "no point at all"],
)
def test_anything_else_does_not(tmp_path: Path, outcomes: dict[str, str], closed: bool, missing: int) -> None:
    assert not exploration.load(write(tmp_path, outcomes, closed=closed, missing=missing)).holds


def test_the_page_draws_the_line_and_names_what_failed_and_what_was_not_explored(tmp_path: Path) -> None:
    write(tmp_path, {"database-0001-rename-kill": "survived", "database-0002-rename-EIO": "failed"}, missing=1)
    html = page.render(tmp_path).read_text()
    assert "1 of 3 points survived" in html
    assert html.count('<li class="o-survived"') == 1
    assert html.count('<li class="o-failed"') == 1
    assert html.count('<li class="o-none"') == 1
    assert "durable.py:46 rename" in html
    assert "database-0009-fsync-missing0" in html
    assert "&lt;b&gt;database-0002-rename-EIO" in html


def test_another_run_takes_over_what_was_tried(tmp_path: Path) -> None:
    path = write(tmp_path, {"database-0001-rename-kill": "survived"}, closed=False)
    [event] = exploration.tried(path)
    assert (event["id"], event["outcome"]) == ("database-0001-rename-kill", "survived")
