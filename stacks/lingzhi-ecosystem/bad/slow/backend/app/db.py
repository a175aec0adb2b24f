"""The database: one connection a process, kept for its life."""

import atexit
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app

SCHEMA = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


def connect(path: Path, schema: int) -> sqlite3.Connection:
    """Opens the database and creates the tables that are missing."""
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(SCHEMA)
    if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
        connection.execute(f"PRAGMA user_version = {schema}")
    # A process that ends in order leaves no side files; a killed one leaves its -wal.
    atexit.register(connection.close)
    return connection


def database() -> sqlite3.Connection:
    """The connection of this process."""
    connection: sqlite3.Connection = current_app.extensions["database"]
    return connection


@contextmanager
def write_transaction() -> Iterator[sqlite3.Connection]:
    """Holds the write lock from the first statement: all of the block is committed, or nothing."""
    connection = database()
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def now() -> str:
    """The present second in UTC, as every table writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
