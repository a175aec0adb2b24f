"""The credit-risk service, run as it is on a small model: its switches of containment, on and off while it runs."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from fixtures.stack import load

STACKS = Path(__file__).parents[2] / "stacks"
STACK = load(STACKS / "credit-one")
[WRITE] = STACK.writes
_MODEL = """
class Tiny:
    version = "1"
    features = ["age", "income", "debt_ratio", "late_payments", "amount", "term_months", "purpose"]
    def predict(self, applications): return [0.05 for _ in applications]
"""


class Service:
    """One that runs; `file` is what it reads at each request."""

    def __init__(self, root: Path) -> None:
        app = root / "app"
        shutil.copytree(STACKS / "credit-risk/app", app)
        shutil.copytree(STACKS / "credit-one/app", app, dirs_exist_ok=True)
        self.file = root / "containment"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = (STACKS / "credit-one/configs/config_1.2.0.yaml").read_text(encoding="utf-8")
        (app / "config").mkdir()
        (app / "config/config.yaml").write_text(config.replace("8100", str(self.port)), encoding="utf-8")
        (app / "tiny.py").write_text(_MODEL, encoding="utf-8")
        (app / "artifacts/models").mkdir(parents=True)
        (app / "artifacts/models/current_model.pkl").write_bytes(b"ctiny\nTiny\n(tR.")
        self.database = app / "credit_risk.db"
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.executescript((app / "schema.sql").read_text(encoding="utf-8") + "PRAGMA user_version = 1;")
        with (root / "log").open("wb") as log:
            self.process = subprocess.Popen([sys.executable, "main.py"], cwd=app, stderr=log)

    def ask(self, method: str, path: str, sent: object = None) -> tuple[int, dict[str, object]]:
        """Status and answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            connection.request(method, path, None if sent is None else json.dumps(sent))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def write(self, key: str) -> tuple[int, dict[str, object]]:
        """What the writers of a drill send."""
        return self.ask("POST", WRITE.path, {**WRITE.json_, "applicant": key})

    def rows(self) -> int:
        with closing(sqlite3.connect(self.database)) as connection:
            return int(connection.execute("SELECT count(*) FROM loan_staging").fetchone()[0])


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    running = Service(tmp_path_factory.mktemp("host"))
    deadline = time.monotonic() + 20
    while True:
        try:
            assert running.ask("GET", "/health") == (200, {"status": "ok"})
            break
        except OSError:
            assert time.monotonic() < deadline, running.process.poll()
            time.sleep(0.05)
    yield running
    running.process.terminate()
    running.process.wait(5)


def refused(status: int, answer: dict[str, object], switch: str) -> bool:
    return status == STACK.containment.status and STACK.containment.switches[switch].says in str(answer["error"])


def test_without_a_file_it_decides(service):
    assert service.write("a")[0] == 200


@pytest.mark.parametrize("switch", STACK.containment.switches)
@pytest.mark.parametrize("line", ["{}=1\n", "# incident\n{} = 1", "OTHER=1\n{}=1"])
def test_each_switch_by_itself_refuses_a_decision_and_no_read(service, switch, line):
    before = service.rows()
    service.file.write_text(line.format(switch), encoding="utf-8")
    assert refused(*service.write("b"), switch)
    assert service.rows() == before
    for request in STACK.requests:
        status, _ = service.ask("GET", request.path.replace("A-000001", "a"))
        assert status == 200
    service.file.unlink()
    assert service.write(f"taken again {switch} {line}"[:64])[0] == 200


@pytest.mark.parametrize("text", ["", "READONLY_MODE=0\n", "READONLY_MODE=\nDISABLE_RISKY_OPS=no", "UNKNOWN=1"])
def test_what_is_not_on_refuses_nothing(service, text):
    service.file.write_text(text, encoding="utf-8")
    assert service.write(f"not on {text}"[:64])[0] == 200
    service.file.unlink()


@pytest.mark.parametrize("how", ["a folder", "no text"])
def test_a_file_that_cannot_be_read_counts_as_all_switches(service, how):
    if how == "a folder":
        service.file.mkdir()
    else:
        service.file.write_bytes(b"READONLY_MODE=\xff")
    assert service.write("c")[0] == STACK.containment.status
    assert service.ask("GET", "/health")[0] == 200
    service.file.rmdir() if how == "a folder" else service.file.unlink()
