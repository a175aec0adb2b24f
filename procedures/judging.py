"""Whether a config or a model may be used: judged by the service's own python, before anything is touched (H22).

A refusal is a ValueError: part of a sentence that names file, key, what was found and what is expected.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, List

import apart
import durable
import rules
from config import Config, Model, Settings
from exits import described

_HERE = Path(__file__).resolve().parent


def judge(config: Config, kind: str, path: Path) -> None:
    """ValueError says why the service must not be given this file."""
    if kind == "config" and config.settings:
        _judge_settings(config.settings, path)
    if kind == "model" and config.model:
        _judge_model(config.model, path)


def parsed(settings: Settings, path: Path) -> Any:
    """What a YAML file says."""
    try:
        # -I: of what lies in the working directory nothing is imported.
        words = [str(settings.python), "-I", "-B", "-c", _program("parse_yaml.py")]
        return json.loads(apart.run(words, path.read_bytes(), settings.timeout_s, settings.path.parent))
    except (OSError, RecursionError, ValueError) as error:
        raise ValueError(f"{path}: content: found {_said(error)}, expected YAML that can be parsed") from None


def _judge_settings(settings: Settings, path: Path) -> None:
    wrong = rules.broken(settings.schema, parsed(settings, path))
    if wrong:
        raise ValueError(f"{path}: {wrong}")


def _judge_model(model: Model, path: Path) -> None:
    inputs, known = _golden(model, path)
    low, high = model.range
    found = _scored(model, path, inputs)
    if not _are_pds(found, inputs):
        raise ValueError(f"{path}: PDs: found {found!r:.80}, expected a number for each of {len(inputs)} golden inputs")
    for number, pd in enumerate(found):
        if not low <= pd <= high:
            raise ValueError(f"{path}: PD of golden input {number}: found {pd:.6g}, expected from {low:g} to {high:g}")
        if known and not math.isclose(pd, known[number], rel_tol=1e-6, abs_tol=1e-9):
            raise ValueError(f"{path}: PD of golden input {number}: found {pd:.9g}, expected {known[number]:.9g}")


def _golden(model: Model, path: Path) -> Any:
    """The inputs, and what is known to be predicted by the file's very bytes, or None."""
    try:
        content = json.loads(model.golden.read_text(encoding="utf-8"))
        inputs, known = content["inputs"], content["predictions"].get(durable.sha256(path))
    except (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"{model.golden}: found {_said(error)}, expected inputs and predictions") from None
    if not isinstance(inputs, list) or not inputs:
        raise ValueError(f"{model.golden}: inputs: found {inputs!r:.80}, expected a list of some")
    if known is not None and not _are_pds(known, inputs):
        raise ValueError(f"{model.golden}: found {known!r:.80}, expected a number for each of {len(inputs)} inputs")
    return inputs, known


def _scored(model: Model, path: Path, inputs: List[Any]) -> Any:
    given = json.dumps(inputs).encode()
    try:
        with open(path, "rb") as file:
            # Opened here: the folder of the versions need not be open to whom it is run as.
            built_in = [str(model.python), "-B", "-c", _program("score_model.py"), str(file.fileno())]
            words = [*model.score, str(path)] if model.score else built_in
            return json.loads(apart.run(words, given, model.timeout_s, model.folder, [file.fileno()]) or b"null")
    except (OSError, RecursionError, ValueError) as error:
        raise ValueError(f"{path}: content: found {_said(error)}, expected a model that loads and predicts") from None


def _program(name: str) -> str:
    """Its text, for whom it is run as may not be able to read it here."""
    return (_HERE / name).read_text(encoding="utf-8")


def _are_pds(found: Any, inputs: List[Any]) -> bool:
    return isinstance(found, list) and len(found) == len(inputs) and all(map(_is_finite, found))


def _is_finite(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _said(error: BaseException) -> str:
    """Sentences of our own need not say what class they are of."""
    return str(error) if type(error) is ValueError else described(error)
