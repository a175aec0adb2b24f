"""The configuration, as it was when it was read."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "config/config.yaml"


@dataclass(frozen=True)
class Config:
    """What config/config.yaml says; `sha256` is of the bytes that were read."""

    sha256: str
    version: str
    port: int
    model: Path
    features: list[str]
    approve: float
    reject: float
    pd_min: float
    pd_max: float

    @classmethod
    def read(cls) -> "Config":
        """Reads it; a file that is no configuration raises whatever it makes go wrong."""
        content = FILE.read_bytes()
        found = yaml.safe_load(content)
        return cls(
            sha256=hashlib.sha256(content).hexdigest(),
            version=found["version"],
            port=found["listen"]["port"],
            model=ROOT / found["model"]["path"],
            features=found["model"]["features"],
            approve=found["thresholds"]["approve"],
            reject=found["thresholds"]["reject"],
            pd_min=found["limits"]["pd_min"],
            pd_max=found["limits"]["pd_max"],
        )

    def decide(self, pd: float) -> str:
        """What follows from a probability of default."""
        if pd < self.approve:
            return "approve"
        return "reject" if pd >= self.reject else "review"
