"""credit-one's past: loans as they were applied for, and how they ended."""

import math
from random import Random
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

CURRENT, LINKED = "1.2.0", False
PURPOSES = {"car": -0.2, "debt": 0.7, "education": 0.1, "home": -0.4, "other": 0.2}
# What the drills' writers apply for (stack.toml), and the first that ever came.
USUAL = {
    "age": 41, "income": 5200.0, "debt_ratio": 0.18, "late_payments": 0,
    "amount": 8000.0, "term_months": 24, "purpose": "home",
}  # fmt: skip


def loan(random: Random) -> tuple[dict[str, Any], bool]:
    """What somebody applied for, and whether it was not paid back."""
    asked = {
        "age": random.randint(21, 70),
        "income": round(min(random.lognormvariate(8.2, 0.45), 15000), 2),
        "debt_ratio": round(random.betavariate(2, 5), 4),
        "late_payments": min(int(random.expovariate(0.9)), 6),
        "amount": float(random.randrange(1000, 30001, 100)),
        "term_months": random.choice((12, 24, 36, 48, 60)),
        "purpose": random.choice(list(PURPOSES)),
    }
    risk = (
        -3.6 + 2.2 * asked["debt_ratio"] + 0.55 * asked["late_payments"] + 0.03 * asked["amount"] / 1000
        - 0.1 * asked["income"] / 1000 - 0.01 * (asked["age"] - 40) + 0.01 * asked["term_months"]
        + PURPOSES[asked["purpose"]]
    )  # fmt: skip
    return asked, random.random() < 1 / (1 + math.exp(-risk))


def inputs() -> Pipeline:
    """From a loan to what a model takes."""
    return make_pipeline(DictVectorizer(sparse=False), StandardScaler())
