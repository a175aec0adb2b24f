"""nlp-factor's past: what applicants wrote, what the papers wrote of them, and how their loans ended."""

import math
from operator import itemgetter
from random import Random
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

CURRENT, LINKED = "1.2.0", False
TRADES = ("bakery", "brewery", "carrier", "clinic", "foundry", "grower", "printer", "sawmill", "tailor", "workshop")
AIMS = ("a second shift", "a new hall", "machines", "stock before the season", "older debts", "wages until spring")
# What a sentence says, and how much likelier it makes a default.
WRITTEN = {
    "Orders are booked for the whole year": -0.9,
    "Invoices are paid within thirty days": -0.7,
    "Revenue grew in each of the last five years": -0.8,
    "The founder still runs the firm": 0.0,
    "We moved to a larger town": 0.1,
    "Our largest customer left in autumn": 0.9,
    "Two instalments are late": 1.1,
    "Taxes are deferred": 0.8,
}
PRINTED = {
    "wins a contract with the city": -0.6,
    "hires twenty people": -0.4,
    "opens its doors to visitors": 0.0,
    "changes its auditor": 0.4,
    "sued by a supplier": 0.7,
    "warns of losses": 0.9,
}
# What the drills' writers apply for (stack.toml), and the first that ever came.
USUAL = {
    "narrative": "A clinic asks for machines. Invoices are paid within thirty days. The founder still runs the firm.",
    "news": "Clinic wins a contract with the city",
}
DOCUMENTS = 3000


def document(random: Random) -> tuple[dict[str, Any], float]:
    """What was written and printed of a firm, and its risk."""
    trade = random.choice(TRADES)
    [one, other] = random.sample(list(WRITTEN), 2)
    news = random.choice(list(PRINTED))
    narrative = f"A {trade} asks for {random.choice(AIMS)}. {one}. {other}."
    risk = -2.4 + WRITTEN[one] + WRITTEN[other] + PRINTED[news]
    return {"narrative": narrative, "news": f"{trade.capitalize()} {news}"}, risk


def written() -> list[tuple[dict[str, Any], float]]:
    """Every document that there is."""
    random = Random("documents")
    return [document(random) for _ in range(DOCUMENTS)]


ALL = written()


def loan(random: Random) -> tuple[dict[str, Any], bool]:
    """What somebody applied with, and whether the loan was not paid back."""
    asked, risk = random.choice(ALL)
    return dict(asked), random.random() < 1 / (1 + math.exp(-risk))


def inputs() -> FeatureUnion:
    """From texts to what a model takes."""
    return FeatureUnion(
        [
            (name, TfidfVectorizer(preprocessor=itemgetter(name), ngram_range=(1, 2), min_df=5))
            for name in ("narrative", "news")
        ]
    )
