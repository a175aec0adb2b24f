"""What is red of backups that lie about, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from checks.backups import retention
from fixtures.options import STACKS
from fixtures.stack import load

NOW, OLDEST = "20261125_030000", {"30": "20261026_030000", "90": "20260827_030000", "7": "20261118_030000"}
STACK = load(STACKS / "credit-one")


def judged(*names: str, stable: Callable[[str], bool] = lambda name: False) -> None:
    """Run the check over backups of these names."""

    def read(command: str) -> str:
        if command.startswith("date"):
            return OLDEST[command.partition("-d '-")[2].partition(" ")[0]]
        return "\n".join(f'{name}.manifest.json:"stable": {str(stable(name)).lower()}' for name in names)

    [check] = retention(STACK)
    check(SimpleNamespace(stack=STACK, read=read, name="credit-one"))  # type: ignore[arg-type]


def monthly(name: str, number: int, year: int = 2025) -> list[str]:
    return [name.format(f"{year}{1 + at % 12:02}{1 + at // 12:02}_030000") for at in range(number)]


@pytest.mark.parametrize(
    "names",
    [
        monthly("config.before_rollback_{}", 12),
        monthly("model.before_rollback_{}", 24),
        monthly("logs.backup_{}", 30),
        monthly("credit_risk_{}.db", 10),
        monthly("credit_risk_{}.db", 5, 2024) + [f"credit_risk_202611{day:02}_030000.db" for day in range(1, 6)],
    ],
    ids=["configs", "models", "logs", "the newest ten", "ten in all"],
)
def test_what_a_rule_keeps_is_right(names):
    judged(*names)


def test_the_newest_stable_one_stays_however_old():
    judged(*monthly("credit_risk_{}.db", 11), stable=lambda name: name == "credit_risk_20250101_030000.db")


@pytest.mark.parametrize(
    "names",
    [
        monthly("credit_risk_{}.db", 11),
        monthly("credit_risk_pre_rollback_{}.db", 11),
        monthly("config.before_rollback_{}", 21),
        monthly("logs.backup_{}", 31),
    ],
    ids=["databases", "snapshots", "configs", "logs"],
)
def test_what_none_keeps_is_red(names):
    with pytest.raises(AssertionError, match=r"expected the newest \d+, and those of \d+ days, got 1 more"):
        judged(*names)
