"""A lost host is rebuilt on a bare one; and the drill fails where the thing that it drills is broken."""

from __future__ import annotations

import json

import pytest

from fixtures.drill import begin
from fixtures.ledger import Span
from fixtures.recovery import Recovery
from fixtures.reference import ON_HOST, settings
from reports.journal import Journal
from reports.record import load
from reports.recovery import KIND
from reports.verdict import Verdict, judge

pytestmark = [pytest.mark.docker, pytest.mark.sample(2, of="file")]

ONE = pytest.mark.parametrize("stack", ["lingzhi-ecosystem"], indirect=True)


@pytest.fixture
def recover(bench, stack, tmp_path):
    """Run the drill with a step more just before the folder is carried off, and just after; answers its record."""

    def run(before=lambda _: None, after=lambda _: None, image=None):
        journal = Journal(tmp_path / "recovery.jsonl")
        objectives = {"recovery": stack.objectives.recovery, "loss": stack.objectives.loss}
        begin(
            journal,
            stack=stack.name,
            drill="tests",
            title="A test",
            rollback=KIND,
            objectives=objectives,
            trigger="no response",
        )
        with bench.lab(stack) as lab:
            drill = Recovery(lab, journal, bare_image=image or bench.bare_image(stack), trigger="no response")
            drill.steady_state()
            before(drill)
            drill.back_up()
            after(drill)
            drill.carry_off()
            drill.harm("host.gone")
            drill.detect()
            drill.start_bare_host()
            drill.rebuild()
            drill.close()
            drill.discard()
        return load(journal.path)

    return run


@pytest.mark.parametrize("stack", ["credit-one", "fct", "lingzhi-ecosystem", "nlp-factor"], indirect=True)
def test_everything_the_checks_know_comes_back_from_the_folder_alone(recover):
    record = recover()
    assert judge(record).verdict is Verdict.PASSED, judge(record).causes
    assert not record.red("after")
    assert record.bare.absent > 20
    assert record.rebuilt.not_restored == []
    parts = record.loss.parts
    assert parts["before"].acked > 0 == parts["before"].acked_lost
    assert parts["after"].acked_lost == parts["after"].acked > 0
    # Each host has keys of its own, and no backup has them: operators' ssh will say so.
    assert any(found.startswith("/etc/ssh/ssh_host_ed25519_key ") for found in record.rebuilt.not_in_backups)


@ONE
def test_a_damaged_newest_set_is_passed_over_and_what_it_alone_held_is_lost(recover):
    first = []

    def damage_the_second(drill):
        first.append(drill.lab.ledger.backup)
        drill.back_up()
        drill.lab.ledger.backup = first[0]  # which is the one that will be used
        newest = drill.lab.target.read(f"ls {drill.lab.stack.backups.folder}/*.db.backup_*[0-9] | tail -1")
        drill.lab.target.read(f"dd if=/dev/urandom of={newest} bs=4096 seek=99 count=1 conv=notrunc")

    record = recover(after=damage_the_second)
    assert judge(record).verdict is Verdict.PASSED, judge(record).causes
    [said] = [line.text for line in record.rollback_run.lines if "passed over" in line.text]
    assert "passed over the set of " in said
    assert "the SHA-256 of lingzhi_ecosystem.db.backup_" in said
    assert isinstance(first[0], Span)
    assert record.loss.parts["after"].acked_lost == record.loss.parts["after"].acked > 0


def told(drill, **host):
    """What backup.py is told of the host's own files is changed."""
    found = settings(drill.lab.stack)
    found["host"] |= host
    drill.lab.put({f"{ON_HOST}/rollback.json": json.dumps(found).encode()})


@pytest.mark.parametrize("stack", ["credit-one"], indirect=True)
def test_a_timer_that_is_not_enabled_is_a_false_success(recover):
    def forget_the_timer(drill):
        units = settings(drill.lab.stack)["host"]["units"]
        told(drill, units=[unit for unit in units if not unit.endswith(".timer")])

    record = recover(before=forget_the_timer)
    assert record.rollback_run.status == 0
    assert judge(record).verdict is Verdict.FALSE_SUCCESS
    assert "services.enabled" in {check.name for check in record.red("after")}


@ONE
def test_without_the_key_of_the_certificate_no_page_is_served_and_the_finding_names_it(recover):
    record = recover(before=lambda drill: told(drill, excludes=[drill.lab.stack.image.tls.key]))
    assert record.rollback_run.status == 9
    assert judge(record).verdict is Verdict.FAILED
    assert "nginx.service" in record.rollback_run.lines[-1].text
    assert "/etc/nginx/tls/site.key is missing" in record.rebuilt.not_in_backups
    assert record.rebuilt.served is None
    assert "services.active" in {check.name for check in record.red("after")}


@pytest.mark.parametrize("stack", ["credit-one"], indirect=True)
def test_without_the_models_versions_nothing_is_begun(recover):
    record = recover(before=lambda drill: told(drill, excludes=[f"{drill.lab.stack.model.versions}/model_*"]))
    assert record.rollback_run.status == 4
    assert judge(record).verdict is Verdict.FAILED
    assert any("holds no model of SHA-256" in line.text for line in record.rollback_run.lines)


@ONE
def test_on_a_host_that_is_not_bare_nothing_is_begun_and_nothing_is_shown(recover, bench, stack):
    record = recover(image=bench.image(stack))
    assert record.bare.held
    assert record.rollback_run.status == 5
    judgement = judge(record)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert "the bare host was not bare" in judgement.cause


@ONE
def test_a_living_host_is_refused(lab):
    target, folder = lab.target, lab.stack.backups.folder
    target.read(f"{ON_HOST}/backup.py all", timeout=60)
    before = target.read(f"find {folder} /etc {lab.stack.backend.root} ! -name '*-shm' -printf '%p %C@ %s\\n' | sort")
    done = target.run(f"{folder}/host.backup_*[0-9]/opt/rollback/recover.py {folder}", timeout=60)
    assert done.status == 5
    assert done.err.startswith("this host is not bare, it has /var/www/lingzhi-ecosystem, ")
    after = target.read(f"find {folder} /etc {lab.stack.backend.root} ! -name '*-shm' -printf '%p %C@ %s\\n' | sort")
    assert after == before


@ONE
def test_cut_off_by_a_power_cut_the_next_run_finishes_it(bench, stack):
    """On the bare host itself: killed with all of it, after some of what it had to place."""
    with bench.lab(stack) as lab:
        lab.target.read(f"{ON_HOST}/backup.py all", timeout=60)
        archive = lab.copy_off(stack.backups.folder)
        lab.lose_host()
        assert not lab.left_of_host()
        lab.start_bare_host(bench.bare_image(stack))
        lab.target.read("mkdir /srv/off-site")
        lab.copy_on("/srv/off-site", archive)
        program = "/srv/off-site/backups/host.backup_*[0-9]/opt/rollback/recover.py /srv/off-site/backups"
        lab.target.read(f"setsid bash -c '{program}' >/dev/null 2>&1 & until [ -e /opt/rollback ]; do :; done")
        lab.cut_power()
        done = lab.target.run(program, timeout=120)
        assert done.status == 0, done.out + done.err
        assert "was cut off, or did not end well: finishing it" in done.out
        lab.await_service()
        assert lab.target.read("systemctl is-enabled lingzhi-backend.service") == "enabled"
        assert not lab.target.read("find /etc /opt /var -name '.*.partial'")
