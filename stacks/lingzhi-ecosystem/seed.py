"""Makes the stack's database and its older backups: seed.py RELEASES BACKEND BACKUPS.

The same rows each time, told as they came to be: release 1.0.0 takes them in, a backup is made, release 1.1.0 migrates,
another backup is made, and the newest rows follow.
"""

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

USERS = 12_000
CHECKINS = 100_000
PAYMENTS = 2_000
NEW_CHECKINS = 6_000
NEW_PAYMENTS = 200

OPENED = datetime(2026, 1, 5, tzinfo=UTC)
FIRST = datetime(2026, 2, 1, tzinfo=UTC)
FIRST_BACKUP = datetime(2026, 9, 1, 3, tzinfo=UTC)
MIGRATED = datetime(2026, 10, 1, 3, tzinfo=UTC)
SECOND_BACKUP = datetime(2026, 11, 1, 3, tzinfo=UTC)
LAST = datetime(2026, 11, 20, tzinfo=UTC)

Row = tuple[int, int, str, str | int, str]


def seed(releases: Path, backend: Path, backups: Path) -> None:
    """Lives through the months from the first user to the last row."""
    path = backend / "lingzhi_ecosystem.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript((releases / "1.0.0/backend/app/schema.sql").read_text(encoding="utf-8"))
    connection.execute("PRAGMA user_version = 1")
    insert(connection, "users", users())
    take_in(connection, FIRST, FIRST_BACKUP)
    back_up(connection, backups, FIRST_BACKUP)
    take_in(connection, FIRST_BACKUP, MIGRATED)
    subprocess.run([sys.executable, backend / "migrate.py", path], check=True)
    take_in(connection, MIGRATED, SECOND_BACKUP)
    back_up(connection, backups, SECOND_BACKUP)
    take_in(connection, SECOND_BACKUP, LAST)
    # Closing the last connection removes the side files that this mode brings.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def users() -> Iterator[tuple[int, str, str, str, str]]:
    """Every user, with the password pass-NNNNN."""
    for number in range(1, USERS + 1):
        name = f"user{number:05}"
        salt = hashlib.sha256(name.encode()).hexdigest()[:16]
        digest = hashlib.pbkdf2_hmac("sha256", f"pass-{number:05}".encode(), salt.encode(), 100)
        password = f"pbkdf2_sha256$100${salt}${digest.hex()}"
        yield number, name, f"{name}@mail.example", password, stamp(OPENED + timedelta(minutes=number))


def take_in(connection: sqlite3.Connection, start: datetime, end: datetime) -> None:
    """Inserts the check-ins and payments from one moment up to another."""
    first, last = stamp(start), stamp(end)
    insert(connection, "checkins", (row for row in checkins() if first <= row[-1] < last))
    insert(connection, "payments", (row for row in payments() if first <= row[-1] < last))


def checkins() -> Iterator[Row]:
    """Every check-in, oldest first."""
    for number, moment in enumerate(moments(CHECKINS, NEW_CHECKINS), start=1):
        yield number, number * 7919 % USERS + 1, f"c-{number:06}", f"day {number % 365}", moment


def payments() -> Iterator[Row]:
    """Every payment, oldest first."""
    for number, moment in enumerate(moments(PAYMENTS, NEW_PAYMENTS), start=1):
        yield number, number * 4801 % USERS + 1, f"p-{number:05}", 100 + number * 37 % 9900, moment


def moments(count: int, new: int) -> Iterator[str]:
    """Evenly spread moments, of which the last `new` lie after the second backup."""
    for start, end, share in ((FIRST, SECOND_BACKUP, count - new), (SECOND_BACKUP, LAST, new)):
        for step in range(share):
            yield stamp(start + (end - start) * step / share)


def insert(connection: sqlite3.Connection, table: str, rows: Iterator[tuple[object, ...]]) -> None:
    """Inserts rows in the order of the table's first five columns, in one transaction."""
    names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")][:5]
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")


def back_up(connection: sqlite3.Connection, folder: Path, moment: datetime) -> None:
    """Leaves a whole copy, named and dated as of the moment."""
    copy = folder / f"lingzhi_ecosystem.db.backup_{moment:%Y%m%d_%H%M%S}"
    connection.execute("VACUUM INTO ?", (str(copy),))
    os.utime(copy, (moment.timestamp(), moment.timestamp()))


def stamp(moment: datetime) -> str:
    """A moment as the application writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    seed(*map(Path, sys.argv[1:4]))
