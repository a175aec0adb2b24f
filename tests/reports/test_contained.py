"""Containment and evidence in a drill: what they leave in the record, and what of them is a cause of its verdict."""

from __future__ import annotations

import pytest

from reports.verdict import Verdict, judge
from tests.reports import journals
from tests.reports.journals import (
    DETECTED,
    READ,
    REFUSED,
    ROLLBACK_ENDED,
    ROLLBACK_STARTED,
    TAKEN,
    Change,
    added,
    check,
    contained,
    evidence,
    evidence_seen,
    lifted,
    record,
    replaced,
    tried,
)

KEPT = (evidence(), evidence_seen("taken"), evidence_seen("end"))


def test_what_was_contained_and_kept_as_it_must_be_is_no_cause() -> None:
    read = record(added(*KEPT, contained(*REFUSED, READ), lifted(*TAKEN)))
    assert judge(read).verdict is Verdict.PASSED
    [one] = read.contained
    assert (one.at, one.switches) == (DETECTED + 1, ["DISABLE_RISKY_OPS", "READONLY_MODE"])
    assert str(one.tried[0]) == "POST /api/pay was answered 503"
    assert (read.lifted[0].at, read.lifted[0].refused) == (ROLLBACK_ENDED + 0.1, 40)
    assert (read.evidence[0].at, read.evidence[0].files[0].bytes) == (DETECTED + 0.5, 4096)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (
            added(contained(tried("POST /api/pay", 201, False), READ), lifted(*TAKEN)),
            "the containment let a write through: POST /api/pay was answered 201",
        ),
        (
            added(contained(tried("POST /api/pay", 500, False), READ), lifted(*TAKEN)),
            "the containment does not refuse what it must: POST /api/pay was answered 500",
        ),
        (
            added(contained(*REFUSED, tried("GET /api/health", 503, True)), lifted(*TAKEN)),
            "the containment refuses reads: GET /api/health was answered 503",
        ),
        (
            added(contained(*REFUSED, READ), lifted(*TAKEN, let_through={"POST /api/pay": 1})),
            "the containment let 1 acknowledged write through: POST /api/pay",
        ),
        (
            added(contained(*REFUSED, READ), lifted(TAKEN[0], tried("POST /api/checkin", None, False))),
            "the containment was lifted, and writes are not taken again: POST /api/checkin was not answered",
        ),
        (
            added(*KEPT[:2], evidence_seen("end", "database/shop.db is not what it was")),
            "evidence: database/shop.db is not what it was",
        ),
        (
            added(evidence_seen("taken", "evidence.py exited with status 6: no space")),
            "evidence: evidence.py exited with status 6: no space",
        ),
        (
            added(evidence(ROLLBACK_STARTED + 0.1), *KEPT[1:]),
            "evidence: /var/lib/evidence/INC-20260301-001 was taken after the host had been changed",
        ),
        (
            added(evidence(DETECTED + 1), *KEPT[1:], contained(*REFUSED, READ), lifted(*TAKEN)),
            "evidence: /var/lib/evidence/INC-20260301-001 was taken after the host had been changed",
        ),
    ],
)
def test_what_went_wrong_around_the_rollback_fails_the_drill(change: Change, cause: str) -> None:
    judgement = judge(record(change))
    assert (judgement.verdict, judgement.cause) == (Verdict.FAILED, cause)
    hidden = judge(record(change, added({"event": "problem", "text": "the ledger is gone"})))
    assert (hidden.verdict, hidden.cause) == (Verdict.FAILED, cause)
    alone = judge(record(change, replaced("rollback", status=1)))
    assert cause in alone.causes
    lie = judge(record(change, added(check("database.rows", "after", False))))
    assert lie.verdict is Verdict.FALSE_SUCCESS
    assert cause in lie.causes


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (
            added(contained(*REFUSED[:1], tried("POST /api/checkin", 502, False), READ), lifted(*TAKEN)),
            "contained, POST /api/checkin was answered 502: that it is refused is not shown",
        ),
        (
            added(contained(tried("POST /api/pay", None, False), READ), lifted(*TAKEN)),
            "contained, POST /api/pay was not answered: that it is refused is not shown",
        ),
        (
            added(contained(READ), lifted(*TAKEN)),
            "contained, no write was tried: that they are refused is not shown",
        ),
        (
            added(contained(*REFUSED, tried("GET /api/health", 500, False)), lifted(*TAKEN)),
            "contained, no read was answered: that reads go on is not shown",
        ),
        (added(contained(*REFUSED, READ)), "the containment was not lifted"),
        (
            added(lifted(*TAKEN), contained(*REFUSED, READ, at=ROLLBACK_ENDED + 1)),
            "the containment was not lifted",
        ),
        (added(*KEPT[::2]), "evidence: that it is what was there is not shown"),
        (added(*KEPT[:2]), "evidence: that it is still there is not shown"),
    ],
)
def test_what_is_not_shown_is_inconclusive(change: Change, cause: str) -> None:
    judgement = judge(record(change))
    assert (judgement.verdict, judgement.cause) == (Verdict.INCONCLUSIVE, cause)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({**contained(READ), "tried": [{"what": "GET /"}]}, "status"),
        ({**lifted(), "refused": -1}, "refused"),
        ({**evidence(), "files": [{"path": "a", "sha256": "b"}]}, "bytes"),
        (evidence_seen("later"), "when"),
    ],
)
def test_what_was_contained_and_kept_is_typed(event: journals.Event, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        record(added(event))
