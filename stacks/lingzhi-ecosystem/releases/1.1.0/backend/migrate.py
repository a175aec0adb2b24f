"""Carries a database forward to the schema of this release: migrate.py [DATABASE]."""

import sqlite3
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def migrate(database: Path) -> list[str]:
    """Applies what is pending, each migration whole or not at all; returns the names applied."""
    # sqlite3 would create a missing file, and a migrated empty database is worse than an error.
    connection = sqlite3.connect(f"{database.resolve(strict=True).as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        pending = [path for path in sorted((ROOT / "migrations").glob("*.sql")) if number(path) > version]
        for path in pending:
            script = path.read_text(encoding="utf-8")
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number(path)};\nCOMMIT;")
    finally:
        # An open transaction is rolled back by closing.
        connection.close()
    return [path.name for path in pending]


def number(path: Path) -> int:
    """The schema that a migration leads to: 0002_points.sql leads to 2."""
    return int(path.name.partition("_")[0])


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "lingzhi_ecosystem.db"
    for name in migrate(chosen):
        print(f"applied {name}")
