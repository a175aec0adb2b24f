"""Every check is turned red by a harm of its own, by name; and was green just before it."""

from __future__ import annotations

import pytest

from checks.registry import all_checks
from fixtures.expected import kept
from fixtures.harms import all_harms
from fixtures.observe import observe
from fixtures.options import STACKS as SHIPPED
from fixtures.stack import load

pytestmark = pytest.mark.docker

STACKS = {path.parent.name: load(path.parent) for path in sorted(SHIPPED.glob("*/stack.toml"))}
# What lingzhi-ecosystem has is tried there; of the others what is their own, on each of them where all is proven.
OWN = ("config", "model", "memory", "dashboard", "backups")
OWN_TOO = ("files.config", "files.model", "api.scored", "api.summary")
ROWS = [
    (stack.name, check, harm)
    for stack in STACKS.values()
    for harm in all_harms().values()
    for check in all_checks(stack)
    if check.name in harm.turns_red and not harm.misfit(stack)
    if stack.name == "lingzhi-ecosystem" or check.scope in OWN or check.name in OWN_TOO
]


def pytest_generate_tests(metafunc):
    if "harm" in metafunc.fixturenames:
        stacks = STACKS if metafunc.config.getoption("--prove") else ("lingzhi-ecosystem", "credit-one")
        rows = [row for row in ROWS if row[0] in stacks]
        ids = [f"{stack}-{check.name}-{harm.name}" for stack, check, harm in rows]
        metafunc.parametrize(("stack", "check", "harm"), rows, ids=ids, indirect=["stack"])


@pytest.mark.sample(10)
def test_a_harm_turns_its_check_red(check, harm, lab):
    target = lab.target
    target.expected.observation = observe(target)
    target.expected.kept = kept(lab.stack, target.read)
    lab.traffic.start()
    lab.traffic.flow(4)
    lab.traffic.stop_writing()
    lab.ledger.complete = True
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
    for stack in STACKS.values():
        known = {check.name for check in all_checks(stack)}
        assert known <= {check.name for _, check, _ in ROWS}, stack.name
