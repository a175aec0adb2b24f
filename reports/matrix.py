"""The matrix: which check caught which sabotage, and which check is needed; a function of a record's sabotages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from reports.record import Sabotage
from reports.text import visible

Worth = Literal["needed", "redundant", "caught nothing"]


@dataclass(frozen=True)
class Column:
    """One check: what it caught, and of that, what no other check did.

    `redundant`: without it each of its sabotages would still be caught, by one of `beside`.
    """

    name: str
    caught: tuple[str, ...]
    alone: tuple[str, ...]
    beside: tuple[str, ...]

    @property
    def worth(self) -> Worth:
        """Whether a sabotage would go unseen without it."""
        if self.alone:
            return "needed"
        return "redundant" if self.caught else "caught nothing"

    @property
    def said(self) -> str:
        """Its worth, and what for, as part of a sentence."""
        if self.alone:
            return f"needed: alone it caught {len(self.alone)} of {len(self.caught)} ({self.alone[0]})"
        if self.caught:
            return f"redundant: {', '.join(self.beside)} caught the same {len(self.caught)}"
        return "caught nothing: no sabotage here is for it"


@dataclass(frozen=True)
class Matrix:
    """Sabotages down, checks across."""

    named: Sequence[Sabotage]

    @cached_property
    def sabotages(self) -> list[Sabotage]:
        """Those that could be done to the host."""
        return [sabotage for sabotage in self.named if not sabotage.unfit]

    @cached_property
    def checks(self) -> list[str]:
        """Every check that looked at any sabotage, in the order of their names."""
        return sorted({name for sabotage in self.sabotages for name in sabotage.checks})

    @cached_property
    def columns(self) -> list[Column]:
        """One column a check."""
        return [self._column(name) for name in self.checks]

    def _column(self, name: str) -> Column:
        by_it = [sabotage for sabotage in self.sabotages if name in sabotage.caught_by]
        alone = tuple(sabotage.name for sabotage in by_it if sabotage.caught_by == [name])
        beside = [] if alone else _fewest(name, by_it)
        return Column(name, tuple(sabotage.name for sabotage in by_it), alone, tuple(beside))

    @property
    def redundant(self) -> list[str]:
        """The checks without which all that is caught would still be."""
        return [column.name for column in self.columns if column.worth == "redundant"]

    @property
    def idle(self) -> list[str]:
        """The checks that no sabotage here is for."""
        return [column.name for column in self.columns if column.worth == "caught nothing"]

    @property
    def caught(self) -> list[Sabotage]:
        """The sabotages that a check saw."""
        return [sabotage for sabotage in self.sabotages if sabotage.caught_by]

    @property
    def unseen(self) -> list[Sabotage]:
        """Those that took effect, and no check saw: holes in the checks."""
        return [sabotage for sabotage in self.sabotages if sabotage.real and not sabotage.caught_by]

    @property
    def not_done(self) -> list[Sabotage]:
        """Those that did not take effect: they say nothing of any check."""
        return [sabotage for sabotage in self.sabotages if not sabotage.real]

    @property
    def answer(self) -> str:
        """The whole in one sentence."""
        parts = [f"{len(self.caught)} of {len(self.sabotages)} sabotages caught"]
        parts += [f"not seen: {', '.join(s.name for s in self.unseen)}"] if self.unseen else []
        parts += [f"did not take effect: {', '.join(s.name for s in self.not_done)}"] if self.not_done else []
        parts += [f"left out: {s.name} ({s.unfit})" for s in self.named if s.unfit]
        return "; ".join(parts)


def _fewest(name: str, sabotages: Sequence[Sabotage]) -> list[str]:
    """A few other checks that together caught all of these: each time the one that caught most of what is left."""
    left, chosen = list(sabotages), []
    while left:
        others = sorted({other for sabotage in left for other in sabotage.caught_by} - {name})
        best = max(others, key=lambda other: sum(other in sabotage.caught_by for sabotage in left))
        chosen.append(best)
        left = [sabotage for sabotage in left if best not in sabotage.caught_by]
    return chosen


def table(matrix: Matrix) -> list[str]:
    """The matrix for the terminal: a line a sabotage, a sign a check (● caught it, ◆ it alone did); then the checks."""
    if not matrix.sabotages:
        return []
    width = max(len(name) for name in ("sabotage", *(sabotage.name for sabotage in matrix.sabotages)))
    numbers = range(1, len(matrix.checks) + 1)
    lines = [f"{'':{width}}  {''.join(str(n // 10) if n % 10 == 0 else ' ' for n in numbers)}".rstrip()]
    lines.append(f"{'sabotage':{width}}  {''.join(str(n % 10) for n in numbers)}")
    for sabotage in matrix.sabotages:
        signs = "".join(_sign(sabotage, name) for name in matrix.checks)
        note = "" if sabotage.caught_by else "  no check saw it" if sabotage.real else "  it did not take effect"
        lines.append(f"{sabotage.name:{width}}  {signs}{note}")
    longest = max(len(name) for name in matrix.checks) if matrix.checks else 0
    for number, column in zip(numbers, matrix.columns, strict=True):
        lines.append(f"{number:>4}  {column.name:{longest}}  {column.said}")
    return [visible(line) for line in [*lines, matrix.answer]]


def _sign(sabotage: Sabotage, check: str) -> str:
    if check not in sabotage.caught_by:
        return "·"
    return "◆" if sabotage.caught_by == [check] else "●"
