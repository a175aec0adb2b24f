"""A host whose process 1 is another one: what needs units is left out and named, and all else is drilled and judged."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from fixtures import init
from reports.record import load as load_record
from reports.verdict import Verdict, judge
from tests.test_documented_commands import run

pytestmark = pytest.mark.docker

DOCKERFILE = """\
ARG BASE
FROM ${BASE}
RUN apt-get -q -o APT::Update::Error-Mode=any -o Acquire::Retries=5 update \\
 && DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=5 install -y --no-install-recommends \\
    supervisor ca-certificates curl iproute2 procps python3 sqlite3 \\
 && rm -rf /var/lib/apt/lists/*
COPY app/ /opt/starter/app/
COPY starter.conf /etc/supervisor/conf.d/starter.conf
RUN mkdir -p /var/backups/starter && install -d -o www-data -g www-data /var/lib/starter
CMD ["/usr/bin/supervisord", "-n", "-c", "/etc/supervisor/supervisord.conf"]
"""
SUPERVISED = """\
[program:starter]
command=/usr/bin/python3 server.py
directory=/opt/starter/app
user=www-data
environment=PYTHONDONTWRITEBYTECODE="1"
autorestart=true
startsecs=0
startretries=1000
"""
BACKUP = """\
#!/bin/bash
set -euo pipefail
sqlite3 /var/lib/starter/orders.db '.timeout 5000' ".backup /var/backups/starter/orders.db.backup_$(date +%s)"
"""
ROLLBACK = """\
#!/bin/bash
set -euo pipefail
db=/var/lib/starter/orders.db
supervisorctl stop starter
cp "/var/backups/starter/$1" "$db.new"
chown --reference="$db" "$db.new"
sync "$db.new"
rm -f "$db-wal" "$db-shm" "$db-journal"
mv "$db.new" "$db"
sync "$(dirname "$db")"
supervisorctl start starter
timeout 20 sh -c 'until curl -fsS http://127.0.0.1:8000/health; do sleep 0.1; done'
"""
OF_UNITS = r"""(?ms)^\[\[units\]\]$.*?^(?=\[|#)|^unit = .*?\n|^\[scopes\.backend\]$.*?^(?=\[)|^\[host\]$.*?^(?=\[|#)"""
SCRIPTS = """
[procedures.database]
backup = { script = "backup.sh", arguments = [] }
rollback = { script = "rollback.sh" }
"""


@pytest.fixture
def folder(tmp_path):
    """The starting point, on supervisord."""
    folder = tmp_path / "starter"
    init.lay_out(folder)
    shutil.rmtree(folder / "units")
    file = folder / "stack.toml"
    text = re.sub(OF_UNITS, "", file.read_text())
    text = re.sub(r"(?m)^packages = .*\nfolders = .*$", 'dockerfile = "Dockerfile"', text)
    file.write_text(text.replace("backend = 180, ", "") + SCRIPTS)
    for name, content in (
        ("Dockerfile", DOCKERFILE),
        ("starter.conf", SUPERVISED),
        ("backup.sh", BACKUP),
        ("rollback.sh", ROLLBACK),
    ):
        (folder / name).write_text(content)
    return folder


def drilled(folder, tmp_path) -> subprocess.CompletedProcess[str]:
    return run(
        f".venv/bin/pytest drills/test_database_bad_migration.py drills/test_backend_flaky.py --stack {folder} "
        f"-q --runs={tmp_path}/runs",
        PYTEST_ADDOPTS="",
    )


def test_no_sabotage_is_tried_where_nothing_can_be_stopped_to_undo_it(folder):
    done = run(f".venv/bin/pytest drills/ -m sabotage --collect-only -q --stack {folder}", PYTEST_ADDOPTS="")
    assert " is caught]" not in done.stdout
    assert re.search(r"left out: starter: \S+: units: found none \(.*sabotage", done.stdout), done.stdout


def test_a_right_script_passes_and_a_wrong_one_is_seen_through(folder, tmp_path):
    done = drilled(folder, tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    [record] = [load_record(journal) for journal in tmp_path.glob("runs/*/*.jsonl")]
    assert judge(record).verdict is Verdict.PASSED
    looked = {check.name for check in record.at_stage("after")}
    assert {"database.content", "services.left_running", "services.reboot"} <= looked
    assert {"services.active", "services.ports", "database.holders"} & looked == set()
    assert {"services.active", "services.ports", "database.holders"} <= record.plan.left_out.keys()
    assert re.search(
        r"left out: starter: \S+ has no \[\[units\]\]: process 1 is not systemd \(.*services.active", done.stdout
    )
    assert "left out: starter: scopes: found none for 'backend'" in done.stdout

    script = folder / "rollback.sh"
    script.write_text(script.read_text().replace('cp "/var/backups/starter/$1" "$db.new"', 'cp "$db" "$db.new"'))
    shutil.rmtree(tmp_path / "runs")
    assert drilled(folder, tmp_path).returncode == 1
    [record] = [load_record(journal) for journal in tmp_path.glob("runs/*/*.jsonl")]
    judgement = judge(record)
    assert judgement.verdict is Verdict.FALSE_SUCCESS
    assert "orders" in judgement.cause
