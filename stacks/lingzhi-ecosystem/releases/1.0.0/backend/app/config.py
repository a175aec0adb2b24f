"""What the application is told by the files beside it."""

import json
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Config:
    """The settings of one process, read once: a file that changes later changes nothing here."""

    release: str
    schema: int
    secret_key: str
    model_url: str
    bank_url: str
    database: Path

    @classmethod
    def load(cls, root: Path = ROOT) -> "Config":
        """Reads RELEASE.json and .env from the backend's folder."""
        release = json.loads((root / "RELEASE.json").read_text(encoding="utf-8"))
        env = read_env(root / ".env")
        return cls(
            release=release["release"],
            schema=release["schema"],
            secret_key=env["SECRET_KEY"],
            model_url=env["MODEL_URL"],
            bank_url=env["BANK_URL"],
            database=root / "lingzhi_ecosystem.db",
        )


def read_env(path: Path) -> dict[str, str]:
    """Reads KEY=value lines; empty lines and comments are passed over."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key: value for key, _, value in pairs}


def config() -> Config:
    """The settings of the running application."""
    loaded: Config = current_app.extensions["config"]
    return loaded
