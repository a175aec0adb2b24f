"""The database: one connection, kept for the life of the process and used by one thread at a time."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import portfolio
from risk.config import ROOT

FILE = ROOT / "credit_risk.db"


def connect(path: Path = FILE, mode: str = "rw") -> sqlite3.Connection:
    """Opens the database; one that is not there is an error, not a new one."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class Database:
    """What the service asks of it."""

    def __init__(self, schema: int) -> None:
        self._lock = threading.Lock()
        self._connection = connect()
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if found < schema:
            raise SystemExit(f"{FILE}: found schema {found}, expected {schema} or a later one")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Whole or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The rows that answer a query."""
        with self._lock:
            return [dict(row) for row in self._connection.execute(query, values)]

    def close(self) -> None:
        """Closes it once nobody is using it."""
        with self._lock:
            self._connection.close()


def find(connection: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The application of that key, as it is answered."""
    row = connection.execute(
        "SELECT application_id AS applicant, pd, decision FROM loan_staging WHERE application_id = ?", (key,)
    ).fetchone()
    return dict(row) if row else None


def keep(connection: sqlite3.Connection, application: Mapping[str, Any], moment: datetime) -> None:
    """Inserts an application, judged: its row of loan_staging and the rows that belong to it."""
    portfolio.keep(connection, {**application, "created_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")})


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)
