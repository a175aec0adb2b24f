"""Containment: switches in a file that is read at each request, so that nothing is restarted for them."""

from flask import Blueprint, abort, request

from app.config import ROOT

# Beside the release, not in it: no deploy and no rollback switches anything.
FILE = ROOT.parent / "containment"
SWITCHES = {"READONLY_MODE", "DISABLE_RISKY_OPS"}
READS = {"GET", "HEAD", "OPTIONS"}
# Posted, and yet they write nothing. What is not named here is taken for a write.
POSTED_READS = {"agent.chat", "login.login"}
RISKY = {"pay.create"}

routes = Blueprint("containment", __name__)


@routes.before_app_request
def refuse() -> None:
    """Refuses with 503 what is switched off, before anything else is done for the request."""
    on = switches()
    if "READONLY_MODE" in on and request.method not in READS and request.endpoint not in POSTED_READS:
        abort(503, "read-only mode: nothing is written until an incident is over; what is there can be read")
    if "DISABLE_RISKY_OPS" in on and request.endpoint in RISKY:
        abort(503, "risky operations are off until an incident is over: nothing was charged")


def switches() -> set[str]:
    """Those that are on; all of them where there is a file that cannot be read."""
    try:
        lines = FILE.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    except (OSError, ValueError):
        return SWITCHES
    pairs = (line.partition("=") for line in lines)
    return {name.strip() for name, _, value in pairs if value.strip() == "1"}
