"""Each bad config and model of the credit-risk stacks, filed as a version, is refused, and nothing is changed."""

from __future__ import annotations

import shlex

import pytest

from fixtures.reference import ON_HOST
from fixtures.trees import differences, look

pytestmark = pytest.mark.docker

VALID_BY_ITSELF = "disagrees.yaml"  # and wrong beside the model; a drill has it
CREDIT = ("credit-one", "fct", "nlp-factor")


def pytest_generate_tests(metafunc):
    """One of the three in a sample, all where everything is proven."""
    stacks = CREDIT if metafunc.config.getoption("--prove") else CREDIT[:1]
    metafunc.parametrize("stack", stacks, indirect=True)


def test_each_is_refused_and_nothing_is_changed(lab):
    target, stack = lab.target, lab.stack
    tried = []
    for kind, part in (("config", stack.config), ("model", stack.model)):
        folder = f"/opt/drill/bad/{kind}s"
        names = target.read(f"ls {folder}").split()
        for name in (name for name in names if name != VALID_BY_ITSELF):
            suffix = name.rpartition(".")[2]
            version = f"{part.versions}/{kind}_9.9.9.{suffix}"
            target.read(f"cp {folder}/{name} {version}")
            before = {scope: look(target.read, tree) for scope, tree in stack.trees.items()}
            main = target.read(f"systemctl show -P MainPID {stack.backend.unit}")
            done = target.run(f"{ON_HOST}/rollback.py {kind} --yes 9.9.9", timeout=60)
            assert done.status not in (0, 1), f"{name}: {done.status}: {done.out}{done.err}"
            assert shlex.quote(version) in done.err or "9.9.9" in done.err, done.err
            for scope, tree in stack.trees.items():
                assert not differences(before[scope], look(target.read, tree)), name
            assert target.read(f"systemctl show -P MainPID {stack.backend.unit}") == main
            target.read(f"rm {version}")
            tried.append(f"{kind} {name}: {done.err}")
    assert len(tried) >= 7, tried
