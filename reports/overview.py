"""The answer over all drills of a run: would we get back, how fast, what would we lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports import figures
from reports.card import Card
from reports.exploration import Exploration
from reports.real import Real, judge
from reports.record import Part
from reports.verdict import WORST_FIRST, Judgement, Verdict

UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Unreadable:
    """A journal that cannot be read, and the sentence that says why."""

    anchor: str
    name: str
    why: str
    verdict: str = UNREADABLE


@dataclass(frozen=True)
class RealCard:
    """A real rollback, ready for the page."""

    anchor: str
    real: Real

    @cached_property
    def judgement(self) -> Judgement:
        """What was found, and the causes."""
        return judge(self.real)

    @property
    def verdict(self) -> str:
        """The verdict's word."""
        return self.judgement.verdict.value


@dataclass(frozen=True)
class ExplorationCard:
    """An exploration, ready for the page."""

    anchor: str
    exploration: Exploration

    @property
    def verdict(self) -> str:
        """How its card is coloured."""
        if self.exploration.holds:
            return "passed"
        return "false-success" if "false success" in self.exploration.counts else "failed"


@dataclass(frozen=True)
class Worst:
    """The worst figure of a kind over all drills, and whose it is; `card` is None where no drill has the figure."""

    name: str
    shown: str
    card: Card | None
    without: int  # drills that have no such figure


@dataclass(frozen=True)
class Overview:
    """A run's drills, worst verdict first, and the journals that could not be read; real rollbacks apart from both."""

    cards: Sequence[Card]
    unreadable: Sequence[Unreadable]
    real: Sequence[RealCard] = ()
    explorations: Sequence[ExplorationCard] = ()

    @property
    def explored(self) -> str:
        """How many points of all explorations were survived, in a sentence."""
        planned = sum(len(card.exploration.planned) for card in self.explorations)
        return f"{sum(card.exploration.survived for card in self.explorations)} of {planned} points survived"

    @property
    def total(self) -> int:
        """All drills of the run, those that left an unreadable journal included."""
        return len(self.cards) + len(self.unreadable)

    @property
    def entries(self) -> list[Card | Unreadable]:
        """What the page goes through: what did not pass first, the worst on top."""
        passed = [card for card in self.cards if card.judgement.verdict is Verdict.PASSED]
        return [*(card for card in self.cards if card not in passed), *self.unreadable, *passed]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many drills have each verdict, the worst first; verdicts nobody has are left out."""
        found = Counter(card.judgement.verdict for card in self.cards)
        named = [(verdict.value, found[verdict]) for verdict in WORST_FIRST if found[verdict]]
        return [*named, (UNREADABLE, len(self.unreadable))] if self.unreadable else named

    @property
    def passed(self) -> int:
        """Drills that passed."""
        return dict(self.counts).get(Verdict.PASSED.value, 0)

    @property
    def answer(self) -> str:
        """Would we get back, in a few words."""
        disproved = {Verdict.FALSE_SUCCESS, Verdict.FAILED} & {card.judgement.verdict for card in self.cards}
        if self.passed == self.total:
            return "Yes"
        if disproved:
            return "Not every time" if self.passed else "No"
        return "Not shown every time" if self.passed else "Not shown"

    @property
    def clocks(self) -> list[Worst]:
        """The three clocks; a host that never served rightly again is worse than any figure."""
        never = next((card for card in self.cards if card.record.never_recovered), None)
        recovery = self._worst("recovery", lambda card: card.record.recovery_seconds, figures.span)
        return [
            self._worst("rollback", lambda card: card.record.rollback_seconds, figures.span),
            Worst("recovery", "never", never, recovery.without) if never else recovery,
            self._worst("outage", lambda card: card.record.outage_seconds, figures.span),
        ]

    @property
    def loss(self) -> Worst:
        """The largest share of rows lost."""
        return self._worst(
            "rows lost", lambda card: card.record.loss.share if card.record.loss else None, figures.share
        )

    @property
    def lost_before(self) -> tuple[int, int]:
        """Acknowledged writes from before the backups: lost, and all."""
        return sum(part.acked_lost for part in self._before), sum(part.acked for part in self._before)

    @property
    def uncounted(self) -> int:
        """Drills whose acknowledged writes could not be counted."""
        return self.total - len(self._before)

    @property
    def _before(self) -> list[Part]:
        losses = [card.record.loss for card in self.cards if card.record.loss]
        return [loss.parts["before"] for loss in losses if "before" in loss.parts]

    def _worst(self, name: str, figure: Callable[[Card], float | None], shown: Callable[[float], str]) -> Worst:
        found = [(value, card) for card in self.cards if (value := figure(card)) is not None]
        if not found:
            return Worst(name, "no figure", None, self.total)
        value, card = max(found, key=lambda pair: pair[0])
        return Worst(name, shown(value), card, self.total - len(found))
