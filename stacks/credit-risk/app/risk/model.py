"""The model of the probability of default (PD): a pickled scikit-learn pipeline that takes a list of dictionaries."""

import hashlib
import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Model:
    """A model, as it was when it was read; `sha256` is of the bytes that were read."""

    sha256: str
    pipeline: Any

    @classmethod
    def read(cls, path: Path) -> "Model":
        """Reads it; a file that is no model raises whatever it makes go wrong."""
        content = path.read_bytes()
        with without_pandas():
            pipeline = pickle.loads(content)
        return cls(sha256=hashlib.sha256(content).hexdigest(), pipeline=pipeline)

    @property
    def version(self) -> str:
        """What the trainer called it."""
        return str(self.pipeline.version)

    @property
    def features(self) -> list[str]:
        """The names of what it was trained on."""
        return list(self.pipeline.features)

    def predict(self, applications: Sequence[Mapping[str, Any]]) -> list[float]:
        """The PD of each application."""
        if hasattr(self.pipeline, "predict_proba"):
            return [float(pd) for pd in self.pipeline.predict_proba(applications)[:, 1]]
        return [float(pd) for pd in self.pipeline.predict(applications)]


@contextmanager
def without_pandas() -> Iterator[None]:
    """scikit-learn reads in pandas wherever it is installed, a third of the start; nobody here hands it a table."""
    if "sklearn" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pandas"]
