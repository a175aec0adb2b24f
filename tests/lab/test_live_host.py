"""`pytest checks/` on a live host: a replica over real ssh, with nothing else than the transport through the engine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from checks.registry import live_checks
from fixtures import harms
from fixtures.expected import Expected
from fixtures.ledger import Ledger
from fixtures.manifests import Shelf
from fixtures.promised import promised
from fixtures.reference import ON_HOST
from reports import real
from reports.record import load
from reports.verdict import Verdict

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
AUTHORIZED = "/root" + "/.ssh/authorized_keys"
_CONFIG = """
Host *
    ProxyCommand env PYTHONPATH={root} {python} -m tests.lab.through_engine {workstation} %h %p
    IdentityFile {folder}/key
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
    GlobalKnownHostsFile /dev/null
    LogLevel ERROR
"""


class Ssh:
    """What somebody has who may log in to the replica: a key, its host key, a way there, the lab's authority."""

    def __init__(self, lab, folder):
        self.folder, self.host = folder, lab.stack.domain
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        lab.put({AUTHORIZED: key.with_suffix(".pub").read_bytes()})
        self.known_hosts = folder / "known_hosts"
        self.host_key = lab.target.read("cat /etc/ssh/ssh_host_ed25519_key.pub")
        self.known_hosts.write_text(f"{self.host} {self.host_key}\n")
        self.config = folder / "config"
        workstation = lab._name("workstation")
        self.config.write_text(_CONFIG.format(root=ROOT, python=sys.executable, workstation=workstation, folder=folder))
        self.authority = folder / "ca.pem"
        self.authority.write_bytes(lab._authority.cert_pem.bytes())


@pytest.fixture
def ssh(lab, tmp_path):
    return Ssh(lab, tmp_path)


def verify(lab, ssh, *arguments, stack=None, over_ssh=True):
    """Run it as its user would; answers what it said, and the journal's record if it left one."""
    runs = ssh.folder / "runs"
    before = set(runs.glob("*/*.jsonl"))
    command = [ROOT / ".venv/bin/pytest", "checks/", "-q", "--runs", runs, "--stack", stack or lab.stack.name]
    command += ["--target", f"ssh://root@{ssh.host}", "--ssh-config", ssh.config, *arguments]
    command += ["--http-over-ssh"] if over_ssh else []
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "SSL_CERT_FILE": str(ssh.authority)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    journals = set(runs.glob("*/*.jsonl")) - before
    return done, real.load(journals.pop()) if journals else None


def results(record):
    return {check.name: check.holds for check in record.checks}


def over_the_engine(lab, names):
    """The same checks, by the same measure, with the lab's own ways to the host."""
    shelf = Shelf(lab.stack.name, lab.target.read, lab.stack)
    promise = promised(lab.target, shelf, shelf.rolled_back([]))
    target = replace(
        lab.target, expected=Expected(Ledger(""), promise.observation, backup=promise.backup), run_id="live"
    )
    return {check.name: check.run(target).holds for check in live_checks(lab.stack) if check.name in names}


def back_up(lab, kind):
    lab.target.read(f"{ON_HOST}/backup.py {kind}", timeout=60)


def roll_back(lab, kind, *names):
    lab.target.read(shlex.join([f"{ON_HOST}/rollback.py", kind, "--yes", *names]), timeout=120)


@pytest.fixture
def host(lab):
    """A host that was rolled back from a backup of all it has, while users wrote and go on writing."""
    lab.traffic.start()
    lab.traffic.flow(8)
    back_up(lab, "all")
    lab.traffic.flow(8)
    roll_back(lab, "full" if "frontend" in lab.stack.scopes else "database")
    lab.traffic.flow(8)
    yield lab
    lab.traffic.stop_writing()
    lab.traffic.stop_probing()


def test_a_host_that_takes_writes_holds_the_same_over_ssh_as_over_the_engine(host, ssh):
    done, record = verify(host, ssh, "--reason", "a drill of ours", "--decided-by", "the night shift")
    assert done.returncode == 0, done.stdout[-6000:]
    assert real.judge(record).verdict is Verdict.PASSED
    assert results(record) == over_the_engine(host, record.planned)
    assert {"database.content", "files.frontend", "files.served", "api.version"} <= set(record.planned)
    assert (record.rollback, record.reason, record.decided_by) == ("full", "a drill of ours", "the night shift")
    assert len(record.backups) == 3
    for name, why in record.left_out.items():
        assert f"not judged: {name}: {why}" in done.stdout
    [page] = record.path.parent.glob("index.html")
    assert "A real rollback, on a live host" in page.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="begins with the event 'drill'"):
        load(record.path)


# What a service writes by itself, asked or not.
_LOGS = "! -name '*.log' ! -path '/var/log/*' ! -name '*-shm'"


def files(lab):
    """Every path on the host's disks with its time, mode and owner, and every file's hash."""
    roots = f"/etc /opt /var /root /home /srv /tmp /usr/local {' '.join(lab.stack.image.volumes)}"
    return lab.target.read(
        f"find {roots} -xdev {_LOGS} -printf '%p %y %m %u:%g %T@ %l\\n' | sort -u; "
        f"find {roots} -xdev {_LOGS} -type f -print0 | sort -zu | xargs -0 sha256sum",
        timeout=120,
    )


def test_it_changes_no_file(host, ssh):
    host.traffic.stop_writing()
    before = files(host)
    done, _ = verify(host, ssh)
    assert done.returncode == 0, done.stdout[-6000:]
    after = files(host)
    assert len(before.splitlines()) > 1000
    assert sorted(set(before.splitlines()) ^ set(after.splitlines())) == []


@pytest.mark.parametrize(
    ("harm", "red"),
    [
        ("database.migration_mangles_rows", "database.content"),
        ("files.left_over", "files.frontend"),
    ],
)
def test_what_is_wrong_is_red_over_ssh_too(host, ssh, harm, red):
    harms.find(harm).apply(host)
    done, record = verify(host, ssh)
    assert done.returncode == 1, done.stdout[-6000:]
    assert real.judge(record).verdict is Verdict.FAILED
    assert red in [check.name for check in record.red]
    assert results(record) == over_the_engine(host, record.planned)
    [message] = [check.message for check in record.red if check.name == red]
    assert message.startswith(f"{ssh.host}: ")


def test_the_secret_of_the_account_that_logs_in_is_told_nobody(host, ssh, monkeypatch):
    secret = "a-planted-pass-phrase-97"
    login = {**host.stack.login.json_, "password": secret}
    monkeypatch.setenv("ROLLBACK_DRILL_LOGIN", json.dumps(login))
    # A red check quotes the command line of whoever has the database open.
    path = host.stack.database.path
    host.target.read(f"systemd-run -q sh -c 'exec 3< {path}; sleep 300; :' {secret} && sleep 0.3")
    done, record = verify(host, ssh)
    assert done.returncode == 1
    [quoting] = [check.message for check in record.red if check.name == "database.holders"]
    assert "[ROLLBACK_DRILL_LOGIN: password]" in quoting
    assert not results(record)["api.login"]
    said = [done.stdout, done.stderr, *(path.read_text(errors="replace") for path in record.path.parent.iterdir())]
    pieces = {secret[at : at + 6] for at in range(len(secret) - 5)}
    assert [piece for piece in pieces for text in said if piece in text] == []


def test_writes_are_sent_only_where_they_are_allowed(host, ssh):
    host.traffic.stop_writing()
    count = "SELECT count(*) FROM checkins WHERE ref LIKE 'live-%'"
    _, record = verify(host, ssh)
    assert "api.writes_read_back" in record.left_out
    assert host.target.database.scalar(count) == 0
    done, record = verify(host, ssh, "--allow-writes")
    assert done.returncode == 0, done.stdout[-6000:]
    assert results(record)["api.writes_read_back"]
    assert "services.reboot" in record.left_out
    assert host.target.database.scalar(count) == 1


def refused(lab, ssh, says, *arguments, stack=None):
    done, record = verify(lab, ssh, *arguments, stack=stack)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert re.search(says, done.stdout + done.stderr), done.stdout + done.stderr
    assert record is None


def test_what_cannot_be_verified_is_said_in_a_sentence(lab, ssh):
    refused(lab, ssh, "found no snapshot that says what a rollback restored; name the backup .*--backup NAME")
    refused(lab, ssh, "found no manifest of 'no-such', expected no-such.manifest.json", "--backup", "no-such")
    back_up(lab, "database")
    roll_back(lab, "database")
    refused(lab, ssh, "--type: found backend, expected database", "--type", "backend")
    refused(lab, ssh, "what must hold cannot be found out: .*is it a host of fct", stack="fct")
    other = ssh.folder / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    ssh.known_hosts.write_text(f"{ssh.host} {other.with_suffix('.pub').read_text()}")
    refused(lab, ssh, "ssh: expected the host key that is known, got one that is not")
    ssh.known_hosts.write_text("")
    refused(lab, ssh, "ssh: expected the host key that is known, got one that is not")
    ssh.known_hosts.write_text(f"{ssh.host} {ssh.host_key}")
    lab.put({AUTHORIZED: b""})
    refused(lab, ssh, "ssh: expected a bash, got none: .*Permission denied")


@contextmanager
def forward(ssh, port):
    """A port of this machine that leads to one of the host, as ssh -L makes it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        here = free.getsockname()[1]
    command = ["ssh", "-F", ssh.config, "-N", "-L", f"127.0.0.1:{here}:127.0.0.1:{port}", f"root@{ssh.host}"]
    with subprocess.Popen(command) as process:
        try:
            while process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", here), 1):
                    break
                time.sleep(0.05)
            yield here
        finally:
            process.terminate()


@pytest.mark.parametrize("stack", ["fct"], indirect=True)  # where a link leads to the model
def test_a_model_and_a_config_are_verified_straight_at_the_url(lab, ssh):
    back_up(lab, "all")
    lab.traffic.start()
    roll_back(lab, "model", "1.0.0")
    with forward(ssh, 8200) as port:
        straight = ["--url", f"http://localhost:{port}"]
        done, record = verify(lab, ssh, *straight, over_ssh=False)
        assert done.returncode == 0, done.stdout[-6000:]
        assert (record.rollback, record.backups) == ("model", ["model_1.0.0.pkl"])
        assert {"files.model", "memory.model", "dashboard.shows", "model.predicts"} <= set(record.planned)
        assert {"files.config", "database.content"} <= set(record.left_out)
        roll_back(lab, "config", "1.0.0")
        done, record = verify(lab, ssh, *straight, over_ssh=False)
        assert done.returncode == 0, done.stdout[-6000:]
        assert (record.rollback, record.backups) == ("config", ["config_1.0.0.yaml"])
        harms.find("config.other_service").apply(lab)
        done, record = verify(lab, ssh, *straight, over_ssh=False)
        assert done.returncode == 1, done.stdout[-6000:]
        assert {"files.config", "config.valid"} <= {check.name for check in record.red}
    done, record = verify(lab, ssh, *straight, over_ssh=False)
    assert f"http://localhost:{port}/version: " in next(c.message for c in record.red if c.name == "api.version")
    lab.traffic.stop_writing()
    lab.traffic.stop_probing()
