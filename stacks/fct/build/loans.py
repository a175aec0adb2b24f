"""fct's past: loans to firms in good years and bad, and how they ended."""

import math
from random import Random
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

CURRENT, LINKED = "1.1.0", True
SECTORS = {"building": 0.5, "energy": -0.1, "farming": 0.1, "health": -0.5, "retail": 0.3, "transport": 0.0}
# Growth, unemployment and the central bank's rate, in per cent, one line a quarter.
QUARTERS = (
    (2.1, 5.2, 1.50), (2.4, 5.1, 1.50), (1.9, 5.0, 1.75), (1.2, 5.1, 2.00), (0.4, 5.5, 2.50), (-0.8, 6.3, 2.75),
    (-2.3, 7.4, 2.50), (-1.1, 8.0, 2.00), (0.2, 7.9, 1.50), (1.0, 7.3, 1.25), (1.7, 6.6, 1.25), (2.2, 6.0, 1.25),
    (2.6, 5.6, 1.50), (2.5, 5.3, 1.75), (2.0, 5.2, 2.00), (1.8, 5.2, 2.25),
)  # fmt: skip
# What the drills' writers apply for (stack.toml), and the first that ever came.
USUAL = {
    "amount": 250000.0, "loan_to_value": 0.35, "years": 5, "sector": "health",
    "gdp_growth": 2.6, "unemployment": 5.6, "policy_rate": 1.5,
}  # fmt: skip


def loan(random: Random) -> tuple[dict[str, Any], bool]:
    """What a firm applied for, and whether it was not paid back."""
    growth, unemployment, rate = random.choice(QUARTERS)
    asked = {
        "amount": float(random.randrange(50_000, 2_000_001, 10_000)),
        "loan_to_value": round(0.2 + 0.8 * random.betavariate(3, 2), 4),
        "years": random.randint(1, 15),
        "sector": random.choice(list(SECTORS)),
        "gdp_growth": growth,
        "unemployment": unemployment,
        "policy_rate": rate,
    }
    risk = (
        -5.6 + 2.8 * asked["loan_to_value"] - 0.25 * growth + 0.25 * unemployment + 0.1 * rate
        + 0.03 * asked["years"] + SECTORS[asked["sector"]]
    )  # fmt: skip
    return asked, random.random() < 1 / (1 + math.exp(-risk))


def inputs() -> Pipeline:
    """From a loan to what a model takes."""
    return make_pipeline(DictVectorizer(sparse=False), StandardScaler())
