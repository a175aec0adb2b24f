"""Every check is turned red by a harm of its own, by name; and was green just before it."""

from __future__ import annotations

import pytest

from checks.registry import all_checks
from fixtures.expected import kept
from fixtures.harms import all_harms
from fixtures.observe import observe
from fixtures.plugin import STACKS
from fixtures.stack import load

pytestmark = pytest.mark.docker

CHECKS = {check.name: check for check in all_checks(load(STACKS / "lingzhi-ecosystem"))}
HARMS = [(name, harm) for harm in all_harms().values() for name in harm.turns_red]


@pytest.mark.parametrize(("name", "harm"), HARMS, ids=[f"{name}-{harm.name}" for name, harm in HARMS])
def test_a_harm_turns_its_check_red(name, harm, lab):
    target = lab.target
    target.expected.observation = observe(target)
    target.expected.kept = kept(lab.stack, target.read)
    lab.traffic.start()
    lab.traffic.flow(4)
    lab.traffic.stop_writing()
    lab.ledger.complete = True
    check = CHECKS[name]
    before = check.run(target)
    assert before.holds, before.message

    harm.apply(lab)
    real, proof = harm.proven(lab)
    assert real, proof
    after = check.run(target)

    assert not after.holds
    first = after.message.splitlines()[0]
    assert first.startswith(f"{lab.stack.name}: ")
    assert "expected" in first
    assert "got" in first


def test_every_check_has_a_harm_of_its_own():
    assert set(CHECKS) == {name for name, _ in HARMS}
