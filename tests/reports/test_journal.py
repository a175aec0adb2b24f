"""Journals: what was written is read again, and what was damaged says so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.journal import Journal, read
from reports.record import load
from reports.verdict import Verdict, judge
from tests.reports import journals


def test_a_written_journal_reads_as_it_was(tmp_path: Path) -> None:
    written = load(journals.write(tmp_path / "a.jsonl"))
    assert written.closed
    assert written.title == journals.passing()[0]["title"]
    assert [harm.at for harm in written.harms] == [journals.DAMAGED]
    assert written.rollback_run is not None
    assert [line.text for line in written.rollback_run.lines][-1] == "done"
    assert (len(written.probes), len(written.writes)) == (96, 240)
    assert judge(written).verdict is Verdict.PASSED


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal") / "a.jsonl")
    journal.write("problem", text=text)
    journal.close()
    assert read(journal.path)[0]["text"] == text


def test_every_event_is_in_the_file_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.jsonl")
    journal.write("problem", text="one")
    assert [event["text"] for event in read(journal.path)] == ["one"]


def test_a_journal_is_never_written_over(tmp_path: Path) -> None:
    journals.write(tmp_path / "a.jsonl")
    with pytest.raises(FileExistsError):
        Journal(tmp_path / "a.jsonl")


def test_several_threads_may_write(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "drill.jsonl")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: journal.write("problem", text=f"{number}" * 5000), range(400)))
    events = read(journal.path)
    assert len(events) == 400
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_a_last_line_cut_anywhere_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    journal = Journal(path)
    journal.write("problem", text="one")
    whole = path.read_bytes()
    journal.write("problem", text="晨练")
    both = path.read_bytes()
    for end in range(len(whole), len(both) - 1):
        path.write_bytes(both[:end])
        assert len(read(path)) == (2 if end == len(both) - 1 else 1), end


def test_without_its_closing_record_a_drill_is_aborted(tmp_path: Path) -> None:
    path = journals.write(tmp_path / "a.jsonl")
    path.write_bytes(path.read_bytes()[:-4])
    assert judge(load(path)).verdict is Verdict.ABORTED


@pytest.mark.parametrize(
    "line", [b'{"event": "fac', b"", b"17", b'{"at": 1}', b'{"event": 3}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_damaged_middle_line_is_named(tmp_path: Path, line: bytes) -> None:
    path = journals.write(tmp_path / "a.jsonl")
    lines = path.read_bytes().split(b"\n")
    lines[4] = line
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(ValueError, match=r"a\.jsonl: line 5 is no event"):
        load(path)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("harm", {"applied": "noon"}, "Harm, at: .*'noon'"),
        ("harm", {"colour": "red"}, "Harm, colour"),
        ("recovered", {"moment": 1e300}, "Record, recovered"),
        ("loss", {"rows_lost": -1}, "Loss, rows_lost"),
        ("probes", {"probes": [{"at": 1.0}]}, r"probes\.0\."),
        ("probes", {"probes": 7}, "probes"),
        ("facts", {"facts": 7}, "not as this version knows it"),
        ("rollback", {"status": "0x"}, "Execution, status"),
        ("closed", {"event": "sealed"}, "'sealed' is unknown to this version"),
    ],
)
def test_an_event_of_the_wrong_kind_is_one_sentence(
    tmp_path: Path, name: str, data: dict[str, object], says: str
) -> None:
    def change(events: list[journals.Event]) -> list[journals.Event]:
        return journals.replaced(name, **data)([*events, {"event": "closed"}])

    path = journals.write(tmp_path / "a.jsonl", change, closed=False)
    with pytest.raises(ValueError, match=says) as error:
        load(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"event": "drill", "at": 1.0}\n')
    with pytest.raises(ValueError, match="lacks 'stack'"):
        load(path)


@pytest.mark.parametrize("content", ["", '{"event": "closed", "at": 1.0}\n'])
def test_a_journal_begins_with_the_drill(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    with pytest.raises(ValueError, match="begins with the event 'drill'"):
        load(path)
