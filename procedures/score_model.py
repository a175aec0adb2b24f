"""What a model predicts: run by the service's own python, apart, for a pickle runs whatever it holds.

Its argument is the number of an open file, the pickle; standard input has the inputs, a JSON list of objects; standard
output gets a JSON list with a PD for each. The model has `predict_proba(inputs)`, which answers two probabilities a
row, the second one the PD, or the PD alone. The inputs are the list; a model that does not take it gets a pandas
DataFrame, where there is pandas.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import sys
import warnings
from typing import Any, List


def main() -> None:
    """An error is one line, and exit status 1."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Whatever the model prints is not the answer, and not the last word on an error either.
    sys.stdout = sys.stderr
    try:
        print(json.dumps(_predicted(json.load(sys.stdin), int(sys.argv[1]))), file=answer, flush=True)
    except Exception as error:
        sys.exit(" ".join(f"{type(error).__name__}: {error}".split()))


def _predicted(inputs: Any, file: int) -> List[float]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with os.fdopen(file, "rb") as pickled:
            model = pickle.load(pickled)
    for warning in seen:  # scikit-learn's way to say that nothing is known of what it will predict.
        if warning.category.__name__ == "InconsistentVersionWarning" or "unpickle estimator" in str(warning.message):
            raise ValueError(f"pickled for another version of its library: {warning.message}")
    try:
        found = _asked(model, inputs)
    except Exception:
        try:
            frame = importlib.import_module("pandas").DataFrame
        except ImportError:
            frame = None
        if frame is None:
            raise
        found = _asked(model, frame(inputs))
    return [float(row[1] if hasattr(row, "__len__") else row) for row in found]


def _asked(model: Any, inputs: Any) -> Any:
    """A model of another kind has no probabilities, only predictions, which may lie out of range."""
    if hasattr(model, "predict") and not hasattr(model, "predict_proba"):
        return model.predict(inputs)
    return model.predict_proba(inputs)


if __name__ == "__main__":
    main()
