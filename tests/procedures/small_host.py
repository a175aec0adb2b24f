"""A host in a folder: a WAL database, backups, a release, a version endpoint; no unit, so that nothing is stopped."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import backup
import evidence
import pytest
import rollback

PROCEDURES = Path(backup.__file__).parent
NAME = "shop.db"


class Run(NamedTuple):
    """What one run of a program answered."""

    code: int
    out: str
    err: str


class SmallHost:
    """Everything lies below one folder; `release` is what the version endpoint answers."""

    def __init__(self, root: Path) -> None:
        self.backend, self.backups, self.log = root / "backend", root / "backups", root / "log"
        self.site = root / "www" / "site"
        self.live = self.backend / NAME
        self.config_file = root / "rollback.json"
        self.kept = root / "evidence"
        for folder in (self.backend, self.backups, self.site):
            folder.mkdir(parents=True)
        (self.site / "index.html").write_text("welcome")
        (self.backend / "server.log").write_text("started\n")
        (self.backend / ".env").write_text("SECRET_KEY=s3cret\n")
        self.memory = root / "memory"
        self.release = {"release": "1.1.0", "schema": 2}
        self.install(self.release)
        create(self.live)
        self.config: dict[str, Any] = {}

    @property
    def release(self) -> dict[str, object]:
        """What the running service answers. It lies in a file, so that a rollback in a child process starts it too."""
        found: dict[str, object] = json.loads(self.memory.read_text())
        return found

    @release.setter
    def release(self, release: dict[str, object]) -> None:
        self.memory.write_text(json.dumps(release))

    def install(self, release: dict[str, object]) -> None:
        (self.backend / "RELEASE.json").write_text(json.dumps(release))

    def page(self) -> bytes:
        """What the site answers: the page, or nothing of the kind."""
        page = self.site / "index.html"
        return page.read_bytes() if page.is_file() else b"404"

    def configure(self, url: str, **changes: object) -> None:
        self.config = {
            "stack": "shop",
            "backups": str(self.backups),
            "log": str(self.log),
            "release_file": str(self.backend / "RELEASE.json"),
            "version_url": f"{url}/api/version",
            "site_url": f"{url}/",
            "site_page": "index.html",
            "site_test": ["true"],
            "logs": [f"{self.backend}/*.log"],
            "scopes": {
                "frontend": {"includes": [str(self.site)], "excludes": [f"{self.site}/uploads"]},
                "backend": {"includes": [str(self.backend)], "excludes": [f"{self.backend}/server.log"]},
            },
            "units": [],
            "deploy_unit": None,
            "stop_s": 5,
            "ready_s": 0.3,
            "database": {
                "path": str(self.live),
                "tables": ["users", "payments"],
                "invariants": {"no payment is negative": "SELECT id FROM payments WHERE cents <= 0"},
            },
            "evidence": {"folder": str(self.kept), "files": [f"{self.backend}/.e*"]},
            **changes,
        }
        self.config_file.write_text(json.dumps(self.config))

    def backup(self, *words: str, kind: str = "database") -> Run:
        return run_program(backup.main, [kind, "--config", str(self.config_file), *words], "")

    def rollback(self, *words: str, answers: str = "", kind: str = "database") -> Run:
        return run_program(rollback.main, [kind, "--config", str(self.config_file), *words], answers)

    def evidence(self, *words: str) -> Run:
        return run_program(evidence.main, ["--config", str(self.config_file), *words], "")

    def good_backup(self, kind: str = "database") -> Path:
        """A stable backup, newest last."""
        before = set(self.backups.iterdir())
        run = self.backup(kind=kind)
        assert run.code == 0, run
        (made,) = (path for path in set(self.backups.iterdir()) - before if path.suffix != ".json")
        return made

    def sql(self, *statements: str) -> None:
        """As another program would, which ends properly: no side file stays."""
        with contextlib.closing(sqlite3.connect(self.live)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def users(self) -> set[str]:
        return users(self.live)

    def tree(self) -> dict[str, str]:
        """Every file of the host but the log, with its content, owner and mode."""
        return {
            str(path): f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_uid} {path.stat().st_mode:o}"
            for folder in (self.backend, self.backups)
            for path in folder.rglob("*")
            if path.is_file()
        }

    def content(self) -> dict[Path, bytes]:
        """What there is, to be put back."""
        return {path: path.read_bytes() for path in (*self.backend.iterdir(), *self.backups.iterdir())}

    def put_back(self, content: dict[Path, bytes]) -> None:
        """Have exactly that content again."""
        for path in (*self.backend.iterdir(), *self.backups.iterdir()):
            path.unlink()
        for path, its in content.items():
            path.write_bytes(its)

    def snapshots(self) -> list[Path]:
        return sorted(path for path in self.backups.glob(f"{NAME}.before_rollback_*") if path.name[-1].isdigit())


def create(path: Path, schema: int = 2) -> None:
    """A small WAL database with two users and a payment."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        connection.execute("CREATE TABLE payments (id INTEGER PRIMARY KEY, user REFERENCES users (id), cents INTEGER)")
        connection.executemany("INSERT INTO users (name) VALUES (?)", [("ann",), ("bob",)])
        connection.execute("INSERT INTO payments (user, cents) VALUES (1, 500)")
        connection.execute(f"PRAGMA user_version = {schema}")
    path.chmod(0o640)


def users(path: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM users")}


def crash_with_a_wal(path: Path, name: str) -> None:
    """A service that commits a user and is killed: the commit is in the -wal alone (H5)."""
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA wal_autocheckpoint = 0');"
        "c.execute('INSERT INTO users (name) VALUES (?)', sys.argv[2:]); c.commit(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path), name], check=False)
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


@contextlib.contextmanager
def another_program(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that has the database open, idle, as a sqlite3 shell at its prompt."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM users').fetchall();"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


@contextlib.contextmanager
def served(version: Callable[[], dict[str, object]], page: Callable[[], bytes]) -> Iterator[str]:
    """The service's version endpoint and the site's page, on loopback; their URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(version()).encode() if self.path == "/api/version" else page()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def run_program(main: Callable[[list[str]], int], words: list[str], answers: str) -> Run:
    out, err, mask = io.StringIO(), io.StringIO(), os.umask(0o022)
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "stdin", io.StringIO(answers))
        code = int(main(words))
    os.umask(mask)
    return Run(code, out.getvalue(), err.getvalue())
