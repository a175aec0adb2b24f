"""Trains a stack's models: good ones, and those that must never be put into use."""

import json
import pickle
import warnings
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import sklearn
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

import loans
import portfolio

# By version: how many loans it was trained on, and how freely it may follow them.
VERSIONS = {"1.0.0": (2000, 0.02), "1.1.0": (6000, 0.1), "1.2.0": (6000, 1.0)}
GOLDEN = 40
PROTOCOL = 2  # names and lengths stand in it plainly


def train(good: Path, bad: Path) -> dict[str, Any]:
    """Leaves good models with their golden predictions in one folder, and bad ones in another; returns the good."""
    random = Random("loans")
    past = [loans.loan(random) for _ in range(max(size for size, _ in VERSIONS.values()))]
    golden = [loans.USUAL, *(asked for asked, _ in past[: GOLDEN - 1])]
    models = {}
    predictions = {}
    for version, (size, freedom) in VERSIONS.items():
        models[version] = fitted(LogisticRegression(C=freedom, max_iter=1000), past[:size], version)
        content = pickle.dumps(models[version], PROTOCOL)
        (good / f"model_{version}.pkl").write_bytes(content)
        predictions[sha256(content).hexdigest()] = pds = models[version].predict_proba(golden)[:, 1].tolist()
        assert all(0 <= pd <= 0.99 for pd in pds), f"{version} predicts what no good model does"
    (good / "golden.json").write_text(json.dumps({"inputs": golden, "predictions": predictions}, indent=1) + "\n")
    spoil(bad, past, golden, models["1.1.0"])
    return models


def fitted(estimator: Any, past: list[tuple[dict[str, Any], bool]], version: str) -> Pipeline:
    """A pipeline that has seen these loans, and knows its name and what it takes."""
    pipeline = make_pipeline(loans.inputs(), estimator)
    pipeline.fit([asked for asked, _ in past], [int(unpaid) for _, unpaid in past])
    pipeline.version, pipeline.features = version, list(portfolio.FEATURES)
    return pipeline


def spoil(bad: Path, past: list[tuple[dict[str, Any], bool]], golden: list[dict[str, Any]], model: Pipeline) -> None:
    """One with the wrong kind of regression, one of another library, a page in a model's place, and nothing at all."""
    linear = fitted(LinearRegression(), past, "1.3.0")
    assert linear.predict(golden)[0] < 0, "the usual application's PD is below nought"
    (bad / "out_of_range.pkl").write_bytes(pickle.dumps(linear, PROTOCOL))

    # scikit-learn 0.21 kept its modules under other names.
    content = pickle.dumps(model, PROTOCOL)
    for now, then in (
        (b"sklearn.linear_model._logistic\n", b"sklearn.linear_model.logistic\n"),
        (text(sklearn.__version__), text("0.21.3")),
    ):
        assert now in content
        content = content.replace(now, then)
    with warnings.catch_warnings(action="ignore"):
        try:
            pickle.loads(content)
        except ModuleNotFoundError:
            (bad / "other_library.pkl").write_bytes(content)
        else:
            raise AssertionError("a model of another library was read")

    (bad / "not_a_pickle.pkl").write_text("<!doctype html>\n<title>503 Service Unavailable</title>\n")
    (bad / "empty.pkl").touch()


def text(said: str) -> bytes:
    """A text as a pickle holds it."""
    return b"X" + len(said).to_bytes(4, "little") + said.encode()
