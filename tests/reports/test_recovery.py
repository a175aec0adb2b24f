"""A drill of the host's loss: its own evidence, what it lacks, and how it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fixtures import recovery_facts
from reports.page import render
from reports.recovery import Bare, Rebuilt, seconds_to_serve
from reports.summary import line
from reports.verdict import Verdict, judge
from tests.reports import journals
from tests.reports.journals import ROLLBACK_STARTED, T0, Change, Event, added, plan, record, replaced, without

STARTED, SERVED = T0 + 16.0, T0 + 19.5
NOT_TRIED = dict.fromkeys(("back", "rerun", "rerun again"), "the host that it would lead back to is gone")


def bare(**changes: Any) -> Event:
    found = {"started": STARTED, "image": "bare:1", "absent": 40, "held": [], "carried": 1 << 20}
    return {"event": "bare", **found, **changes}


def rebuilt(**changes: Any) -> Event:
    return {
        "event": "rebuilt",
        "served": SERVED,
        "not_restored": [],
        "not_in_backups": ["/etc/motd is missing"],
    } | changes


BARE, REBUILT = bare(), rebuilt()


def recovery(*changes: Change, bare: Event | None = BARE, rebuilt: Event | None = REBUILT) -> list[Change]:
    """The changes that make a rollback's journal one of a host's loss."""
    left_out = {"rollback": "nothing is rolled back", "services.neighbours": "another host"}
    return [
        replaced("drill", rollback="recovery", objectives={"recovery": 300.0, "loss": 0.01}),
        replaced("plan", **{**plan(**NOT_TRIED), "left_out": left_out}),
        without("leg"),
        added(*(event for event in (bare, rebuilt) if event)),
        *changes,
    ]


def test_a_host_that_was_rebuilt_rightly_passes_without_an_objective_for_its_time() -> None:
    found = record(*recovery())
    assert judge(found).verdict is Verdict.PASSED, judge(found).causes
    assert seconds_to_serve(found.bare, found.rebuilt) == pytest.approx(3.5)
    assert "to serve 3.5 s" in line(found)


@pytest.mark.parametrize(
    ("changes", "verdict", "cause"),
    [
        (recovery(bare=None), Verdict.INCONCLUSIVE, "nothing shows that a bare host was started"),
        (recovery(rebuilt=None), Verdict.INCONCLUSIVE, "nothing shows what of the old host the new one has"),
        (recovery(bare=bare(absent=0)), Verdict.INCONCLUSIVE, "nothing was looked for on the bare host"),
        (
            recovery(bare=bare(held=["/etc/nginx/tls/site.key"])),
            Verdict.INCONCLUSIVE,
            "the bare host was not bare: it had 1 paths that the backups hold: /etc/nginx/tls/site.key",
        ),
        (
            recovery(rebuilt=rebuilt(not_restored=["/opt/shop/app.py is missing", "/etc/x is missing"])),
            Verdict.FALSE_SUCCESS,
            "2 paths that the backups hold, not as they were: /opt/shop/app.py is missing",
        ),
        (
            recovery(replaced("drill", objectives={"serve": 2.0, "recovery": 300.0, "loss": 0.01})),
            Verdict.FAILED,
            "objective missed: time to serve 3.5 s, and it must be under 2 s",
        ),
        (
            recovery(
                replaced("drill", objectives={"serve": 2.0, "recovery": 300.0, "loss": 0.01}),
                rebuilt=rebuilt(served=None),
            ),
            Verdict.FAILED,
            "objective missed: no right answer, and it must be under 2 s",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_a_cause(changes: list[Change], verdict: Verdict, cause: str) -> None:
    judgement = judge(record(*changes))
    assert judgement.verdict is verdict
    assert judgement.cause.startswith(cause), judgement.causes


def test_an_objective_that_is_left_out_without_a_word_is_missed() -> None:
    found = record(*recovery(replaced("plan", left_out={})))
    assert judge(found).causes == ("no objective is stated for rollback",)


def test_a_rollback_needs_none_of_it() -> None:
    found = record()
    assert (found.bare, found.rebuilt) == (None, None)
    assert judge(found).verdict is Verdict.PASSED
    assert "to serve" not in line(found)


@pytest.mark.parametrize(
    ("changes", "red"),
    [
        ([], []),
        ([replaced("bare", held=["/opt/shop"])], ["the new host was bare", "verdict is passed"]),
        ([replaced("bare", absent=0)], ["the new host was bare", "verdict is passed"]),
        ([replaced("rebuilt", not_restored=["x"])], ["what the backups hold is there", "verdict is passed"]),
        ([replaced("rebuilt", served=None)], ["served in time"]),
    ],
)
def test_each_fact_is_red_where_its_evidence_is(changes: list[Change], red: list[str]) -> None:
    found = record(*recovery(*changes))
    facts = recovery_facts.of_recovery([name for name, _, _ in journals.CHECKS], found.left_out)
    wrong = []
    for fact in facts:
        try:
            fact.holds(found)
        except AssertionError:
            wrong.append(fact.name)
    assert wrong == red


def test_the_page_says_how_long_it_took_and_what_was_in_no_backup(tmp_path: Path) -> None:
    lost = rebuilt(not_in_backups=[f"/etc/lost{number} is missing" for number in range(50)], not_restored=["/opt/<b>"])
    journals.write(tmp_path / "a.jsonl", *recovery(bare=bare(held=["/srv/x"]), rebuilt=lost))
    page = render(tmp_path).read_text(encoding="utf-8")
    for words in (
        "3.5 s",
        "to serve",
        "no objective is stated",
        "bare:1",
        "/etc/lost39 is missing",
        "10 more findings",
    ):
        assert words in page, words
    assert "/etc/lost40 is missing" not in page
    assert "/opt/&lt;b&gt;" in page
    assert "recovery of lingzhi-ecosystem" in page
    assert "recovery rollback of" not in page


def test_a_time_to_serve_is_never_below_nothing() -> None:
    started = Bare(started=ROLLBACK_STARTED, image="", absent=1, held=[], carried=0)
    assert seconds_to_serve(started, Rebuilt(served=T0, not_restored=[], not_in_backups=[])) == 0.0
