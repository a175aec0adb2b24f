"""How backups, versions and snapshots are called, so that no name of one sort is a name of another (H24, H28)."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

STAMP = "%Y%m%d_%H%M%S"
TIME = r"\d{8}_\d{6}"
# What rollbacks written the usual way file beside the good versions says so in its name.
VERSION = r"(?!.*(?:rollback|manifest))\w[\w.+-]*"


class Naming(NamedTuple):
    """Names of one sort: what stands before the key, what after it, and the pattern of the key."""

    before: str
    after: str
    key: str

    def name(self, key: str) -> str:
        """The name that has the key: a time, or a version."""
        return f"{self.before}{key}{self.after}"

    def key_of(self, name: str) -> Optional[str]:
        """The key in a name; None if the name is not of this sort."""
        match = re.fullmatch(f"{re.escape(self.before)}({self.key}){re.escape(self.after)}", name)
        return match and match[1]


def of(template: str, stem: str, suffix: str) -> Naming:
    """From a template such as {stem}_{stamp}{suffix}; ValueError if it is none."""
    try:
        before, after = template.format(stem=stem, suffix=suffix, stamp="/").split("/")
    except (AttributeError, IndexError, KeyError, ValueError):
        raise ValueError("a name with {stamp} in it once, and {stem} and {suffix} besides") from None
    return Naming(before, after, TIME)


def are_told_apart(one: Naming, other: Naming) -> bool:
    """Whether no name of the one sort is a name of the other."""
    time = "20260101_000000"
    return other.key_of(one.name(time)) is None and one.key_of(other.name(time)) is None
