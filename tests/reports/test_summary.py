"""One line a drill."""

from __future__ import annotations

import pytest

from reports.summary import line, lines
from tests.reports.journals import Change, added, check, record, replaced, without

HEAD = "lingzhi-ecosystem  database  rollback 1.2 s"
TAIL = "outage 1.5 s  loss 0.02 % (0 of 143 from before the backup)  drills/test_bad_migration.py"


@pytest.mark.parametrize(
    ("changes", "closed", "says"),
    [
        ((), True, f"passed         {HEAD}  recovery 0.4 s  {TAIL}"),
        (
            (added(check("database.rows", "after", False, "host h:\texpected 2, got 1\nmore")),),
            True,
            f"false success  {HEAD}  recovery 0.4 s  {TAIL}  database.rows: host h: expected 2, got 1",
        ),
        (
            (without("recovered"),),
            True,
            f"failed         {HEAD}  recovery never  {TAIL}"
            "  objective missed: no recovery within the limit, and it must be under 5 min",
        ),
        (
            (without("rollback", "loss", "probes", "harm"),),
            True,
            "inconclusive   lingzhi-ecosystem  database  rollback unknown  recovery unknown  outage unknown"
            "  loss unknown  drills/test_bad_migration.py  no harm was applied: there was nothing to roll back from",
        ),
        (
            (replaced("loss", parts={}),),
            False,
            f"aborted        {HEAD}  recovery 0.4 s  outage 1.5 s  loss 0.02 % (unknown from before the backup)"
            "  drills/test_bad_migration.py  the journal has no closing record: the drill did not end",
        ),
    ],
)
def test_lines(changes: tuple[Change, ...], closed: bool, says: str) -> None:
    assert line(record(*changes, closed=closed)) == says


def test_what_a_host_says_cannot_drive_the_terminal() -> None:
    hostile = added(check("x", "after", False, "\x1b[2J\x1b]0;owned\x07 a\rb"))
    shown = line(record(hostile))
    assert shown.isprintable()
    assert shown.endswith("x: ␛[2J␛]0;owned␇ a")


def test_a_drill_that_was_repeated_has_the_verdict_of_its_worst_time():
    wrong = added(check("database.rows", "after", False, "host h: expected 2, got 1"))
    times = [record(*changes) for changes in ((), (wrong,), (without("recovered"),))]
    for number, time in enumerate(times, 1):
        time.repeat = (number, 4)
    [said] = lines(times)
    assert said.startswith("false success  ")
    assert said.endswith("database.rows: host h: expected 2, got 1  passed 1 of 4, of which 3 left a journal")
    [said] = lines(times[:1])
    assert said.startswith("passed  ")
    assert said.endswith("passed 1 of 4, of which 1 left a journal")
