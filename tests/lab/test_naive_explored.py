"""Exploration finds by itself what is wrong with scripts that are right as long as nothing goes wrong (HAZARDS)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fixtures.exploration.explorer import Explorer, Tried
from fixtures.exploration.points import all_points, merged
from fixtures.exploration.scene import set_up
from fixtures.options import STACKS
from fixtures.procedure import BACKUP, Procedure
from fixtures.reference import procedures
from fixtures.stack import Limits, RollbackType, load

pytestmark = pytest.mark.docker

LAB, HAZARDS = Path(__file__).parent / "scripts", Path(__file__).parents[1] / "hazards" / "scripts"


@dataclass(frozen=True)
class Naive:
    """A script, and what must be found: outcome, fault, and what is wrong begins so; by the hazard that it is."""

    script: Path
    kind: RollbackType
    stack: str
    finds: dict[str, tuple[str, str, str]]


NAIVE = [
    Naive(
        HAZARDS / "h05_stop_and_copy.sh", "database", "lingzhi-ecosystem",
        {
            "H2 the copy fails, and nobody looks": ("false success", "ENOSPC", "exit status 0, and database is not"),
            "H8 the live file is destroyed first": ("failed", "kill", "database is a mixture"),
            "H15 nothing is synced": ("false success", "power-all", "exit status 0, and database is not"),
        },
    ),
    Naive(
        LAB / "naive_site.sh", "frontend", "lingzhi-ecosystem",
        {
            "H17 a part is copied, and nobody looks": ("false success", "ENOSPC", "exit status 0, and frontend is"),
            "H17 the copy stops half-way": ("failed", "kill", "frontend is a mixture"),
            "H15 nothing is synced": ("false success", "power-all", "exit status 0, and frontend is not"),
        },
    ),
    Naive(
        LAB / "naive_config.sh", "config", "credit-one",
        {
            "H22 the copy fails, and nobody looks": ("false success", "ENOSPC", "exit status 0, and config is not"),
            "H22 zero bytes": ("failed", "kill", "config is a mixture"),
            "H15 nothing is synced": ("false success", "power-all", "exit status 0, and config is not"),
        },
    ),
]  # fmt: skip


@pytest.mark.sample(1)
@pytest.mark.parametrize("naive", NAIVE, ids=lambda naive: naive.script.stem)
def test_what_is_wrong_with_it_is_found_without_being_told(bench, naive, request):
    """In full, at every point; else at those of the program that copies, and at the end."""
    stack = load(STACKS / naive.stack).model_copy(update={"limits": Limits(procedure=60, recovery=8)})
    with bench.lab(stack) as lab:
        given = replace(procedures(naive.kind), rollback=Procedure.from_script(naive.script, BACKUP))
        scene = set_up(lab, naive.kind, given)
        explorer = Explorer(lab, naive.kind, scene.procedure, aim=scene.aim)
        points = merged(all_points(naive.kind, explorer.record()))
        if not request.config.getoption("--prove"):
            faults = {fault for _, fault, _ in naive.finds.values()}
            points = [
                p for p in points if p.fault in faults and (p.call.program.startswith("cp ") or p.call.kind == "end")
            ]
        tried = list(explorer.explore(points))
    print(f"{naive.script.name}: {len(tried)} points, {dict(Counter(one.outcome for one in tried))}")
    for hazard, found in naive.finds.items():
        assert any(_is(one, *found) for one in tried), f"{hazard} is not found: {_wrong(tried)}"


def _is(one: Tried, outcome: str, fault: str, wrong: str) -> bool:
    return one.outcome == outcome and one.point.fault == fault and any(text.startswith(wrong) for text in one.wrong)


def _wrong(tried: list[Tried]) -> str:
    return "\n".join(f"{one.point.id}: {one.outcome}: {one.wrong[:1]}" for one in tried if one.wrong)
