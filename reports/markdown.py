"""Text from hosts, scripts and people, made fit for Markdown: one line, nothing hidden, and nothing in it that acts."""

from __future__ import annotations

import re

from reports.text import one_line, visible

LONGEST = 400  # characters that are shown of one text; the journal has all of it

# Whatever begins a mark, a cell, a link, a tag or an entity; a "_" within a word begins none.
_SIGNS = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")


def plain(text: str) -> str:
    """The text as Markdown that shows it, wherever in a line it stands; a long one ends in "…", after a whole word."""
    return _SIGNS.sub(r"\\\g<0>", _cut(one_line(visible(text))))


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    head, _, rest = text[:LONGEST].rpartition(" ")
    return f"{head if len(head) > len(rest) else text[:LONGEST]} …"
