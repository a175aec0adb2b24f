"""Who was told of what, and what of it arrived: what sending said is held against what the sinks have.

A notification that failed is a finding: it is shown, and no verdict stands on it, for a rollback waits for nobody to
be told. One that was said to be sent and did not arrive is a cause: then what was said shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Annotated, Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from reports import figures
from reports.typed import EXACT, Moment

NOTIFICATIONS = "notifications"  # what a plan calls them, where a stack has nobody told


@dataclass(frozen=True, config=EXACT)
class Notification:
    """One message, sent through one channel. Event `notified`.

    `sent` is when, `seconds` how long it took; `ok` is what the sending said of it, `said` what else where it was not.
    """

    channel: str
    kind: str
    to: Annotated[list[str], Field(min_length=1)]
    occasion: str
    subject: str
    text: str
    sent: Moment
    seconds: Annotated[float, Field(ge=0)]
    ok: bool
    said: str


@dataclass(frozen=True, config=EXACT)
class Arrival:
    """What a sink has. From event `outbox`."""

    at: Moment
    kind: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, config=EXACT)
class Delivery:
    """A notification for one of those that it is for, and how it arrived there; None: it did not."""

    notification: Notification
    to: str
    arrival: Arrival | None

    @property
    def holds(self) -> bool:
        """It was said to be sent, and arrived."""
        return self.notification.ok and self.arrival is not None

    @property
    def seconds(self) -> float | None:
        """From its sending to its arrival."""
        return max(0.0, self.arrival.at - self.notification.sent) if self.arrival else None


@dataclass(config=EXACT)
class Notifications:
    """All of a drill. `arrived` is None where the sinks were not asked."""

    sent: list[Notification] = field(default_factory=list)
    arrived: list[Arrival] | None = None

    def __bool__(self) -> bool:
        return bool(self.sent or self.arrived)

    def add(self, event: str, data: dict[str, Any]) -> None:
        """Take what an event says, `notified` or `outbox`."""
        if event == "notified":
            self.sent.append(Notification(**data))
        else:
            self.arrived = [Arrival(**arrival) for arrival in data["arrivals"]]

    @property
    def deliveries(self) -> list[Delivery]:
        """Each notification for each of those that it is for, in the order of sending; each arrival is one's alone."""
        return self._matched()[0]

    @property
    def unasked(self) -> list[Arrival]:
        """What arrived, and nobody sent."""
        return self._matched()[1]

    @property
    def failed(self) -> list[Notification]:
        """Those of which the sending said that they were not sent."""
        return [notification for notification in self.sent if not notification.ok]

    @property
    def doubts(self) -> list[str]:
        """Why what was said of them cannot be trusted, a sentence each."""
        if self.sent and self.arrived is None:
            return ["what arrived of the notifications was not looked at: that they were sent shows nothing"]
        return [
            f"a notification was said to be sent and did not arrive: {lost.notification.subject!r} "
            f"to {lost.to} through {lost.notification.channel}"
            for lost in self.deliveries
            if lost.notification.ok and not lost.arrival
        ]

    @property
    def summary(self) -> str:
        """What became of them, as a sentence."""
        number, good = len(self.deliveries), sum(delivery.holds for delivery in self.deliveries)
        return f"{good} of {figures.count(number, 'notification')} arrived."

    def _matched(self) -> tuple[list[Delivery], list[Arrival]]:
        left = sorted(self.arrived or (), key=lambda arrival: arrival.at)
        found = []
        # Those that were said to be sent choose first: the like of them may have failed before.
        for notification in sorted(self.sent, key=lambda one: (not one.ok, one.sent)):
            for to in notification.to:
                arrival = next(filter(_of(notification, to), left), None)
                if arrival:
                    left.remove(arrival)
                found.append(Delivery(notification, to, arrival))
        return sorted(found, key=lambda delivery: delivery.notification.sent), left


def _of(notification: Notification, to: str) -> Callable[[Arrival], bool]:
    wanted = (notification.kind, to, notification.subject, notification.text.strip())
    return lambda arrival: (arrival.kind, arrival.to, arrival.subject, arrival.text.strip()) == wanted
