"""Evidence and containment on replicas: kept before anything changes, refused while it runs, taken again after it."""

from __future__ import annotations

import shlex

import pytest

from fixtures import harms
from fixtures.containment import Containment
from fixtures.options import STACKS
from fixtures.stack import load
from reports.verdict import Verdict, judge

pytestmark = [pytest.mark.docker, pytest.mark.sample(3, of="file")]

LINGZHI = STACKS / "lingzhi-ecosystem"
BAD = ("login_500", "payment_broken", "slow", "flaky", "login_open", "forged_token")
IGNORES = {
    "lingzhi-ecosystem": ("/opt/lingzhi-ecosystem/backend/app/containment.py", "lingzhi-backend.service"),
    "credit-one": ("/opt/credit-one/app/risk/containment.py", "credit-one.service"),
}


def incident(harm, meanwhile=lambda drill: None, *, before=lambda drill: None):
    """The steps of an incident; what is done `before` the evidence is taken, and `meanwhile`, contained."""

    def steps(drill):
        drill.steady_state()
        backup = drill.back_up()
        drill.harm(harm)
        drill.detect()
        before(drill)
        drill.keep_evidence("INC-20260301-001")
        drill.contain()
        meanwhile(drill)
        drill.roll_back(backup)
        drill.go_back()
        drill.rerun(backup)

    return steps


def ignores_the_switch(drill):
    """Whoever wrote it has it read another file."""
    file, unit = IGNORES[drill.lab.stack.name]
    drill.lab.target.read(f'sed -i \'s/"containment"/"nothing"/\' {file} && systemctl restart {unit}')
    drill.lab.await_service()


@pytest.mark.parametrize(
    ("stack", "kind", "harm", "trigger"),
    [
        ("lingzhi-ecosystem", "backend", "backend.payment_broken", "key function down"),
        ("lingzhi-ecosystem", "database", "database.migration_mangles_rows", "data lost or corrupted"),
        ("credit-one", "model", "model.out_of_range", "prediction out of range"),
        ("credit-one", "database", "database.migration_mangles_rows", "data lost or corrupted"),
    ],
    indirect=["stack"],
)
def test_an_incident_is_kept_and_contained_and_the_rollback_passes(rehearse, stack, kind, harm, trigger):
    record = rehearse(incident(harm, lambda drill: drill.lab.target.read("sleep 1")), kind=kind, trigger=trigger)
    judgement = judge(record)
    assert judgement.verdict is Verdict.PASSED, judgement.causes
    [contained], [lifted], [evidence] = record.contained, record.lifted, record.evidence
    assert contained.switches == ["DISABLE_RISKY_OPS", "READONLY_MODE"]
    assert all(one.refused for one in contained.tried if not one.reads)
    assert any(one.taken for one in contained.tried if one.reads)
    assert evidence.at < contained.at < record.rollback_run.started < lifted.at < record.recovered
    assert lifted.refused > 0
    refused = [write for write in record.writes if write.outcome == "contained"]
    assert len(refused) == lifted.refused
    assert not any(write.present for write in refused)
    assert not [write for write in record.writes if contained.at < write.sent < lifted.at and write.outcome == "acked"]
    assert all(p.ok for p in record.by_name if contained.at < p.at < record.rollback_run.started)
    names = {file.path for file in evidence.files}
    assert {"processes.txt", "sockets.txt", "release.json", "manifest.json"} < names
    assert any(name.startswith("database/") and name.endswith(".db") for name in names)


def test_an_application_that_ignores_the_switch_fails_the_drill_by_name(rehearse):
    record = rehearse(
        incident("backend.payment_broken", before=ignores_the_switch), kind="backend", trigger="key function down"
    )
    judgement = judge(record)
    assert judgement.verdict is Verdict.FAILED
    assert "the containment let a write through: POST /api/checkin was answered 201" in judgement.causes
    assert "the containment does not refuse what it must: POST /api/pay was answered 500" in judgement.causes
    [lifted] = record.lifted
    assert lifted.let_through["POST /api/checkin"] > 0


@pytest.mark.parametrize("stack", ["credit-one"], indirect=True)
def test_a_credit_risk_service_that_ignores_it_fails_the_drill_by_name_too(rehearse):
    steps = incident("model.out_of_range", before=ignores_the_switch)
    record = rehearse(steps, kind="model", trigger="prediction out of range")
    assert judge(record).verdict is not Verdict.PASSED
    assert any("the containment" in cause for cause in judge(record).causes)


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        ("rm {}/processes.txt", "evidence: processes.txt is missing"),
        ("echo nobody > {}/processes.txt", "evidence: processes.txt is not what it was"),
        ("rm -r {}", "evidence: database/lingzhi_ecosystem.db is missing"),
    ],
)
def test_evidence_that_is_not_what_it_was_fails_the_drill_by_name(rehearse, meanwhile, says):
    folder = load(LINGZHI).evidence.folder + "/INC-20260301-001"
    record = rehearse(
        incident("backend.login_500", lambda drill: drill.lab.target.read(meanwhile.format(folder))),
        kind="backend",
        trigger="key function down",
    )
    assert judge(record).verdict is Verdict.FAILED
    assert says in judge(record).causes


def test_evidence_that_is_taken_too_late_fails_the_drill_by_name(rehearse):
    def steps(drill):
        drill.steady_state()
        backup = drill.back_up()
        drill.harm("backend.login_500")
        drill.detect()
        drill.contain()
        drill.keep_evidence("INC-20260301-001")
        drill.roll_back(backup)
        drill.go_back()
        drill.rerun(backup)

    record = rehearse(steps, kind="backend", trigger="key function down")
    assert judge(record).verdict is Verdict.FAILED
    assert judge(record).cause.endswith("INC-20260301-001 was taken after the host had been changed")


# The applications


def tried(lab):
    """What is contained on a lab: what was tried, and what was tried after it was lifted."""
    events = []
    containment = Containment(lab.target, lambda event, **data: events.append(data["tried"]))
    containment.switch_on()
    containment.switch_off()
    containment.prove_off()
    return events


@pytest.mark.parametrize("stack", sorted(path.parent.name for path in STACKS.glob("*/stack.toml")), indirect=True)
def test_every_shipped_stack_honours_its_switches_while_it_runs(lab):
    unit = lab.stack.backend.unit
    pid = lab.target.read(f"systemctl show -P MainPID {unit}")
    on, off = tried(lab)
    assert all(one["refused"] is not one["what"].startswith("GET ") for one in on), on
    assert all(one["status"] == 200 for one in on if one["what"].startswith("GET ")), on
    assert all(200 <= one["status"] < 300 for one in off), off
    assert lab.target.read(f"systemctl show -P MainPID {unit}") == pid


@pytest.mark.parametrize("name", BAD)
def test_a_bad_release_honours_them_too(lab, name):
    harms.find(f"backend.{name}").apply(lab)
    on, _ = tried(lab)
    assert all(one["refused"] for one in on if one["what"].startswith("POST ")), on


def test_so_does_the_release_before(lab):
    """Release 1.0.0, from a folder of its own, on the database of its time."""
    old = "/opt/old/backend"
    source = LINGZHI / "releases/1.0.0/backend"
    lab.put({f"{old}/{p.relative_to(source)}": p.read_bytes() for p in sorted(source.rglob("*")) if p.is_file()})
    live = lab.stack.backend.root
    lab.target.read(
        f"cp {live}/.env {old}/ && cp {lab.stack.backups.folder}/lingzhi_ecosystem.db.backup_20260901_* "
        f"{old}/lingzhi_ecosystem.db && systemd-run -q --unit old --working-directory {old} "
        f"{live}/venv/bin/gunicorn -w 1 -b 127.0.0.1:8099 app:app && "
        "timeout 10 sh -c 'until curl -fs http://127.0.0.1:8099/api/health; do sleep 0.1; done'"
    )

    def status(method, path, body):
        command = f"curl -s -o /dev/null -w '%{{http_code}}' -X {method} -H 'Content-Type: application/json' "
        return lab.target.read(f"{command} -d {shlex.quote(body)} http://127.0.0.1:8099{path}")

    assert status("POST", "/api/checkin", '{"ref": "a"}') == "401"
    lab.target.read("echo READONLY_MODE=1 > /opt/old/containment")
    assert status("POST", "/api/checkin", '{"ref": "a"}') == "503"
    assert status("POST", "/api/pay", "{}") == "503"
    assert status("GET", "/api/health", "") == "200"
    assert status("POST", "/api/login", "{}") == "400"
    lab.target.read("echo DISABLE_RISKY_OPS=1 > /opt/old/containment")
    assert status("POST", "/api/pay", "{}") == "503"
    assert status("POST", "/api/checkin", '{"ref": "a"}') == "401"
