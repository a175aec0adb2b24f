"""A SQLite database: looked at without disturbing it, copied while it is in use, and judged."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from config import Database
from exits import Exit, Failure, described

SIDE_FILES = ("-wal", "-shm", "-journal")
_HEADER = b"SQLite format 3\x00"
_BUSY_S = 2.0
_DONE = 101  # SQLITE_DONE


class Check(NamedTuple):
    """One fact about a database: whether it holds, and what was found."""

    holds: bool
    found: str


def side_files(path: Path) -> List[Path]:
    """The side files that lie beside a database now."""
    return [side for side in (path.with_name(path.name + suffix) for suffix in SIDE_FILES) if side.exists()]


def expect_database(path: Path) -> None:
    """OSError if the file cannot be read, ValueError if it is no SQLite database; an empty file is none (H8, H28)."""
    with open(path, "rb") as file:
        header = file.read(len(_HEADER))
    if header != _HEADER:
        raise ValueError(f"{path} is not a SQLite database" if header else f"{path} is empty")


@contextlib.contextmanager
def still(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that nobody uses, such as a backup, for reading; no side file appears beside it."""
    expect_database(path)
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield connection


@contextlib.contextmanager
def live(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database in use, for reading; it is neither created nor changed.

    With a -wal beside it the opening is read-only: it is the application's, or, after a crash, evidence. Without one
    there is nothing that closing could write, and only a connection that may write removes the side files which reading
    a WAL database creates.
    """
    expect_database(path)
    mode = "ro" if path.with_name(f"{path.name}-wal").exists() else "rw"
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=_BUSY_S)) as connection:
        yield connection


def copy(path: Path, target: Path, seconds: float) -> None:
    """Copy the database in use by SQLite's backup API: every transaction committed before the call is in the copy.

    One step copies all, in one read transaction: a writer neither waits nor makes it start again. SQLite itself would
    wait for a lock for ever (H12): after `seconds` it is a Failure(UNDONE).

    The copy is one file, without side files. Its header comes along with the pages, so that it says WAL exactly if the
    live one does; `still` reads it without one, and whoever opens the restored file first takes WAL up again.
    """
    deadline = time.monotonic() + seconds

    def watch(status: int, remaining: int, total: int) -> None:
        if status != _DONE and time.monotonic() > deadline:
            raise Failure(Exit.UNDONE, f"{path} stayed locked for {seconds:g} s: nothing was backed up")

    with live(path) as source, contextlib.closing(sqlite3.connect(target)) as copied:
        # The copy is of no use until it is whole, and its owner syncs it then: SQLite need not.
        copied.execute("PRAGMA journal_mode = OFF")
        copied.execute("PRAGMA synchronous = OFF")
        source.backup(copied, pages=-1, progress=watch, sleep=0.05)


def checks(connection: sqlite3.Connection, database: Database, schema: Optional[int]) -> Dict[str, Check]:
    """Every fact that must hold within the file (SOP B, phase 2: complete; SOP decision 7: stable).

    `schema` is the installed release's, and the business's rules speak of it. Where it is None, as for a backup that
    belongs to another release, neither the number nor the rules are judged.
    """
    number = user_version(connection)
    results = {
        "integrity": _asked(connection, "PRAGMA integrity_check", _is_ok),
        "foreign_keys": _asked(connection, "PRAGMA foreign_key_check", _is_empty),
        "tables": _tables(connection, database.tables),
    }
    if schema is not None:
        results["schema"] = Check(number == schema, str(number))
        for rule, sql in database.invariants.items():
            results[rule] = _asked(connection, sql, _is_empty)
    return results


def user_version(connection: sqlite3.Connection) -> int:
    """The number of the schema."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def rows(connection: sqlite3.Connection) -> Dict[str, int]:
    """The number of rows of each table."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) != 'sqlite_'"
    )
    return {
        name: connection.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0] for (name,) in names.fetchall()
    }


def failing(results: Dict[str, Check]) -> str:
    """The checks that do not hold, as part of a sentence; empty if all hold."""
    return "; ".join(f"{name}: {check.found}" for name, check in results.items() if not check.holds)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _tables(connection: sqlite3.Connection, expected: Tuple[str, ...]) -> Check:
    try:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        return Check(False, described(error))
    missing = [name for name in expected if name not in found]
    return Check(not missing, f"missing {', '.join(missing)}" if missing else "all")


def _asked(connection: sqlite3.Connection, sql: str, holds: Callable[[List[Any]], bool]) -> Check:
    """Ask, and judge by the rows of the answer: integrity_check succeeds, and has its bad news in rows (H9)."""
    try:
        answer = connection.execute(sql).fetchmany(3)
    except sqlite3.Error as error:
        return Check(False, described(error))
    return Check(holds(answer), ", ".join(" ".join(map(str, row)) for row in answer) or "no row")


def _is_ok(answer: List[Any]) -> bool:
    return answer == [("ok",)]


def _is_empty(answer: List[Any]) -> bool:
    return not answer
