"""Fills a stack's database and makes its older backups: the same rows each time, told as they came to be."""

import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import loans
from risk.config import Config
from risk.database import FILE, connect, keep
from risk.model import Model

# When, how many applications had come by then, and what judged them; all but the last end with a backup.
MONTHS = (
    (datetime(2026, 9, 1, 3, tzinfo=UTC), 40_000, "1.0.0"),
    (datetime(2026, 11, 1, 3, tzinfo=UTC), 12_000, "1.1.0"),
    (datetime(2026, 11, 20, tzinfo=UTC), 4_000, loans.CURRENT),
)
FIRST = datetime(2026, 2, 1, tzinfo=UTC)


def live(root: Path, models: dict[str, Any]) -> None:
    """Lives through the months from the first application to the last."""
    FILE.touch()
    connection = connect()
    connection.executescript((root / "schema.sql").read_text(encoding="utf-8"))
    connection.execute("PRAGMA user_version = 1")
    random, config, start, number = Random("applications"), Config.read(), FIRST, 0
    for end, count, version in MONTHS:
        asked = [loans.USUAL if number + n == 0 else loans.loan(random)[0] for n in range(count)]
        pds = Model("", models[version]).predict(asked)
        connection.execute("BEGIN")
        for application, pd, moment in zip(asked, pds, moments(start, end, count), strict=True):
            number += 1
            assert config.pd_min <= pd <= config.pd_max, "a good model's PD is in range"
            judged = {"application_id": f"A-{number:06}", "pd": pd, "decision": config.decide(pd), "model": version}
            keep(connection, {**application, **judged}, moment)
        connection.execute("COMMIT")
        if end != MONTHS[-1][0]:
            back_up(connection, root / "backups", end)
        start = end
    # Closing the last connection removes the side files that this mode brings.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def moments(start: datetime, end: datetime, count: int) -> Iterator[datetime]:
    """Evenly spread."""
    return (start + timedelta(seconds=(end - start).total_seconds() * step / count) for step in range(count))


def back_up(connection: sqlite3.Connection, folder: Path, moment: datetime) -> None:
    """Leaves a whole copy, named and dated as of the moment."""
    copy = folder / f"credit_risk_{moment:%Y%m%d_%H%M%S}.db"
    connection.execute("VACUUM INTO ?", (str(copy),))
    os.utime(copy, (moment.timestamp(), moment.timestamp()))
