"""Calls to services outside the host."""

import json
from http.client import HTTPException
from urllib.request import Request, urlopen


class OutsideError(Exception):
    """An outside service did not give a usable answer."""


def call(url: str, question: dict[str, object], seconds: float) -> dict[str, object]:
    """Posts JSON and returns the JSON object answered."""
    request = Request(url, json.dumps(question).encode(), {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=seconds) as response:
            answer = json.load(response)
    except (OSError, HTTPException, ValueError) as error:
        raise OutsideError(str(error)) from error
    if not isinstance(answer, dict):
        raise OutsideError("the answer is not a JSON object")
    return answer
