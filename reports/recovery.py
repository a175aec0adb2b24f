"""Disaster recovery as its journal tells it: the bare host, when it served, and what was not in the backups at all.

The host was gone, and another one, which never saw the service before, was built anew from a folder of backups.
"""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from reports import figures
from reports.typed import EXACT, Count, Moment

KIND = "recovery"  # what such a drill has where others have the type of their rollback
SERVE = "serve"  # the objective, where stack.toml states one


@dataclass(frozen=True, config=EXACT)
class Bare:
    """The host that nothing was on. Event `bare`.

    `absent`: so many paths of the old host's, which its backups hold, were looked for in vain; `held` are those that
    were there: none, or it was not bare. `carried` are the bytes of the folder of backups.
    """

    started: Moment
    image: str
    absent: Count
    held: list[str]
    carried: Count


@dataclass(frozen=True, config=EXACT)
class Rebuilt:
    """What came of it. Event `rebuilt`.

    `served`: the first right answer that the prober had; None: it had none. `not_restored`: what the backups hold, and
    is not there as it was. `not_in_backups`: what the old host had, and no backup holds: findings, and no failures.
    """

    served: Moment | None
    not_restored: list[str]
    not_in_backups: list[str]


def seconds_to_serve(bare: Bare | None, rebuilt: Rebuilt | None) -> float | None:
    """From the bare host's start to the first right answer; None: none came, or nothing is known of it."""
    if bare is None or rebuilt is None or rebuilt.served is None:
        return None
    return max(0.0, rebuilt.served - bare.started)


def unsound(bare: Bare | None) -> list[str]:
    """Why nothing that follows would say anything."""
    if bare and bare.held:
        return [f"the bare host was not bare: it had {len(bare.held)} paths that the backups hold: {bare.held[0]}"]
    return []


def gaps(kind: str, bare: Bare | None, rebuilt: Rebuilt | None) -> list[str]:
    """Evidence that is missing, of a drill of this kind."""
    if kind != KIND:
        return []
    if bare is None:
        return ["nothing shows that a bare host was started"]
    if rebuilt is None:
        return ["nothing shows what of the old host the new one has"]
    return [] if bare.absent else ["nothing was looked for on the bare host: that it was bare shows nothing"]


def wrong(rebuilt: Rebuilt | None) -> list[str]:
    """What is not as it must be."""
    if rebuilt and rebuilt.not_restored:
        number = figures.count(len(rebuilt.not_restored), "path")
        return [f"{number} that the backups hold, not as they were: {rebuilt.not_restored[0]}"]
    return []


def missed(bare: Bare | None, rebuilt: Rebuilt | None, limit: float | None) -> list[str]:
    """The objective that was missed, where there is one."""
    if bare is None or limit is None:
        return []
    took = seconds_to_serve(bare, rebuilt)
    if took is not None and took < limit:
        return []
    shown = "no right answer" if took is None else f"time to serve {figures.span(took)}"
    return [f"objective missed: {shown}, and it must be under {figures.limit(limit)}"]
