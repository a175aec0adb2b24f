"""The backups on the host: as many as the rules of retention keep, and no more."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime, timedelta

from checks.registry import Check, family, must
from fixtures.stack import Stack
from fixtures.target import Target

_STAMP = re.compile(r"\d{8}_\d{6}")


@family
def retention(stack: Stack) -> list[Check]:
    """One check, where stack.toml has rules: what neither rule keeps is gone, but for the newest of all."""
    rule = stack.backups.retention.get("database")
    if rule is None or rule.days is None:
        return []

    def holds(target: Target) -> None:
        """Of the database's backups none is both beyond the newest N and older than D days (SOP A, decision 6)."""
        listed = target.read(f"ls {shlex.quote(target.stack.backups.folder)}").split()
        oldest = datetime.fromtimestamp(target.clock(), UTC) - timedelta(days=rule.days or 0)
        kinds: dict[str, list[str]] = {}
        for name in listed:
            if _STAMP.search(name) and not name.endswith(".json"):
                kinds.setdefault(_STAMP.sub("*", name), []).append(name)
        beyond = [
            name
            for names in kinds.values()
            for name in sorted(names, key=_stamp, reverse=True)[rule.newest :]
            if datetime.strptime(_stamp(name), "%Y%m%d_%H%M%S").replace(tzinfo=UTC) < oldest
        ]
        keeps = f"the newest {rule.newest}, and those of {rule.days} days"
        must(not beyond, target, target.stack.backups.folder, expected=keeps, got=f"{len(beyond)} more: {beyond[:3]}")

    return [Check("backups.retention", "backups", "once", live=True, changes_host=False, function=holds)]


def _stamp(name: str) -> str:
    found = _STAMP.search(name)
    assert found is not None
    return found[0]
