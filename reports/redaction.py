"""Redaction: a secret that a procedure was given stands in no journal, report, log or terminal, nor does a piece of it.

Only what people read is redacted; what verdicts and figures are made from (names, times, statuses, counts) never is.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

# The keys of events under which text stands that a host, a script or a person wrote.
_FREE = {
    *("answer", "changed", "command", "description", "error", "evidence", "expected", "facts", "found", "key"),
    *("message", "output", "proof", "reasons", "said", "text", "title", "unknown", "what", "why", "wrong"),
}


_ORDER = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")  # to a terminal: colours and the like

SHORTEST_SECRET = 6  # characters; a shorter one cannot be told from text that happens to hold it


class Redaction:
    """Replaces every secret by its name in brackets, in the forms in which scripts print one, and every piece of it.

    A piece is half of the secret, but at least 4 characters and at most 6: what a cut at any place leaves of one. It is
    one in any case (`${PASSWORD^^}`), and where a terminal's colours stand within it, which a page leaves out.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._pieces = [
            (f"[{name}]", re.compile(f"(?=({'|'.join(map(re.escape, sorted(_pieces(form))))}))", re.IGNORECASE))
            for name, secret in secrets.items()
            for form in _forms(secret)
        ]

    def text(self, text: str) -> str:
        """The text without secrets."""
        for name, pieces in self._pieces:
            text = _replaced(text, pieces, name)
        return text

    def event(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data of an event, without secrets where text stands."""
        return {key: self._all(value) if key in _FREE else self._deeper(value) for key, value in data.items()}

    def _deeper(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.event(value)
        return [self._deeper(part) for part in value] if isinstance(value, list) else value

    def _all(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case dict():
                return {name: self._all(part) for name, part in value.items()}
            case list():
                return [self._all(part) for part in value]
        return value


def _replaced(text: str, pieces: re.Pattern[str], name: str) -> str:
    """The text, each run of pieces that meet or overlap as one name."""
    orders = {at for order in _ORDER.finditer(text) for at in range(*order.span())}
    places = [at for at in range(len(text)) if at not in orders] if orders else range(len(text))
    shown = "".join(text[at] for at in places) if orders else text
    parts: list[str] = []
    done, end = 0, 0  # `done` of the text, `end` of what is shown of it
    for found in pieces.finditer(shown):
        if found.start() > end or not parts:
            parts.append(text[done : places[found.start()]] + name)
        end = max(end, found.end(1))
        done = places[end - 1] + 1
    return "".join(parts) + text[done:]


def _pieces(form: str) -> set[str]:
    length = max(4, min(6, len(form) // 2))
    return {form[at : at + length] for at in range(len(form) - length + 1)}


def _forms(secret: str) -> list[str]:
    """The longest first: as it is, and quoted and encoded as shells, addresses, pages and headers have it."""
    raw = secret.encode()
    encoded = set()
    for before in range(3):  # where in a longer text it begins decides how it looks in base64
        whole = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        encoded.add(whole[(0, 2, 3)[before] : len(whole) - 1])
    quoted = {shlex.quote(secret).strip("'"), quote(secret, safe=""), quote_plus(secret), escape(secret)}
    forms = {form for form in {secret, json.dumps(secret)[1:-1], *quoted, *encoded, raw.hex()} if len(form) >= 4}
    return sorted(forms, key=lambda form: (-len(form), form))
