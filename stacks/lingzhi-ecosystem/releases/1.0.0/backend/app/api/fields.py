"""The fields of a request: right, or refused with 400."""

import re

from flask import abort, request

KEY = re.compile(r"[\w.:-]{1,128}", re.ASCII)


def body() -> dict[str, object]:
    """The JSON object that the request carries."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        abort(400, "the body must be a JSON object")
    return sent


def text(sent: dict[str, object], name: str) -> str:
    """A field that must be a text and not empty."""
    value = sent.get(name)
    if not isinstance(value, str) or not value:
        abort(400, f"{name} must be a text that is not empty")
    return value


def key(value: object, name: str) -> str:
    """A name which the caller chose for a row, fit to stand in an address."""
    if not isinstance(value, str) or not KEY.fullmatch(value):
        abort(400, f"{name} must be 1 to 128 letters, digits or any of _ . : -")
    return value
