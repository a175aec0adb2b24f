"""The matrix: what was caught, by which check, and which check is needed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.matrix import Matrix, table
from reports.record import load
from tests.reports.journals import added, record, sabotage, write

LOOKED = ("database.content", "database.integrity", "database.row_counts", "files.served")
ROWS = (
    sabotage("database.altered_row", "database.content", looked=LOOKED),
    sabotage("database.missing_row", "database.content", "database.row_counts", looked=LOOKED),
    sabotage("database.rotten_index", "database.integrity", looked=LOOKED),
)


def matrix(*rows: dict[str, object]) -> Matrix:
    return Matrix(record(added(*rows)).sabotages)


def worth(*rows: dict[str, object]) -> dict[str, str]:
    return {column.name: column.worth for column in matrix(*rows).columns}


def test_a_check_is_needed_where_it_alone_caught_something() -> None:
    assert worth(*ROWS) == {
        "database.content": "needed",
        "database.integrity": "needed",
        "database.row_counts": "redundant",
        "files.served": "caught nothing",
    }
    assert matrix(*ROWS).redundant == ["database.row_counts"]
    assert matrix(*ROWS).idle == ["files.served"]


def test_a_redundant_check_is_named_with_those_that_do_without_it() -> None:
    rows = [sabotage("a", "one", "two"), sabotage("b", "one", "three")]
    columns = {column.name: column for column in matrix(*rows).columns}
    assert columns["one"].beside == ("three", "two")
    assert columns["one"].said == "redundant: three, two caught the same 2"
    assert columns["two"].said == "redundant: one caught the same 1"


def test_a_sabotage_that_nobody_saw_is_named() -> None:
    found = matrix(*ROWS, sabotage("files.unseen", looked=LOOKED))
    assert found.answer == "3 of 4 sabotages caught; not seen: files.unseen"


def test_one_that_did_not_take_effect_is_caught_by_nobody_and_named_apart() -> None:
    found = matrix(*ROWS, sabotage("files.undone", "files.served", real=False))
    assert found.answer == "3 of 4 sabotages caught; did not take effect: files.undone"
    assert found.columns[-1].worth == "caught nothing"


def test_one_that_the_host_has_nothing_for_is_left_out_and_says_why() -> None:
    found = matrix(*ROWS, sabotage("database.dropped_index", real=False, unfit="the database has no index"))
    assert found.answer == "3 of 3 sabotages caught; left out: database.dropped_index (the database has no index)"
    assert not [line for line in table(found)[:-1] if "dropped_index" in line]


def test_without_a_sabotage_there_is_no_table() -> None:
    assert table(matrix()) == []


def test_the_terminal_shows_a_sign_a_check_and_what_each_is_needed_for() -> None:
    lines = table(matrix(*ROWS, sabotage("files.unseen", looked=LOOKED)))
    assert lines[1:6] == [
        "sabotage               1234",
        "database.altered_row   ◆···",
        "database.missing_row   ●·●·",
        "database.rotten_index  ·◆··",
        "files.unseen           ····  no check saw it",
    ]
    assert lines[6] == "   1  database.content     needed: alone it caught 1 of 2 (database.altered_row)"
    assert lines[8] == "   3  database.row_counts  redundant: database.content caught the same 1"
    assert lines[9] == "   4  files.served         caught nothing: no sabotage here is for it"
    assert lines[-1] == "3 of 4 sabotages caught; not seen: files.unseen"


def test_the_tens_stand_above() -> None:
    many = [f"check.{number:02}" for number in range(1, 22)]
    lines = table(matrix(sabotage("a", *many)))
    assert lines[0] == f"{'':10}{'1':>10}{'2':>10}"
    assert lines[1] == "sabotage  123456789012345678901"


def test_a_journal_whose_sabotage_is_no_sabotage_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "drill.jsonl", added({**ROWS[0], "seconds": "long"}))
    with pytest.raises(ValueError, match=r"drill\.jsonl: Sabotage, seconds: "):
        load(path)
