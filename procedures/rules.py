"""What the service's configuration must hold: a rule a key, such as {"type": "number", "min": 0, "max": 1}."""

from __future__ import annotations

import math
from typing import Any, Dict, Mapping, Optional

Rules = Mapping[str, Mapping[str, Any]]

_TYPES: Dict[str, Any] = {
    "number": lambda v: type(v) is int or (type(v) is float and math.isfinite(v)),
    "integer": lambda v: type(v) is int,
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "list": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}
_WORDS: Dict[str, Any] = {
    "equals": lambda v: True,
    "one_of": lambda v: isinstance(v, list),
    "type": lambda v: isinstance(v, str) and v in _TYPES,
    "min": _TYPES["number"],
    "max": _TYPES["number"],
    "optional": _TYPES["boolean"],
}
EXPECTED = f"an object of rules; a rule has some of {', '.join(_WORDS)}; a type is one of {', '.join(_TYPES)}"
_MISSING = object()


def are_rules(found: Any) -> bool:
    """Whether this is what `broken` understands."""
    return isinstance(found, dict) and all(
        isinstance(rule, dict) and all(word in _WORDS and _WORDS[word](value) for word, value in rule.items())
        for rule in found.values()
    )


def broken(rules: Rules, values: Any) -> Optional[str]:
    """The first rule that does not hold, as part of a sentence: key, found, expected. A key's dots lead inwards."""
    if not isinstance(values, dict):
        return f"the whole: found {values!r:.80}, expected keys and values"
    for key, rule in rules.items():
        found = _at(values, key)
        if found is _MISSING:
            if not rule.get("optional"):
                return f"{key}: found nothing, expected {_expected(rule)}"
        elif not _holds(rule, found):
            return f"{key}: found {found!r:.80}, expected {_expected(rule)}"
    return None


def _at(values: Any, key: str) -> Any:
    for part in key.split("."):
        if not isinstance(values, dict) or part not in values:
            return _MISSING
        values = values[part]
    return values


def _holds(rule: Mapping[str, Any], found: Any) -> bool:
    """`min` and `max` are a number's; true is not 1."""
    return (
        ("equals" not in rule or _same(found, rule["equals"]))
        and ("one_of" not in rule or any(_same(found, value) for value in rule["one_of"]))
        and ("type" not in rule or _TYPES[rule["type"]](found))
        and ("min" not in rule or (_TYPES["number"](found) and found >= rule["min"]))
        and ("max" not in rule or (_TYPES["number"](found) and found <= rule["max"]))
    )


def _same(found: Any, expected: Any) -> bool:
    return bool(found == expected) and isinstance(found, bool) == isinstance(expected, bool)


def _expected(rule: Mapping[str, Any]) -> str:
    if "equals" in rule:
        return repr(rule["equals"])
    if "one_of" in rule:
        return f"one of {', '.join(map(repr, rule['one_of']))}"
    words = [rule.get("type", "number" if {"min", "max"} & rule.keys() else "a value")]
    words += [f"from {rule['min']}"] if "min" in rule else []
    words += [f"to {rule['max']}"] if "max" in rule else []
    return " ".join(words)
