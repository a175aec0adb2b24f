"""The model of the probability of default (PD): a pickled scikit-learn pipeline that takes a list of dictionaries."""

import hashlib
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# scikit-learn loads pandas wherever it is installed; without it the service starts in two thirds of the time.
sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Model:
    """A model, as it was when it was read; `sha256` is of the bytes that were read."""

    sha256: str
    pipeline: Any

    @classmethod
    def read(cls, path: Path) -> "Model":
        """Reads it; a file that is no model raises whatever it makes go wrong."""
        content = path.read_bytes()
        return cls(sha256=hashlib.sha256(content).hexdigest(), pipeline=pickle.loads(content))

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
