"""What SIGINT, SIGTERM and SIGHUP do: they end a program at once, until it has come too far to end half-way."""

from __future__ import annotations

import contextlib
import signal
from types import FrameType
from typing import Iterator, Optional

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asked the program to end."""


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """The first of the signals raises Interrupted within; the clean-up that follows is not interrupted again."""
    before = {number: signal.signal(number, _raise) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def hold() -> None:
    """From here on the signals change nothing: what was begun is brought to its end, which is bounded."""
    for number in _SIGNALS:
        # A handler, not SIG_IGN: the latter would be passed on to the commands that are run.
        signal.signal(number, _go_on)


def _raise(number: int, frame: Optional[FrameType]) -> None:
    hold()
    raise Interrupted(signal.Signals(number).name)


def _go_on(number: int, frame: Optional[FrameType]) -> None:
    pass
