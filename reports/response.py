"""The response to an incident, as a drill's journal tells it: its number and grade, and what was decided and why.

What else belongs to it has modules of its own: `reports.evidence`, `reports.containment`, `reports.notifications`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from reports.typed import EXACT, Moment

Severity = Literal["P0", "P1", "P2", "P3"]


@dataclass(frozen=True, config=EXACT)
class Incident:
    """An incident, opened: from `at` on it is responded to. Event `incident`; a later one replaces an earlier.

    `by`: who or what opened it; `reasons`: why it has its grade; `unknown`: what was not measured, and might make it
    graver; `clock`: the seconds that the grade allows from the alert to the response; `channel`: how people are told.
    """

    # It names a file.
    number: Annotated[str, Field(pattern=r"^INC-[0-9]{8}-[0-9]{3,}$")]
    grade: Severity
    reasons: Annotated[list[str], Field(min_length=1)]
    unknown: list[str]
    by: str
    at: Moment
    clock: Annotated[float, Field(gt=0)]
    channel: Literal["phone", "chat", "ticket", "tracker"]


@dataclass(frozen=True, config=EXACT)
class Answer:
    """The answer to a question, yes, no or None, not known; and what it stands on. From event `decision`."""

    holds: bool | None
    evidence: list[str]

    @model_validator(mode="after")
    def _stands_on_something(self) -> Answer:
        if self.holds is not None and not self.evidence:
            raise ValueError("found an answer without evidence, expected a sentence that it stands on, or null")
        return self


@dataclass(frozen=True, config=EXACT)
class Chosen:
    """The backup that was decided on; whether it is `stable` and `whole` (SOP.md, decision 7), None: nobody looked."""

    name: str
    taken: Moment
    stable: bool | None
    whole: bool | None


@dataclass(frozen=True, config=EXACT)
class Decision:
    """What was decided, by whom or what, and when. Event `decision`.

    The three questions are SOP A's; `type` is the rollback's, for these `reasons`; None: nothing says which.
    """

    by: str
    at: Moment
    damaged: Answer
    usable: Answer
    solves: Answer
    type: str | None
    reasons: list[str]
    backup: Chosen | None
