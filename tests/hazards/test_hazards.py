"""Rollbacks written the usual way get the right verdict, by its cause (H1 to H21 and H25 to H27)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.drill import Drill
from fixtures.facts import loss_within_objective
from fixtures.procedure import BACKUP, Procedure
from fixtures.stack import RollbackType
from reports.record import Record
from reports.verdict import Verdict, judge

pytestmark = pytest.mark.docker

SCRIPTS = Path(__file__).parent / "scripts"
DAMAGE = "database.migration_mangles_rows"
NOTHING_CAME_BACK = {"database.content", "database.schema", "database.writes"}
API = {"api.health", "api.chat", "api.version", "api.site"}


@dataclass(frozen=True)
class Hazard:
    """One way in which it goes wrong.

    `before`: harms before the steady state is observed; `harms`: after the backup; the drill ends with `script`, given
    the backup's name (or `arguments`). `red`: checks of which at least one must be the cause (none: it is no check
    that sees it); `green`: checks that must hold all the same, which is what makes the success look true. Whether an
    old -wal brings all of the bad state back (H5) or a malformed half of it (H6) depends on whether a checkpoint came
    in between: neither is asked for.
    """

    name: str
    script: str
    red: set[str]
    green: set[str] = frozenset()  # type: ignore[assignment]
    harms: tuple[str, ...] = (DAMAGE,)
    before: tuple[str, ...] = ()
    backup: str | None = None
    arguments: tuple[str, ...] | None = None
    answers: tuple[str, ...] = ()
    says: str = ""
    cause: str = ""
    kind: RollbackType = "database"


HAZARDS = [
    Hazard("H2 the name defaults to now", "h02_defaults_to_now.sh", NOTHING_CAME_BACK, API, arguments=()),
    Hazard(
        "H2 a date where a name is wanted",
        "h08_restore_unread.sh",
        NOTHING_CAME_BACK,
        API,
        arguments=("20261101_030000",),
        says="cannot stat",
    ),
    Hazard("H3 cancelled at the prompt", "h03_cancel_is_success.sh", NOTHING_CAME_BACK, API, answers=("n",)),
    Hazard("H3 standard input closed", "h03_cancel_is_success.sh", NOTHING_CAME_BACK, API, says="Cancelled"),
    Hazard("H5 killed", "h05_kill_and_copy.sh", NOTHING_CAME_BACK, API),
    Hazard(
        "H5 a second process has it open",
        "h05_stop_and_copy.sh",
        NOTHING_CAME_BACK,
        API,
        harms=("staging.report_running", DAMAGE),
    ),
    Hazard(
        "H6 a checkpoint after the backup",
        "h05_kill_and_copy.sh",
        {"database.integrity"},
        API,
        harms=(DAMAGE, "staging.checkpoint_after_backup"),
    ),
    Hazard(
        "H7 a cp of a live database is empty",
        "h08_restore_unread.sh",
        {"database.row_counts"},
        {"api.health", "api.chat", "api.version", "api.site", "database.integrity"},
        before=("staging.everything_in_the_wal",),
        backup="h07_copied_live.sh",
    ),
    Hazard(
        "H8 an empty backup",
        "h08_restore_unread.sh",
        {"database.row_counts"},
        {"database.integrity", *API},
        harms=(DAMAGE, "staging.backup_emptied"),
    ),
    Hazard(
        "H8 a truncated backup",
        "h08_restore_unread.sh",
        {"api.version", "database.integrity"},
        harms=(DAMAGE, "staging.backup_truncated"),
    ),
    Hazard(
        "H8 bit rot in the backup",
        "h08_restore_unread.sh",
        {"database.integrity"},
        API,
        harms=(DAMAGE, "staging.backup_rotten"),
    ),
    Hazard(
        "H9 the integrity is printed",
        "h09_prints_integrity.sh",
        {"database.integrity"},
        API,
        harms=(DAMAGE, "staging.backup_rotten"),
        says=r"\*\*\* in database|malformed|out of order|invalid page|btreeInitPage",
    ),
    Hazard(
        "H10 the writer lives on",
        "h10_misses_the_process.sh",
        {"database.integrity", *NOTHING_CAME_BACK},
        {"api.health", "api.chat"},
    ),
    Hazard(
        "H11 a request in its transaction",
        "h11_copies_under_a_request.sh",
        {"database.integrity", *NOTHING_CAME_BACK},
        {"api.health"},
        harms=(DAMAGE, "staging.payment_in_its_transaction"),
    ),
    Hazard(
        "H12 a passive checkpoint, then cp",
        "h08_restore_unread.sh",
        {"database.writes", "database.integrity"},
        before=("staging.report_running",),
        backup="h12_passive_checkpoint.sh",
        cause=r"\d+ of \d+ writes acknowledged before the backup started are lost",
    ),
    Hazard(
        "H13 an older backup than meant",
        "h08_restore_unread.sh",
        {"database.row_counts"},
        {"database.integrity", "database.schema", *API},
        arguments=("lingzhi_ecosystem.db.backup_20261101_030000",),
        cause=r"(\d+) of \1 writes acknowledged before the backup started are lost",
    ),
]


TREES = [
    Hazard("H1 ssh fails", "h01_ssh_fails.sh", {"api.login"}, {"api.health"}, ("backend.login_500",), kind="backend"),
    Hazard(
        "H4 systemd is faster",
        "h04_kill_while_systemd_restarts.sh",
        {"api.version", "api.login"},
        {"files.backend", "api.health"},
        ("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H16 a backend without its folders",
        "h16_copies_without_r.sh",
        {"files.backend"},
        {"api.health", "api.version"},
        ("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H16 a site without its folders",
        "h16_site_without_r.sh",
        {"files.frontend"},
        API,
        ("frontend.moved_assets",),
        backup="backup_site.sh",
        kind="frontend",
    ),
    *(
        Hazard(
            f"H17 copied over, {harm.partition('.')[2]}",
            "h17_copies_over.sh",
            {"files.frontend"},
            API,
            (harm,),
            backup="backup_site.sh",
            kind="frontend",
        )
        for harm in ("frontend.stale_worker", "frontend.file_became_folder")
    ),
    Hazard(
        "H17 a backend copied over",
        "h17_backend_over.sh",
        {"files.backend"},
        {"api.health", "api.version", "api.login"},
        ("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H18 part by part",
        "h18_part_by_part.sh",
        {"database.schema", "database.content"},
        {"api.health"},
        ("full.wrong_migration",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H19 nginx is stopped untested",
        "h19_stops_nginx_untested.sh",
        {"api.site"},
        harms=("frontend.broken_page", "staging.broken_nginx_config"),
        backup="backup_site.sh",
        kind="frontend",
    ),
    Hazard(
        "H20 kills the neighbour",
        "h20_kills_the_neighbour.sh",
        {"services.neighbours"},
        {"api.health", "api.version", "api.login"},
        ("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H20 kills itself",
        "h20_kills_itself.sh",
        {"files.backend"},
        {"api.health"},
        ("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H21 the old process answers",
        "h21_green_on_the_old_process.sh",
        {"api.version"},
        {"files.backend", "api.health"},
        ("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H21 a request is cut off",
        "h21_cuts_off_a_request.sh",
        set(),
        {"files.backend", "api.health", "api.version", "api.login", "services.active"},
        ("backend.login_500", "staging.chat_in_flight"),
        backup="backup_backend.sh",
        cause=r"in flight when the rollback began, POST /api/agent/chat, was cut off after .*: 50\d",
        kind="backend",
    ),
    Hazard(
        "H25 ticked beforehand",
        "h25_ticked_beforehand.sh",
        {"files.kept"},
        harms=("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H26 ps finds the grep",
        "h26_finds_itself.sh",
        {"services.active"},
        harms=("backend.login_500",),
        backup="backup_backend.sh",
        kind="backend",
    ),
    Hazard(
        "H27 the database goes with it",
        "h27_rolls_the_database_back_too.sh",
        {"database.writes"},
        {"api.health", "api.version", "api.login", "database.integrity", "database.content"},
        ("backend.login_500",),
        backup="h27_backs_up_with_the_database.sh",
        kind="backend",
    ),
]


def steps(hazard: Hazard) -> Callable[[Drill], None]:
    """The drill that a hazard is met in."""

    def run(drill: Drill) -> None:
        for name in hazard.before:
            drill.harm(name)
        drill.steady_state()
        backup = drill.back_up()
        if not hazard.arguments and hazard.arguments is not None:
            time.sleep(1.1)  # "now" must be another second than the backup's
        for name in (*hazard.harms, *(() if hazard.harms else (DAMAGE,))):
            drill.harm(name)
        drill.roll_back(*((backup,) if hazard.arguments is None else hazard.arguments))

    return run


@pytest.mark.sample(4)
@pytest.mark.repeats(1, 10)
@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.name)
def test_hazard_of_the_database(hazard, rehearse, repeat):
    """What becomes of pages that two processes write is a matter of chance: ten times each."""
    is_seen_for_what_it_is(hazard, rehearse)


@pytest.mark.sample(2)
@pytest.mark.repeats(1, 3)
@pytest.mark.parametrize("hazard", TREES, ids=lambda hazard: hazard.name)
def test_hazard_of_code_and_pages(hazard, rehearse, repeat):
    """Files are copied the same way every time; what may vary is who is faster."""
    is_seen_for_what_it_is(hazard, rehearse)


def is_seen_for_what_it_is(hazard: Hazard, rehearse: Callable[..., Record]) -> None:
    """A false success, by its cause, though it looks true."""
    rollback = Procedure.from_script(SCRIPTS / hazard.script, BACKUP, answers=hazard.answers)
    backup = Procedure.from_script(SCRIPTS / hazard.backup) if hazard.backup else None
    record = rehearse(steps(hazard), kind=hazard.kind, rollback=rollback, backup=backup)

    assert record.rollback_run is not None
    assert record.rollback_run.status == 0, "the script must claim success, or it shows nothing"
    judgement = judge(record)
    assert judgement.verdict is Verdict.FALSE_SUCCESS, judgement
    red = {check.name for check in record.red("after")}
    assert red & hazard.red or not hazard.red, judgement.causes
    assert not red & hazard.green, judgement.causes
    output = "\n".join(line.text for line in record.rollback_run.lines)
    assert re.search(hazard.says, output), output
    assert re.search(hazard.cause, judgement.cause), judgement.causes


def test_an_older_backup_misses_the_objective_for_loss(rehearse):
    """H13: the 1 % objective is red, on its own account."""
    [hazard] = [h for h in HAZARDS if h.name.startswith("H13")]
    record = rehearse(steps(hazard), rollback=Procedure.from_script(SCRIPTS / hazard.script, BACKUP))
    assert record.loss.share > 0.05
    with pytest.raises(AssertionError, match="share of rows lost"):
        loss_within_objective(record)


def test_a_slow_start_is_a_false_alarm(rehearse):
    """H21: the one request comes too early, the script gives up, and everything is right a moment later."""
    hazard = Hazard(
        "H21 a slow start",
        "h21_red_on_a_slow_start.sh",
        set(),
        harms=("staging.slow_start", "backend.login_500"),
        backup="backup_backend.sh",
        kind="backend",
    )
    record = rehearse(
        steps(hazard),
        kind="backend",
        rollback=Procedure.from_script(SCRIPTS / hazard.script, BACKUP),
        backup=Procedure.from_script(SCRIPTS / "backup_backend.sh"),
    )
    judgement = judge(record)
    assert judgement.verdict is Verdict.FAILED, judgement
    assert "exited with status" in judgement.cause
