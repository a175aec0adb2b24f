"""The timeline: every moment in its place, and its size bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.timeline import COLUMNS, Timeline, timeline
from tests.reports import journals
from tests.reports.journals import Change, added, loss, probes, record, replaced, without, writes


def of(*changes: Change) -> Timeline:
    """The timeline of a drill that has one."""
    found = timeline(record(*changes))
    assert found is not None
    return found


def test_the_moments_are_marked_in_order() -> None:
    line = of()
    assert [mark.what for mark in line.marks] == [
        "backup taken",
        "harm: drop-checkins",
        "damage detected: data lost or corrupted",
        "rollback started",
        "rollback ended",
        "recovered: the host serves rightly",
    ]
    assert [mark.x for mark in line.marks] == sorted(mark.x for mark in line.marks)
    assert line.zero == journals.ROLLBACK_STARTED


def test_what_told_of_the_damage_first_is_named() -> None:
    def detected(*changes: Change) -> str:
        return next(mark.what for mark in of(*changes).marks if mark.what.startswith("damage detected"))

    assert detected(without("trigger"), added(journals.reported("users"))) == "damage detected: user report by users"
    assert detected(without("trigger")) == "damage detected"


def test_badges_that_stand_close_stand_in_rows() -> None:
    line = of(replaced("recovered", moment=journals.ROLLBACK_ENDED))
    for mark in line.marks:
        assert not [m for m in line.marks if m.row == mark.row and m.number != mark.number and abs(m.x - mark.x) < 6]


def test_a_backup_from_long_before_does_not_stretch_the_axis() -> None:
    old = replaced("backup_used", taken=journals.T0 - 86_400)
    assert "backup taken" not in [mark.what for mark in of(without("backup"), old).marks]
    assert of(without("backup"), old).phases[0].x == 0


def test_phases_fill_the_axis() -> None:
    phases = of().phases
    assert [phase.letter for phase in phases] == list("ABCDEFG")
    assert phases[0].x == 0
    assert phases[-1].x + phases[-1].width == pytest.approx(100, abs=0.2)


def test_lanes_count_what_they_show() -> None:
    names = [lane.name for lane in of().lanes]
    assert names == [
        "Probes by name: 64, 4 failed (tall)",
        "Probes direct: 32, 2 failed (tall)",
        "Writes acknowledged: 221",
        "Writes refused: 6",
        "Writes of unknown outcome: 13",
        "Acknowledged, then lost: 115",
        "Rollback procedure's output: 3 lines",
    ]


def test_what_containment_refused_has_a_lane_of_its_own() -> None:
    some = [{**write, "outcome": "contained"} if write["outcome"] == "refused" else write for write in writes()]
    names = [lane.name for lane in of(replaced("writes", writes=some)).lanes]
    assert names[3:5] == ["Writes refused: 0", "Writes refused by containment: 6"]


def test_a_lost_write_that_must_never_be_stands_out() -> None:
    one = [{**write, "present": False} if index == 0 else write for index, write in enumerate(writes())]
    lost = of(replaced("writes", writes=one)).lanes[5]
    assert lost.name == "Acknowledged, then lost: 116 (tall: some that must never be)"
    assert lost.strokes["bad"]
    assert not of().lanes[5].strokes["bad"]


def test_one_failure_among_thousands_is_seen() -> None:
    many = [{**probe, "ok": index != 998, "path": "name"} for index, probe in enumerate(probes(2000))]
    assert of(replaced("probes", probes=many)).lanes[0].strokes["bad"].count("M") == 1


def test_its_size_does_not_grow_with_what_was_seen() -> None:
    many = of(replaced("probes", probes=probes(20_000)), replaced("writes", writes=writes(20_000)))
    assert all(path.count("M") <= COLUMNS for lane in many.lanes for path in lane.strokes.values())


@given(st.floats(0.01, 1e6))
def test_the_axis_has_a_few_round_ticks(seconds: float) -> None:
    late = {**probes()[0], "at": journals.ENDED + seconds}
    ticks = of(added(loss()), replaced("probes", probes=[late])).ticks
    assert 1 <= len(ticks) <= 6
    assert len({label for _, label in ticks}) == len(ticks)


def test_where_nothing_took_time_there_is_none() -> None:
    assert timeline(record(lambda events: events[:1])) is None
