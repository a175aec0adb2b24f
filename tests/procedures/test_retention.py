"""Which backups go: never what either rule keeps, never the newest stable one, never a model (SOP decision 6)."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from retention import DAY_S, Item, Rule, to_remove

NOW = 2_000_000_000.0
KINDS = ["database", "model", "logs"]
# Days that rules have, so that ages on a rule's edge come up often, and moments that several share.
DAYS = st.sampled_from([-1, 0, 1, 3, 7, 10, 30, 35])
MOMENTS = st.builds(lambda days, s: NOW - days * DAY_S + s, DAYS, st.sampled_from([0.0, 0.0, -0.5, 0.5]))
ITEMS = st.builds(
    Item,
    stack=st.sampled_from(["shop", "shop", "another"]),
    kind=st.sampled_from(KINDS),
    name=st.uuids().map(str),
    at=MOMENTS,
    stable=st.sampled_from([False, False, False, False, True]),  # so that it is often an old one that must stay
    snapshot=st.booleans(),
    used=st.sampled_from([False, False, False, True]),
)
HISTORIES = st.integers(0, 30).flatmap(lambda size: st.lists(ITEMS, min_size=size, max_size=size))
RULE = st.builds(Rule, newest=st.integers(1, 3), days=st.sampled_from([1.0, 7.0, 30.0]))
# Of the logs there may be no rule, or one that keeps them for ever.
RULES = st.fixed_dictionaries(
    {"database": RULE, "model": RULE}, optional={"logs": st.one_of(RULE, st.builds(Rule, st.just(1), st.none()))}
)


def groups(history: Sequence[Item]) -> dict[tuple[str, bool], list[Item]]:
    """What has a count of its own, newest first."""
    found: dict[tuple[str, bool], list[Item]] = {}
    for item in sorted(history, key=lambda item: (item.at, item.name), reverse=True):
        if item.stack == "shop":
            found.setdefault((item.kind, item.snapshot), []).append(item)
    return found


@given(HISTORIES, RULES)
def test_nothing_that_either_rule_keeps_goes(history: list[Item], rules: dict[str, Rule]) -> None:
    gone = to_remove(history, "shop", NOW, rules)
    for (kind, _), items in groups(history).items():
        rule = rules.get(kind)
        kept = items if rule is None or rule.days is None else items[: rule.newest]
        kept += [item for item in items if rule and rule.days and NOW - item.at < rule.days * DAY_S]
        assert not set(kept) & set(gone)


@settings(max_examples=300)
@given(HISTORIES, RULES)
def test_the_newest_stable_backup_of_anything_stays(history: list[Item], rules: dict[str, Rule]) -> None:
    gone = to_remove(history, "shop", NOW, rules)
    for (_, snapshot), items in groups(history).items():
        assert snapshot or next((item for item in items if item.stable), None) not in gone


@given(HISTORIES, RULES)
def test_models_what_is_in_use_and_what_is_another_stacks_stay(history: list[Item], rules: dict[str, Rule]) -> None:
    for item in to_remove(history, "shop", NOW, rules):
        assert (item.stack, item.used) == ("shop", False)
        assert item.kind != "model"


@given(HISTORIES, HISTORIES, RULES)
def test_snapshots_and_other_stacks_are_counted_apart(
    history: list[Item], more: list[Item], rules: dict[str, Rule]
) -> None:
    """Whatever snapshots and other stacks' files come on top: of the backups the same ones go; and the other way."""
    for snapshots in (True, False):
        own = [item for item in history if item.snapshot != snapshots]
        others = [item for item in more if item.snapshot == snapshots or item.stack != "shop"]
        gone = to_remove([*own, *others], "shop", NOW, rules)
        assert [item for item in gone if item in own] == to_remove(own, "shop", NOW, rules)


@settings(max_examples=300)
@given(HISTORIES, RULES)
def test_what_no_rule_keeps_does_go(history: list[Item], rules: dict[str, Rule]) -> None:
    gone = to_remove(history, "shop", NOW, rules)
    for (kind, snapshot), items in groups(history).items():
        rule = rules.get(kind)
        if rule and rule.days is not None and kind != "model":
            days = rule.days
            stable = None if snapshot else next((item for item in items if item.stable), None)
            old = [item for item in items[rule.newest :] if NOW - item.at >= days * DAY_S]
            assert set(old) - {stable} - {item for item in items if item.used} <= set(gone)


@given(HISTORIES, RULES)
def test_the_order_in_which_they_are_found_does_not_matter_and_a_second_time_nothing_goes(
    history: list[Item], rules: dict[str, Rule]
) -> None:
    gone = to_remove(history, "shop", NOW, rules)
    shuffled = sorted(history, key=lambda item: item.name)
    assert to_remove(shuffled, "shop", NOW, rules) == gone
    assert to_remove([item for item in history if item not in gone], "shop", NOW, rules) == []
