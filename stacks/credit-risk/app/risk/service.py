"""What the service does, whatever it is asked over."""

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import portfolio
from risk import database
from risk.config import ROOT, Config
from risk.model import Model

log = logging.getLogger(__name__)


class BadRequest(Exception):
    """What was sent cannot be judged; the message says why."""


class NotFound(Exception):
    """There is no such thing."""


class ModelError(Exception):
    """There is no model, or it does not go with the configuration."""


class OutOfRange(ModelError):
    """The model predicts what no probability of default can be; `pd` is what it says."""

    def __init__(self, pd: float, config: Config) -> None:
        super().__init__(f"PD {pd} is not from {config.pd_min} to {config.pd_max}")
        self.pd = pd


@dataclass
class Service:
    """Configuration and model are in memory from start to end, or to a SIGHUP; `model` is None where it failed."""

    release: dict[str, Any]
    database: database.Database
    config: Config
    model: Model | None
    problem: str = ""

    @classmethod
    def start(cls) -> "Service":
        """Reads everything. Without a configuration it does not start; without a model it does, and says so."""
        release = json.loads((ROOT / "RELEASE.json").read_text(encoding="utf-8"))
        config = Config.read()
        service = cls(release, database.Database(release["schema"]), config, None)
        service.take(config)
        return service

    def reload(self) -> None:
        """Reads configuration and model again; keeps both where the configuration is none."""
        try:
            config = Config.read()
        except Exception:
            log.exception("the configuration was not read again")
        else:
            self.take(config)

    def take(self, config: Config) -> None:
        """Puts a configuration and the model that it names into use."""
        model, problem = None, ""
        try:
            model = Model.read(config.model)
            if set(model.features) != set(config.features):
                problem = f"the model takes {sorted(model.features)}, the configuration {sorted(config.features)}"
        except Exception as error:
            log.exception("the model was not read: %s", config.model)
            problem = f"{config.model.name}: {type(error).__name__}: {error}"
        self.config, self.model, self.problem = config, model, problem
        log.info("configuration %s, model %s %s", config.version, model.version if model else "none", problem)

    def health(self) -> dict[str, Any]:
        """Says that it can do its work, or raises."""
        if self.problem:
            raise ModelError(self.problem)
        self.database.rows("SELECT application_id, pd, decision FROM loan_staging LIMIT 1")
        return {"status": "ok"}

    def version(self) -> dict[str, Any]:
        """What is in memory."""
        return {**self.release, "config": self.config.sha256, "model": self.model.sha256 if self.model else None}

    def score(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Judges an application once: sent again, it is answered as the first time."""
        key = sent.get("applicant")
        if not isinstance(key, str) or not 0 < len(key) <= 64:
            raise BadRequest("applicant: expected a text of 1 to 64 characters")
        features = {name: value_of(sent, name, kind) for name, kind in portfolio.FEATURES.items()}
        config, model = self.config, self.model
        with self.database.transaction() as connection:
            if found := database.find(connection, key):
                return found
            if model is None or self.problem:
                raise ModelError(self.problem)
            [pd] = model.predict([features])
            if not config.pd_min <= pd <= config.pd_max:
                raise OutOfRange(pd, config)  # Nothing is kept of it.
            answer = {"applicant": key, "pd": pd, "decision": config.decide(pd)}
            judged = {**features, "pd": pd, "decision": answer["decision"], "model": model.version}
            database.keep(connection, {"application_id": key, **judged}, database.now())
            return answer

    def found(self, key: str) -> dict[str, Any]:
        """What was answered for an application."""
        query = "SELECT application_id AS applicant, pd, decision FROM loan_staging WHERE application_id = ?"
        for row in self.database.rows(query, key):
            return row
        raise NotFound(key)

    def summary(self) -> dict[str, Any]:
        """How many of what."""
        decisions = self.database.rows("SELECT decision, count(*) AS n FROM loan_staging GROUP BY decision")
        [outside] = self.database.rows(
            "SELECT count(*) AS n FROM loan_staging WHERE pd < ? OR pd > ?", self.config.pd_min, self.config.pd_max
        )
        counts = {row["decision"]: row["n"] for row in decisions}
        return {"loan_staging": sum(counts.values()), "decisions": counts, "out_of_range": outside["n"]}


def value_of(sent: Mapping[str, Any], name: str, kind: type) -> Any:
    """A feature as the model takes it."""
    value = sent.get(name)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
        raise BadRequest(f"{name}: expected {kind.__name__}, got {value!r}")
    return value
