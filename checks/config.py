"""The configuration: readable, within what it may say, and the one that the service uses."""

from __future__ import annotations

import json
import math
import shlex
from typing import Any

from checks.registry import check, must
from fixtures.stack import Value, given
from fixtures.target import Target

_PARSE = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout, default=str)"


@check("config.valid", scope="config", needs="config", alone=True)
def valid(target: Target) -> None:
    """It parses, and each of its values is what stack.toml says it may be (H22: a copy of anything exits 0)."""
    config = given(target.stack.config)
    done = target.run(shlex.join([config.python, "-B", "-c", _PARSE, config.path]))
    said = (done.err or "no output").splitlines()[-1]
    must(done.status == 0, target, config.path, expected="YAML", got=said)
    found = json.loads(done.out)
    for key, wanted in config.values.items():
        value = _at(found, key)
        must(_fits(value, wanted), target, f"{config.path}, {key}", expected=_wish(wanted), got=repr(value))


def _at(found: Any, key: str) -> Any:
    for name in key.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _fits(value: Any, wanted: Value) -> bool:
    if wanted.equals is not None:
        return bool(value == wanted.equals) and isinstance(value, bool) == isinstance(wanted.equals, bool)
    if isinstance(value, bool):
        return False
    if wanted.type == "string":
        return isinstance(value, str)
    if wanted.type == "list":
        return isinstance(value, list)
    if not isinstance(value, int | float) or not (isinstance(value, int) or math.isfinite(value)):
        return False
    return (wanted.min is None or value >= wanted.min) and (wanted.max is None or value <= wanted.max)


def _wish(wanted: Value) -> str:
    if wanted.equals is not None:
        return repr(wanted.equals)
    bounds = [f"{word} {limit:g}" for word, limit in (("from", wanted.min), ("to", wanted.max)) if limit is not None]
    return " ".join([f"a {wanted.type or 'number'}", *bounds])
