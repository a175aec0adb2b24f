"""How figures are written, on the page, in the terminal and in a verdict's causes alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime


def span(seconds: float) -> str:
    """A span of seconds: `40 ms`, `1.2 s`, `5 min 0.2 s`, `3 h 12 min`, `2 d 4 h`."""
    if 0 < seconds < 0.0995:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    if seconds < 3599.95:
        minutes, rest = divmod(round(seconds, 1), 60)
        return _two(f"{minutes:.0f} min", rest, f"{rest:.1f} s".replace(".0 s", " s"))
    if seconds < 48 * 3600:
        hours, minutes = divmod(round(seconds / 60), 60)
        return _two(f"{hours} h", minutes, f"{minutes} min")
    days, hours = divmod(round(seconds / 3600), 24)
    return _two(f"{days} d", hours, f"{hours} h")


def limit(seconds: float) -> str:
    """An objective in seconds, with nothing after the point that says nothing: `5 min`, `20 s`."""
    return span(seconds).replace(".0 s", " s")


def share(part: float) -> str:
    """A share as a percentage; what is not nothing never reads as nothing."""
    return "< 0.01 %" if 0 < part < 0.00005 else f"{part:.2%}".replace("%", " %")


def share_limit(part: float) -> str:
    """An objective that is a share: `1 %`."""
    return f"{part * 100:g} %"


def offset(seconds: float, write: Callable[[float], str] = span) -> str:
    """Seconds before or after the moment that counts as zero, with their sign: `+1.2 s`; `write` says how."""
    if abs(seconds) < 0.0005:
        return "0.0 s"
    return f"{'−' if seconds < 0 else '+'}{write(abs(seconds))}"


def moment(at: float) -> str:
    """The time of day of an epoch second, to the millisecond, in UTC."""
    return datetime.fromtimestamp(round(at, 3), UTC).time().isoformat("milliseconds")


def date(at: float) -> str:
    """Date and time of an epoch second, in UTC, which it says."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 drill`, `2,000 writes`; `plural` where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _two(large: str, rest: float, small: str) -> str:
    return f"{large} {small}" if rest else large
