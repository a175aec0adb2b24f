"""The backups on the host: as many as the rules of retention keep, and no more."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from checks.registry import Check, family, must
from fixtures.stack import Retention, Stack
from fixtures.target import Target

_MANIFEST = ".manifest.json"
_STABLE = '"stable": [a-z]*'


@family
def retention(stack: Stack) -> list[Check]:
    """One check, where stack.toml has rules: what neither rule keeps is gone, but for the newest stable one."""
    sorts = list(_sorts(stack))
    if not sorts:
        return []

    def holds(target: Target) -> None:
        """Of each sort none is both beyond the newest N and older than D days (SOP A, decision 6).

        What has no manifest is nobody's to remove, and is not counted.
        """
        folder = shlex.quote(target.stack.backups.folder)
        said = target.read(f"cd {folder} && grep -Ho '{_STABLE}' /dev/null *{_MANIFEST} || true")
        lines = (line.partition(":") for line in said.splitlines())
        stable = {name.removesuffix(_MANIFEST): word.endswith("true") for name, _, word in lines}
        # Names have the host's own time.
        oldest = {days: target.read(f"date -d '-{days} days' +%Y%m%d_%H%M%S") for days in {r.days for _, r, _ in sorts}}
        for pattern, rule, exempts in sorts:
            stamps = {name: found[1] for name in stable if (found := pattern.fullmatch(name))}
            names = sorted(stamps, key=lambda name: stamps[name], reverse=True)
            kept = next((name for name in names if stable[name]), None) if exempts else None
            beyond = [name for name in names[rule.newest :] if stamps[name] < oldest[rule.days] and name != kept]
            keeps = f"the newest {rule.newest}, and those of {rule.days} days"
            where = f"{target.stack.backups.folder}, {pattern.pattern}"
            must(not beyond, target, where, expected=keeps, got=f"{len(beyond)} more: {beyond[:3]}")

    return [Check("backups.retention", "backups", "once", live=True, changes_host=False, function=holds)]


def _sorts(stack: Stack) -> Iterator[tuple[re.Pattern[str], Retention, bool]]:
    """Names of backups and of snapshots of each kind, its rule, and whether the newest stable one stays however old."""
    for kind, rule in stack.backups.retention.items():
        if rule.days is None or (kind == "database" and stack.database is None):
            continue
        around = (f"{kind}.backup_", ""), (f"{kind}.before_rollback_", "")
        if kind == "database":
            around = stack.around_time("database"), stack.around_time("snapshot")
        for (before, after), exempts in zip(around, (True, False), strict=True):
            yield re.compile(re.escape(before) + r"(\d{8}_\d{6})" + re.escape(after)), rule, exempts
