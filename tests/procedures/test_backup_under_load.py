"""Under a continuous writer and a reader, backups are whole and hold every write acknowledged before (H12)."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import manifest
import pytest
from exits import Exit
from small_host import SmallHost

WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
connection.execute("PRAGMA wal_autocheckpoint = 20")
for number in range(10**9):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO users (name) VALUES (?)", (f"w{number}",))
    connection.execute("INSERT INTO payments (user, cents) VALUES (last_insert_rowid(), 5)")
    connection.execute("COMMIT")
    print(number, time.time(), flush=True)
"""
READER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=10)
while True:
    connection.execute("BEGIN")
    for _ in range(20):
        connection.execute("SELECT count(*), max(name) FROM users JOIN payments ON user = users.id").fetchall()
    connection.rollback()
"""


@contextlib.contextmanager
def at_work(host: SmallHost, ledger: Path) -> Iterator[None]:
    """A writer that never rests, and a reader that keeps old snapshots of the database open."""
    with ledger.open("w") as out:
        programs = [
            subprocess.Popen([sys.executable, "-c", code, str(host.live)], stdout=out) for code in (WRITER, READER)
        ]
        try:
            while ledger.stat().st_size < 1000:
                time.sleep(0.01)
            yield
            assert [program.poll() for program in programs] == [None, None]
        finally:
            for program in programs:
                program.kill()
                program.wait()


@pytest.mark.repeats(6, 60)
def test_whole_and_with_every_write_acknowledged_before(host: SmallHost, tmp_path: Path, repeat: int) -> None:
    ledger = tmp_path / "ledger"
    with at_work(host, ledger):
        time.sleep(0.03 * (repeat % 7))
        run = host.backup()
        assert run.code == Exit.DONE, run
        time.sleep(0.05)
    (made,) = (path for path in host.backups.iterdir() if path.suffix != ".json")
    its = manifest.read(made)
    with contextlib.closing(sqlite3.connect(f"{made.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        held = {name for (name,) in connection.execute("SELECT name FROM users WHERE name LIKE 'w%'")}
        half = connection.execute("SELECT count(*) FROM users WHERE id > 2 AND id NOT IN (SELECT user FROM payments)")
        assert half.fetchone() == (0,)
    acknowledged = [line.split() for line in ledger.read_text().splitlines()[:-1]]
    before = {f"w{number}" for number, at in acknowledged if float(at) < its.started}
    assert len(before) > 10
    assert before <= held
    # Numbers are given in the order of the commits: what is held is a beginning, without a hole.
    assert held == {f"w{number}" for number in range(len(held))}
    assert its.rows["users"] == len(held) + 2
