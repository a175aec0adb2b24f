"""The neighbour: another team's service on this host, which no rollback of ours may touch."""

from collections.abc import Callable, Iterable


def app(_: dict[str, object], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """Answers every request alike."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"neighbour\n"]
