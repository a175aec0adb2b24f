"""What a value of the configuration may be."""

from __future__ import annotations

import math
from typing import Any

import pytest

from checks.config import _fits
from fixtures.stack import Value


@pytest.mark.parametrize(
    ("value", "wanted", "fits"),
    [
        (0.5, Value(type="number", min=0, max=1), True),
        (1, Value(type="number", min=0, max=1), True),
        (1.5, Value(type="number", min=0, max=1), False),
        (10**400, Value(type="number", min=0), True),
        (math.inf, Value(type="number", min=0), False),
        (math.nan, Value(type="number"), False),
        (True, Value(type="number"), False),
        (None, Value(type="string"), False),
        ("fct", Value(equals="fct"), True),
        (False, Value(equals=0), False),
        (0, Value(equals=0), True),
    ],
)
def test_only_what_the_procedures_take_fits(value: Any, wanted: Value, fits: bool) -> None:
    assert _fits(value, wanted) is fits
