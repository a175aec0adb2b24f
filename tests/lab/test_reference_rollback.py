"""The reference procedures on a real host: right under traffic, and refusing what they must, with nothing touched."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from fixtures.procedure import BACKUP as NAMED
from fixtures.procedure import Procedure
from fixtures.reference import ON_HOST, procedures
from reports.verdict import Verdict, judge

pytestmark = pytest.mark.docker

DAMAGES = (
    "database.migration_mangles_rows",
    "database.dropped_table",
    "database.overwritten_pages",
    "database.newest_backup_damaged",
)
BACKUP = f"{ON_HOST}/backup.py database"
ROLLBACK = f"{ON_HOST}/rollback.py database"


@pytest.mark.repeats(1, 50)
def test_a_clean_drill_has_no_red_check_and_loses_nothing_from_before_the_backup(rehearse, repeat):
    damage = next(itertools.islice(itertools.cycle(DAMAGES), repeat, None))

    def steps(drill):
        drill.steady_state()
        drill.back_up()
        drill.harm(damage)
        drill.detect()
        drill.harm("services.backend_restarted")  # it makes a dropped table anew: the way back would find one more
        drill.roll_back()
        drill.go_back()
        drill.rerun()

    record = rehearse(steps, trigger="data lost or corrupted")
    assert judge(record).verdict is Verdict.PASSED, judge(record).causes
    assert not record.red("before")
    assert not record.red("after")
    assert record.loss.parts["before"].acked > 0
    assert record.loss.parts["before"].acked_lost == 0
    assert record.loss.parts["restored"].acked > 0


def test_it_asks_as_sop_b_asks(rehearse):
    asking = dataclasses.replace(
        procedures("database").rollback, command=(f"{ON_HOST}/rollback.py", "database", NAMED), answers=("y", "yes")
    )

    def steps(drill):
        drill.steady_state()
        backup = drill.back_up()
        drill.harm(DAMAGES[0])
        drill.detect()
        drill.roll_back(backup)
        drill.go_back()
        drill.rerun(backup)

    record = rehearse(steps, rollback=asking, trigger="data lost or corrupted")
    assert judge(record).verdict is Verdict.PASSED, judge(record).causes
    assert [line.text for line in record.rollback_run.lines if line.stream == "answer"] == ["y", "yes"]


@pytest.fixture
def host(lab):
    """A host with a good backup, and what of it a refused procedure must leave as it is."""
    lab.target.read(BACKUP, timeout=60)
    return Host(lab)


class Host:
    """A replica whose state can be compared."""

    def __init__(self, lab):
        self.lab = lab
        self.stack = lab.stack
        self.run = lab.target.run
        self.read = lab.target.read
        names = self.read(f"ls {self.stack.backups.folder}").split()
        self.backup = next(n for n in sorted(names, reverse=True) if ".backup_" in n and not n.endswith(".json"))
        self.path = f"{self.stack.backups.folder}/{self.backup}"

    def state(self):
        """Every file of the backend and the backups with its hash, and the process that serves."""
        folders = f"{self.stack.backend.root} {self.stack.backups.folder}"
        files = self.read(
            f"find {folders} -type f ! -name server.log ! -name '*-shm' -print0 | sort -z | xargs -0 sha256sum"
        )
        return files, self.read(f"systemctl show -P MainPID {self.stack.backend.unit}")

    def refuses(self, command, status, says):
        before = self.state()
        done = self.run(command, timeout=60)
        assert done.status == status, done.out + done.err
        assert says in done.err
        assert len(done.err.splitlines()) == 1, done.err
        assert "Traceback" not in done.out + done.err
        assert self.state() == before


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("prepare", "arguments", "status", "says"),
    [
        ("true", "{backup} </dev/null", 3, "cancelled"),
        ("true", "--yes lingzhi_ecosystem.db.backup_19990101_000000", 4, "lingzhi_ecosystem.db.backup_19990101_000000"),
        ("truncate -s 0 {path}", "--yes {backup}", 4, "{backup}"),
        ("truncate -s 4096000 {path}", "--yes {backup}", 4, "{backup}"),
        ("dd if=/dev/urandom of={path} bs=4k seek=99 count=1 conv=notrunc", "--yes {backup}", 4, "{backup}"),
        ("rm {path}.manifest.json", "--yes {backup}", 4, "manifest"),
        ("/opt/rollback/backup.py database --adopt lingzhi_ecosystem.db.backup_20260901_030000",
         "--yes lingzhi_ecosystem.db.backup_20260901_030000", 4, "full"),
        ("systemctl start lingzhi-deploy.service", "--yes {backup}", 5, "deploy"),
        ("systemd-run -q --unit other flock {folder} sleep 60 && sleep 0.3", "--yes {backup}", 5, "in progress"),
        ("true", "--yes {backup}", 7, "root"),
    ],
    ids=["cancelled", "unknown", "empty", "truncated", "bit rot", "no manifest", "wrong schema", "deploy in progress",
         "rollback in progress", "no rights"],
)  # fmt: skip
def test_refused_with_nothing_touched(host, prepare, arguments, status, says):
    words = {"backup": host.backup, "path": host.path, "folder": host.stack.backups.folder}
    host.run(prepare.format(**words), timeout=60)
    as_nobody = "runuser -u nobody -- " if status == 7 else ""
    host.refuses(f"{as_nobody}{ROLLBACK} {arguments.format(**words)}", status, says.format(**words))


def test_a_program_that_holds_the_database_is_named_and_nothing_is_restored(host):
    path = host.stack.database.path
    host.read(
        "systemd-run -q --unit report -p User=lingzhi python3 -c "
        f"\"import sqlite3, time; db = sqlite3.connect('{path}'); "
        "db.execute('SELECT 1 FROM users').fetchone(); time.sleep(60)\" && sleep 0.5"
    )
    holder = host.read("systemctl show -P MainPID report")
    done = host.run(f"{ROLLBACK} --yes {host.backup}", timeout=60)
    assert done.status == 5, done.out + done.err
    assert holder in done.err
    assert host.read(f"systemctl is-active {host.stack.backend.unit}") == "active"


def test_no_space_is_said_and_nothing_is_touched(bench, stack):
    """The backups' disk has room for the backup, and none for the snapshot."""
    with bench.lab(stack, sizes={stack.backups.folder: "20m"}) as lab:
        lab.target.read(BACKUP, timeout=60)
        small = Host(lab)
        small.refuses(f"{ROLLBACK} --yes {small.backup}", 6, "free")


@pytest.mark.repeats(2, 40)
def test_killed_at_any_moment_a_second_run_finishes_or_undoes(host, repeat):
    """kill -9 of the whole procedure after some part of its usual time; the second run completes."""
    target = host.lab.target
    count = "SELECT count(*) FROM users WHERE email NOT LIKE '%@%'"
    host.read(f"runuser -u lingzhi -- sqlite3 {host.stack.database.path} \"UPDATE users SET email = '' WHERE id < 99\"")
    delay = 0.05 + (repeat * 0.37) % 1.1
    host.run(f"timeout -s KILL {delay} {ROLLBACK} --yes {host.backup}", timeout=60)
    again = host.run(f"{ROLLBACK} --yes {host.backup}", timeout=60)
    assert again.status == 0, f"killed after {delay:.2f} s: {again.out} {again.err}"
    assert target.database.scalar(count) == 0
    assert target.database.scalar("PRAGMA integrity_check") == "ok"
    assert host.read(f"systemctl is-active {host.stack.backend.unit}") == "active"
    left = host.read(f"ls -A {host.stack.backups.folder} {host.stack.backend.root}").split()
    assert not [name for name in left if "partial" in name or "in-progress" in name]


def test_list_and_dry_run_change_nothing(host):
    before = host.state()
    assert host.backup in host.read(f"{ROLLBACK} --list")
    assert "nothing was changed" in host.read(f"{ROLLBACK} --dry-run {host.backup}", timeout=60)
    assert host.state() == before


def test_a_procedure_of_the_harness_is_run_as_a_file(lab, tmp_path):
    """A script that kills by a pattern meets itself only where it would on a real host (H20)."""
    script = tmp_path / "rollback.sh"
    script.write_text("#!/bin/bash\ntr '\\0' ' ' </proc/$$/cmdline; pgrep -fc 'rollback.*bad-pattern'; exit 3\n")
    done = lab.run_procedure(Procedure.from_script(script, "bad-pattern"))
    assert done.status == 3
    assert [line.text for line in done.lines][-1].endswith("rollback.sh bad-pattern 1"), done.lines
