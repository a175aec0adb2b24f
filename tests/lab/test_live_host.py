"""`pytest checks/` on a live host: a replica over real ssh, with nothing else than the transport through the engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from checks.registry import live_checks
from fixtures import harms
from fixtures.expected import Expected
from fixtures.ledger import Ledger
from fixtures.live import LiveHost
from fixtures.reference import ON_HOST
from reports import real
from reports.verdict import Verdict

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
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
        lab.put({"/root/.ssh/authorized_keys": key.with_suffix(".pub").read_bytes()})
        self.known_hosts = folder / "known_hosts"
        self.host_key = lab.target.read("cat /etc/ssh/ssh_host_ed25519_key.pub")
        self.known_hosts.write_text(f"{self.host} {self.host_key}\n")
        self.config = folder / "config"
        workstation = lab._name("workstation")
        self.config.write_text(
            _CONFIG.format(root=ROOT, python=sys.executable, workstation=workstation, folder=folder)
        )
        self.authority = folder / "ca.pem"
        self.authority.write_bytes(lab._authority.cert_pem.bytes())


@pytest.fixture
def ssh(lab, tmp_path):
    return Ssh(lab, tmp_path)


def verify(lab, ssh, *arguments):
    """Run it as its user would; answers what it said, and the journal's record if it left one."""
    runs = ssh.folder / "runs"
    before = set(runs.glob("*/*.jsonl"))
    command = [
        ROOT / ".venv/bin/pytest", "checks/", "--stack", lab.stack.name, "--target", f"ssh://root@{ssh.host}",
        "--ssh-config", ssh.config, "--http-over-ssh", "--runs", runs, "-q", *arguments,
    ]  # fmt: skip
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "SSL_CERT_FILE": str(ssh.authority)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    journals = set(runs.glob("*/*.jsonl")) - before
    return done, real.load(journals.pop()) if journals else None


def results(record):
    return {check.name: check.holds for check in record.checks}


def roll_back(lab, kind="database", backup="database", *version):
    """As on the night: a backup, writes, a rollback while nobody else looks."""
    lab.target.read(f"{ON_HOST}/backup.py {backup}", timeout=60)
    lab.traffic.start()
    lab.traffic.flow(8)
    lab.target.read(shlex.join([f"{ON_HOST}/rollback.py", kind, "--yes", *version]), timeout=120)
    lab.traffic.flow(8)


def test_first(lab, ssh):
    roll_back(lab)
    done, record = verify(lab, ssh)
    print(done.stdout[-6000:], done.stderr)
    lab.traffic.stop_writing()
    lab.traffic.stop_probing()
    assert done.returncode == 0
