"""Which backups may go (SOP decision 6): what either rule keeps stays, and the newest stable one of anything does."""

from __future__ import annotations

import itertools
from typing import Iterable, List, Mapping, NamedTuple, Optional, Tuple

DAY_S = 86400.0


class Rule(NamedTuple):
    """Keep the newest so many, and whatever is younger than so many days; None is for ever."""

    newest: int
    days: Optional[float]


class Item(NamedTuple):
    """A backup or snapshot; `at` is the time in its name, in seconds since the epoch, and `used` says it is in use."""

    stack: str
    kind: str
    name: str
    at: float
    stable: bool = False
    snapshot: bool = False
    used: bool = False


def to_remove(history: Iterable[Item], stack: str, now: float, rules: Mapping[str, Rule]) -> List[Item]:
    """What no rule keeps, of this stack, the oldest first. A kind without a rule is kept, and models always are."""
    gone: List[Item] = []
    own = sorted((item for item in history if item.stack == stack), key=_group)
    for (kind, snapshot), items in itertools.groupby(own, key=_group):
        rule = rules.get(kind)
        if rule is None or rule.days is None or kind == "model":
            continue
        newest_first = sorted(items, key=lambda item: (item.at, item.name), reverse=True)
        last_stable = None if snapshot else next((item for item in newest_first if item.stable), None)
        gone += [
            item
            for item in newest_first[rule.newest :]
            if now - item.at >= rule.days * DAY_S and item != last_stable and not item.used
        ]
    return sorted(gone, key=lambda item: (item.at, item.name))


def _group(item: Item) -> Tuple[str, bool]:
    """Snapshots of the state rolled back from follow their kind's rule with a count of their own."""
    return item.kind, item.snapshot
