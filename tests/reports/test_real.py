"""A real rollback: judged by what was found, shown on the page, and never a drill."""

from __future__ import annotations

import pytest

from reports import journal, page, real, record
from reports.journal import Journal
from reports.verdict import Verdict
from tests.reports import journals


def write(folder, *events, closed=True, **said):
    journal = Journal(folder / "one.real.jsonl")
    first = {
        "stack": "one", "target": "root@host.example", "url": "https://www.one.example", "rollback": "database",
        "reason": "a bad migration", "decided_by": "the night shift", "backups": ["one.db.backup_1"], "began": 1000.0,
    }  # fmt: skip
    journal.write("real", **{**first, **said})
    journal.write("plan", checks=["a.b", "c.d"], left_out={"e.f": "nobody <saw> it"})
    for name, holds in events:
        message = "" if holds else f"host.example: {name}: expected 1, got 2\nmore"
        journal.write(
            "check", stage="after", name=name, scope="api", when="once", holds=holds, message=message,
            started=1001.0, ended=1002.0,
        )  # fmt: skip
    if closed:
        journal.close()
    return journal.path


@pytest.mark.parametrize(
    ("events", "closed", "verdict", "cause"),
    [
        ([("a.b", True), ("c.d", True)], True, Verdict.PASSED, ""),
        ([("a.b", True), ("c.d", False)], True, Verdict.FAILED, "c.d: host.example: c.d: expected 1, got 2"),
        ([("a.b", True)], True, Verdict.INCONCLUSIVE, "checks that were to run did not: c.d"),
        ([], True, Verdict.INCONCLUSIVE, "no check was run"),
        ([("a.b", True), ("c.d", True)], False, Verdict.ABORTED, "the journal has no closing record"),
        ([("a.b", False)], False, Verdict.FAILED, "a.b: host.example: a.b: expected 1, got 2"),
    ],
)
def test_verdicts(tmp_path, events, closed, verdict, cause):
    judgement = real.judge(real.load(write(tmp_path, *events, closed=closed)))
    assert judgement.verdict is verdict
    assert judgement.cause.startswith(cause)
    assert bool(judgement.cause) == bool(cause)


def test_the_line_says_what_was_not_judged(tmp_path):
    found = real.load(write(tmp_path, ("a.b", True), ("c.d", True)))
    assert real.line(found) == (
        "passed         one  root@host.example  database to one.db.backup_1  2 of 2 hold  1 not judged"
    )


def test_it_is_no_drill_and_a_drill_is_not_it(tmp_path):
    path = write(tmp_path, ("a.b", True))
    assert journal.begins_with(path, real.EVENT)
    with pytest.raises(ValueError, match="begins with the event 'drill'"):
        record.load(path)
    drill = journals.write(tmp_path / "drill.jsonl")
    assert not journal.begins_with(drill, real.EVENT)
    with pytest.raises(ValueError, match="begins with the event 'real'"):
        real.load(drill)


def test_the_page_shows_it_apart_from_drills(tmp_path):
    write(tmp_path, ("a.b", True), ("c.d", False))
    alone = page.render(tmp_path).read_text(encoding="utf-8")
    assert "<title>Real rollback" in alone
    assert "no drill, and counted as none" in alone
    assert "not judged: nobody &lt;saw&gt; it" in alone
    for said in ("a bad migration", "the night shift", "one.db.backup_1", "1 of 2 checks hold; 1 more"):
        assert said in alone
    journals.write(tmp_path / "drill.jsonl")
    both = page.render(tmp_path).read_text(encoding="utf-8")
    assert "1 of 1 drill passed" in both
    assert "no drill, and counted as none" in both


@pytest.mark.parametrize("damage", ['{"event": "real", "at": 1}\n', '{"event": "real", "at": 1, "stack": 3}\n'])
def test_a_journal_that_is_not_whole_is_a_sentence(tmp_path, damage):
    path = tmp_path / "x.jsonl"
    path.write_text(damage)
    with pytest.raises(ValueError, match=f"^{path}: "):
        real.load(path)
    assert "could not be read" in page.render(tmp_path).read_text(encoding="utf-8")


def test_an_event_that_is_unknown_is_refused(tmp_path):
    path = write(tmp_path, ("a.b", True), closed=False)
    path.write_text(path.read_text() + '{"event": "rumour"}\n')
    with pytest.raises(ValueError, match="event 'rumour' is unknown"):
        real.load(path)
