"""Containment: switches in a file that is read at each request, so that nothing is restarted for them."""

from risk.config import ROOT

# Beside what is deployed, not in it: no deploy and no rollback switches anything.
FILE = ROOT.parent / "containment"
REFUSALS = {
    "DISABLE_RISKY_OPS": "risky operations are off until an incident is over: nothing is decided",
    "READONLY_MODE": "read-only mode: nothing is written until an incident is over; what was decided can be read",
}


class Contained(Exception):
    """What was asked for is switched off; the message says why."""


def expect_none() -> None:
    """Raises Contained while any switch is on: a decision is both risky and a write."""
    for name in sorted(switches()):
        raise Contained(REFUSALS[name])


def switches() -> set[str]:
    """Those that are on; all of them where there is a file that cannot be read."""
    try:
        lines = FILE.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    except (OSError, ValueError):
        return {*REFUSALS}
    pairs = (line.partition("=") for line in lines)
    return {name.strip() for name, _, value in pairs if value.strip() == "1"} & REFUSALS.keys()
