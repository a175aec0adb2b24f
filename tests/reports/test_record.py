"""What a record reckons: clocks, outages, loss, and which run of a check counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.record import Loss, Probe, Record
from tests.reports import journals
from tests.reports.journals import added, check, record, replaced, without


def probing(*answers: tuple[float, bool], path: str = "name") -> list[dict[str, object]]:
    """Probes at seconds after the start of the drill."""
    return [
        {"at": journals.T0 + at, "seconds": 0.5, "path": path, "ok": ok, "status": None, "release": None, "error": None}
        for at, ok in answers
    ]


def outages(*answers: tuple[float, bool], path: str = "name") -> list[tuple[float, float]]:
    """The outages of a drill with these probes, in seconds after its start."""
    windows = record(replaced("probes", probes=probing(*answers, path=path))).outages
    return [(start - journals.T0, end - journals.T0) for start, end in windows]


def test_an_outage_is_from_the_first_failure_to_the_next_success() -> None:
    assert outages((0, True), (1, False), (2, False), (3, True), (4, True)) == [(1, 3)]


def test_outages_apart_stay_apart_and_are_summed() -> None:
    answers = ((0, False), (1, True), (2, True), (3, False), (5, True))
    assert outages(*answers) == [(0, 1), (3, 5)]
    assert record(replaced("probes", probes=probing(*answers))).outage_seconds == 3


def test_an_outage_that_never_ends_lasts_to_the_last_answer() -> None:
    assert outages((0, True), (1, False), (2, False)) == [(1, 2.5)]


def test_probes_count_in_the_order_of_time() -> None:
    assert outages((3, True), (1, False), (0, True)) == [(1, 3)]


def test_the_direct_path_is_no_outage() -> None:
    assert outages((0, False), (1, False), path="direct") == []
    assert record(replaced("probes", probes=probing((0, False), path="direct"))).outage_seconds is None


@given(st.lists(st.tuples(st.floats(0, 1000), st.booleans()), max_size=30))
def test_outages_are_in_order_and_do_not_overlap(answers: list[tuple[float, bool]]) -> None:
    windows = outages(*answers)
    edges = [edge for window in windows for edge in window]
    assert edges == sorted(edges)
    assert bool(windows) == any(not ok for _, ok in answers)


def test_the_clocks() -> None:
    passing = record()
    assert passing.rollback_seconds == pytest.approx(1.2)
    assert passing.recovery_seconds == pytest.approx(0.4)
    assert record(without("rollback")).rollback_seconds is None
    assert record(without("rollback")).recovery_seconds is None
    assert record(without("recovered")).recovery_seconds is None
    assert record(replaced("recovered", moment=journals.ROLLBACK_ENDED - 0.1)).recovery_seconds == 0


@pytest.mark.parametrize(
    ("changed", "never"),
    [
        (record(), False),
        (record(without("recovered")), True),
        (record(without("recovered", "rollback")), False),
        (record(without("recovered"), closed=False), False),
    ],
)
def test_only_a_whole_drill_can_say_that_the_host_never_recovered(changed: Record, never: bool) -> None:
    assert changed.never_recovered is never


@pytest.mark.parametrize(
    ("before", "since", "lost", "share"), [(100, 0, 1, 0.01), (60, 40, 5, 0.05), (0, 0, 0, 0), (0, 0, 3, 3)]
)
def test_the_loss_is_a_share_of_what_there_was_and_came(before: int, since: int, lost: int, share: float) -> None:
    assert Loss(rows_before_damage=before, acked_since=since, rows_lost=lost, parts={}).share == share


def test_the_last_run_of_a_check_counts() -> None:
    twice = record(added(check("api.health", "after", False), check("api.health", "after", True)))
    assert twice.red("after") == []
    assert len(twice.at_stage("after")) == len(journals.CHECKS)
    assert [c.name for c in record(added(check("api.health", "after", False))).red("after")] == ["api.health"]


def test_a_detection_lasts_from_the_harm_to_the_trigger() -> None:
    [fired] = record().fired("damaged")
    assert (fired.name, fired.factor) == ("data lost or corrupted", 1.0)
    assert fired.seconds == pytest.approx(journals.DETECTED - journals.DAMAGED)
    assert record().fired("before") == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (replaced("trigger", factor=0), "factor"),
        (replaced("trigger", severity="P7"), "severity"),
        (replaced("trigger", stage="after"), "stage"),
        (replaced("watch", seen={"probes": -1}), "probes"),
        (added({**journals.reported("users"), "kind": "rumour"}), "kind"),
    ],
)
def test_what_was_detected_is_typed(change: journals.Change, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        record(change)


def test_a_probe_of_an_unknown_path_is_refused() -> None:
    with pytest.raises(ValueError, match="path"):
        Probe(at=1.0, seconds=0.1, path="sideways", ok=True, status=200, release=None, error=None)  # type: ignore[arg-type]
