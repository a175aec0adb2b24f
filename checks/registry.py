"""The registry of checks: each declared once, run after every drill, and alone on a live host."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import httpx

from fixtures.shell import CommandError
from fixtures.stack import Stack
from fixtures.target import Target

Scope = Literal["database", "api", "services", "files", "config", "model", "memory", "dashboard", "backups"]
Need = Literal["database", "writes", "site", "login", "config", "model", "dashboard", "units"]
When = Literal["once", "eventually"]


UNSEEN = "what was there before the rollback, nobody saw"


@dataclass(frozen=True)
class Check:
    """One fact that must hold.

    `once`: content, as it is; `eventually`: a service that may take a moment. `live`: may run on a real host.
    `changes_host`: run last, after the content was judged. `survives_reboot`: holds after a reboot as it did before.
    `alone`: no other check may run beside it; one that reads the database would look like somebody who holds it, and
    one that runs a program like a process of the service.
    `needs`: the tables of stack.toml without which there is nothing to check.
    `why_not`: why it says nothing on a live host, where it does not. `writes`: it writes as a user does, and may on a
    live host where that is allowed.
    """

    name: str
    scope: Scope
    when: When
    live: bool
    changes_host: bool
    function: Callable[[Target], None]
    survives_reboot: bool = True
    alone: bool = False
    needs: tuple[Need, ...] = ()
    owner: Path | None = None  # the folder of the stack whose own check it is; none for those of this folder
    why_not: str = ""
    writes: bool = False

    def fits(self, stack: Stack) -> bool:
        """Whether the stack has what the check looks at, and the check is nobody else's."""
        return self.owner in (None, stack.folder) and not self.lacks(stack)

    def lacks(self, stack: Stack) -> list[Need]:
        """What it needs and the stack has not."""
        return [need for need in self.needs if not getattr(stack, need)]

    def __call__(self, target: Target) -> None:
        """Raise AssertionError if the fact does not hold; see `run` for every other way it can fail."""
        self.function(target)

    def run(self, target: Target) -> Result:
        """Run it; whatever goes wrong is red, never an error that somebody could overlook."""
        started = target.clock()
        try:
            self(target)
        except httpx.HTTPError as none:
            message = f"{target.name}: {self.name}: expected an answer, got none: {none}"
        except (AssertionError, CommandError) as red:
            message = str(red).strip() or f"{target.name}: {self.name} does not hold"
        except Exception as defect:
            # An answer of a shape that nobody thought of is no evidence of health.
            message = f"{target.name}: {self.name}: could not be judged: {type(defect).__name__}: {defect}"
        else:
            message = ""
        return Result(self, message, started, target.clock())


@dataclass(frozen=True)
class Result:
    """How one run of a check went; `message` is empty when it holds. Times are epoch seconds."""

    check: Check
    message: str
    started: float
    ended: float

    @property
    def holds(self) -> bool:
        """Whether the fact holds."""
        return not self.message

    def event(self, stage: str) -> dict[str, Any]:
        """What a journal says of it."""
        return {
            "stage": stage,
            "name": self.check.name,
            "scope": self.check.scope,
            "when": self.check.when,
            "holds": self.holds,
            "message": self.message,
            "started": self.started,
            "ended": self.ended,
        }


_REGISTRY: dict[tuple[Path | None, str], Check] = {}
_FAMILIES: list[tuple[Path | None, Callable[[Stack], list[Check]]]] = []
_ON_LIVE_HOST: dict[str, Callable[[Target], None]] = {}


_OWNER: ContextVar[Path | None] = ContextVar("_OWNER", default=None)


@contextmanager
def owned_by(folder: Path) -> Iterator[None]:
    """What is declared meanwhile is the own of the stack in that folder."""
    before = _OWNER.set(folder)
    try:
        yield
    finally:
        _OWNER.reset(before)


def check(
    name: str,
    *,
    scope: Scope,
    when: When = "once",
    live: bool = True,
    changes_host: bool = False,
    survives_reboot: bool = True,
    alone: bool = False,
    needs: Need | tuple[Need, ...] = (),
    why_not: str = "",
    writes: bool = False,
) -> Callable[[Callable[[Target], None]], Check]:
    """Declare a check.

    Raises:
        ValueError: the name is taken.
    """

    def declare(function: Callable[[Target], None]) -> Check:
        owner = _OWNER.get()
        for key in ((None, name), (owner, name)):
            if key in _REGISTRY:
                raise ValueError(f"check {name!r} is declared twice: in {_REGISTRY[key].function.__module__} and here")
        all_needs = (needs,) if isinstance(needs, str) else needs
        _REGISTRY[owner, name] = Check(
            name, scope, when, live, changes_host, function, survives_reboot, alone, all_needs, owner, why_not, writes
        )
        return _REGISTRY[owner, name]

    return declare


def on_live_host(name: str) -> Callable[[Callable[[Target], None]], Callable[[Target], None]]:
    """Declare what of a check holds on a host that takes writes and was not seen before: it stands in its place."""

    def declare(function: Callable[[Target], None]) -> Callable[[Target], None]:
        _ON_LIVE_HOST[name] = function
        return function

    return declare


def family(function: Callable[[Stack], list[Check]]) -> Callable[[Stack], list[Check]]:
    """Declare checks that come from what a stack says, such as one for each of its requests."""
    _FAMILIES.append((_OWNER.get(), function))
    return function


def load_all() -> None:
    """Have every check of this folder declared."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("test_"):
            importlib.import_module(f"checks.{module.name}")


def all_checks(stack: Stack) -> list[Check]:
    """Every check that a stack can have, its own with those of this folder; those that change the host last.

    Raises:
        ValueError: a stack's request has the name of another check: one result would hide the other.
    """
    load_all()
    found = [c for c in _REGISTRY.values() if c.fits(stack)]
    found += [c for owner, family in _FAMILIES if owner in (None, stack.folder) for c in family(stack)]
    names = [c.name for c in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"check {twice[0]!r} is declared twice: name the request of {stack.folder} otherwise")
    return sorted(found, key=lambda c: c.changes_host)


def without_units(stack: Stack) -> list[Check]:
    """The checks that a stack cannot have for want of units alone."""
    load_all()
    return [c for c in _REGISTRY.values() if c.owner is None and c.lacks(stack) == ["units"]]


def live_checks(stack: Stack) -> list[Check]:
    """Every check as it runs on a live host; those that may not are there too, for they are named as left out."""
    return [replace(c, function=_ON_LIVE_HOST.get(c.name, c.function)) for c in all_checks(stack)]


def must(fact: bool, target: Target, what: str, *, expected: object, got: object) -> None:
    """Assert a fact with a first line that stands alone: host, what was looked at, expected, got."""
    assert fact, f"{target.name}: {what}: expected {_shown(expected)}, got {_shown(got)}"


def _shown(value: object) -> str:
    shown = " ".join((value if isinstance(value, str) else repr(value)).split())
    return shown if len(shown) <= 300 else f"{shown[:300]}… ({len(shown)} characters)"
