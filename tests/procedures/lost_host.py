"""A host with files of its own, which is lost: all of it is removed, and its backups lie elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import recover
from risk_host import RiskHost
from small_host import Run, run_program

KEY = "the key of the site"
UNITS = ["shop.service", "shop-backup.timer"]


class LostHost(RiskHost):
    """Site, config, model and database; units, a certificate's key, and the code, which are the host's own files.

    `told` is what systemd was told, a command a line; what its service answers, a process of ours does, once started.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.root = root
        self.etc, self.away, self.told = root / "etc", root / "away" / "backups", root / "told"
        for folder in ("units", "tls", "cache"):
            (self.etc / folder).mkdir(parents=True)
        (self.etc / "units" / "shop.service").write_text("[Service]\n")
        (self.etc / "tls").chmod(0o700)
        (self.etc / "tls" / "site.key").write_text(KEY)
        (self.etc / "tls" / "site.key").chmod(0o600)
        (self.etc / "cache" / "page").write_text("made again")
        (self.etc / "enabled").symlink_to("units/shop.service")
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.serve()
        self.configure_lost()
        self.start()

    def configure_lost(self, **changes: object) -> None:
        url = f"http://127.0.0.1:{self._port}"
        self.configure_risk(url)
        self.config |= {
            "host": {
                "includes": [str(self.etc), str(self.backend), str(self.golden)],
                "excludes": [f"{self.etc}/cache/*"],
                "units": UNITS,
            },
            "scopes": {"frontend": {"includes": [str(self.site)], "excludes": []}},
            "site_url": f"{url}/",
            "site_page": "index.html",
            "site_test": ["true"],
            "ready_s": 2,
            **changes,
        }
        self.config_file.write_text(json.dumps(self.config))

    def serve(self) -> None:
        """Listen where the service does."""
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                version = self.path == "/api/version"
                body = json.dumps(host.release).encode() if version else host.page()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        if self._server is None:
            self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
            self._port = self._server.server_port
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def tell(self, *words: str, seconds: float = 0) -> str:
        """What systemctl does here."""
        with self.told.open("a") as told:
            told.write(f"{' '.join(words)}\n")
        if words[1:] == ("restart", "shop.service"):
            self.start()
            self.serve()
        return ""

    def set_of_backups(self) -> str:
        """A whole set is taken; its time."""
        run = self.backup(kind="all")
        assert run.code == 0, run
        return max(path.name for path in self.backups.glob("host.backup_*") if path.is_dir()).partition("_")[2]

    def carry_off(self) -> None:
        """The folder of backups is copied elsewhere; on the way, nobody keeps whose the files are."""
        shutil.rmtree(self.away, ignore_errors=True)
        shutil.copytree(self.backups, self.away, symlinks=True)

    def lose(self) -> None:
        """All of it is gone."""
        self.stop()
        for path in (self.backend, self.backups, self.site.parent, self.etc, self.log):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self.golden, self.memory, self.told):
            path.unlink(missing_ok=True)

    def is_lost(self) -> dict[str, str]:
        """It has a set of backups elsewhere, and is gone; what it was."""
        self.set_of_backups()
        before = self.there()
        self.carry_off()
        self.lose()
        return before

    def recover(self, *words: str) -> Run:
        return run_program(recover.main, [str(self.away), "--config", str(self.config_file), *words], "")

    def there(self) -> dict[str, str]:
        """Each path of it, with mode, owner and content; of the database see `users`, and logs are in no backup."""
        found = {}
        for top in (self.etc, self.backend, self.backups, self.site, self.golden):
            for path in (top, *top.rglob("*")) if os.path.lexists(top) else ():
                if path.name.startswith("shop.db") or path.name == "server.log" or path.parent.name == "cache":
                    continue
                status = path.lstat()
                content = os.readlink(path) if path.is_symlink() else path.read_text("latin1") if path.is_file() else ""
                found[str(path)] = f"{status.st_mode:o} {status.st_uid}:{status.st_gid} {content}"
        return found
