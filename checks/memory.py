"""What the service has in memory is what lies on disk: a copy alone changes nothing (H22)."""

from __future__ import annotations

import shlex

from checks.registry import Check, family, must
from fixtures.stack import Config, Model, Stack
from fixtures.target import Target


@family
def in_memory(stack: Stack) -> list[Check]:
    """One check for the configuration and one for the model, where the stack has them."""

    def declared(name: str, part: Config | Model) -> Check:
        def same(target: Target) -> None:
            """The service says of what it uses the hash that the file on disk has."""
            disk = target.read(f"sha256sum < {shlex.quote(part.path)}").split()[0]
            memory = str(target.http.get(target.stack.release.endpoint).json().get(name))
            expected = f"{part.path}, sha256 {disk[:12]}"
            must(memory == disk, target, f"{name} in memory", expected=expected, got=memory[:12])

        return Check(f"memory.{name}", "memory", "eventually", live=True, changes_host=False, function=same)

    config = [declared("config", stack.config)] if stack.config else []
    return [*config, declared("model", stack.model)] if stack.model else config
