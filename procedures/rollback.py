#!/usr/bin/env python3
"""Roll the host back: its site, backend or database, or all of them at once (SOP B); its config or model (SOP A).

frontend (page errors), backend (API errors, logic, service down), database (errors, lost or inconsistent data) and full
(more than one of them, or a major version) each take the newest backup that is stable, whole and fits the rest, unless
they are told which. config (wrong settings) and model (predictions out of range) must be told: without a version they
list what there is, and end with 13. A version is judged before anything is touched: a config is parsed and held against
its schema, a model is loaded and predicts the golden inputs, both by the service's own python. If a link leads to the
live file, the link goes on to the version. The units are restarted until they answer the SHA-256 of the file on disk.
`back` undoes the last rollback, whatever its type, another `back` included. The present state is kept among the backups
as <kind>.before_rollback_<timestamp>, a database's as rollback.json names it.
"""

from __future__ import annotations

import sys
import time
from typing import List, NamedTuple, Optional, Sequence

import catalogue
import database
import execution
import host
import journal
import parts
import plan
import program
import tree
from config import Config
from exits import Exit, Failure
from journal import Record
from plan import Plan
from runlog import RunLog


class Request(NamedTuple):
    """What was asked for."""

    type: str
    names: Sequence[str]
    ask: bool
    dry: bool
    stop_deploy: bool

    def is_for(self, config: Config, record: Record) -> bool:
        """Whether a rollback that was cut off is the one asked for."""
        sources = {
            name for part in record.parts for name in (part.source, config.naming(part.kind).key_of(part.source))
        }
        return self.type == record.type and sources.issuperset(self.names)


def main(words: Optional[List[str]] = None) -> Exit:
    """The program; `words` stands for the command line."""
    parser = program.arguments(__doc__)
    parser.add_argument("type", choices=[*plan.TYPES, "back"], help="what to restore, or `back`")
    parser.add_argument(
        "backups", nargs="*", metavar="BACKUP", help="a backup's name as --list shows it, or the time or version "
        "in it; of `full` several, or the time that a set has in common"
    )  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="verify all that can be verified, change nothing")
    parser.add_argument("--stop-deploy", action="store_true", help="end a deploy in progress first, else it is refused")
    given = parser.parse_intermixed_args(words)
    if len(given.backups) > {"full": len(plan.TYPES["full"]), "back": 0}.get(given.type, 1):
        parser.error(f"{given.type} takes fewer backups than {len(given.backups)}")
    request = Request(given.type, given.backups, not given.yes, given.dry_run, given.stop_deploy)

    def act(config: Config, log: RunLog) -> Exit:
        kinds = plan.TYPES.get(given.type, config.kinds)
        config.expect(kinds)
        if given.list:
            catalogue.show(config, kinds, log)
            return Exit.DONE
        live = [config.live(kind) for kind in kinds]
        host.expect_rights(live, [*(path.parent for path in live), config.backups])
        with host.lock(config.backups):
            return roll_back(config, log, request)

    return program.run(given.config, act)


def roll_back(config: Config, log: RunLog, request: Request) -> Exit:
    """Confirm, prepare, execute, verify (SOP B, phases 1 to 4), or finish the rollback that was cut off."""
    began = time.monotonic()
    expect_no_deploy(config, log, request)
    record = journal.read(config.backups)
    if record:
        kept = ", ".join(part.snapshot for part in record.parts)
        log.step(f"a rollback to {record.sources} was cut off; what it started from is in {kept}")
    cut_off = record if record and record.replacing else None
    if not request.dry and clear_up(config, log, record, began):
        assert record is not None
        if request.is_for(config, record):
            return Exit.DONE
        raise Failure(
            Exit.REFUSED, f"the rollback to {record.sources} is finished now; run it again for what you asked"
        )
    if cut_off and cut_off.type != request.type:
        raise Failure(Exit.REFUSED, f"a {cut_off.type} rollback is half-way: `rollback.py {cut_off.type}` finishes it")
    resumed = cut_off is not None and request.is_for(config, cut_off)
    chosen = (
        plan.resume(config, cut_off) if cut_off and resumed else plan.make(config, request.type, request.names, log)
    )
    for source in chosen.sources:
        release = f", release {source.its.release}" * (source.kind not in config.versioned)
        log.step(f"verified {source.path.name}: {source.kind}, whole{release}, fits")
    expect_sound_site(config, chosen)
    expect_space(config, chosen)
    names = ", ".join(source.path.name for source in chosen.sources)
    if request.dry:
        log.step(f"dry run: {names} would be restored; nothing was changed")
        return Exit.DONE
    if resumed:
        log.step("it had begun to replace: finishing it, as was confirmed then")
    elif request.ask:
        confirm(config, chosen)
    expect_no_deploy(config, log, request)
    execution.finish(config, log, execution.execute(config, log, chosen, cut_off), began)
    return Exit.DONE


def clear_up(config: Config, log: RunLog, record: Optional[Record], began: float) -> bool:
    """What a rollback that was cut off left: undo it, or finish it if all is in place, and then answer True."""
    if record is None or not record.replacing:
        parts.sweep(config)
        if record:
            log.step("it had replaced nothing: undoing the rest of it")
            execution.undo(config, log, record)
        return False
    if not parts.are_placed(config, log, record):
        return False
    log.step("all of it is in place: going on from there")
    execution.finish(config, log, record, began)
    return True


def expect_no_deploy(config: Config, log: RunLog, request: Request) -> None:
    """End a deploy in progress if that was asked for, else Failure(REFUSED) (SOP decision 11)."""
    if config.deploy_unit and host.is_up(config.deploy_unit):
        if request.dry or not request.stop_deploy:
            hint = "--stop-deploy would end it first" if request.dry else "--stop-deploy ends it first"
            raise Failure(Exit.REFUSED, f"a deploy is in progress ({config.deploy_unit}; {hint}): nothing was changed")
        try:
            host.stop([config.deploy_unit], config.stop_s)
        except OSError as error:
            raise Failure(
                Exit.REFUSED, f"the deploy in progress cannot be ended: {error}: nothing was changed"
            ) from None
        log.step(f"ended the deploy in progress ({config.deploy_unit})")


def expect_sound_site(config: Config, chosen: Plan) -> None:
    """Failure(REFUSED) unless whatever serves the site would take its configuration: it is not touched (H19)."""
    if "site" in chosen.kinds and config.site_test:
        try:
            host.run(*config.site_test)
        except OSError as error:
            raise Failure(Exit.REFUSED, f"{error}: nothing was changed") from None


def expect_space(config: Config, chosen: Plan) -> None:
    """Failure(NO_SPACE) unless the snapshots and the restored copies all fit."""
    needed = []
    for source in chosen.sources:
        live = config.live(source.kind)
        needed.append((live.parent, source.its.size))
        if source.kind not in config.scopes:
            files = [path for path in [live] if path.exists()] + database.side_files(live)
            needed.append((config.backups, sum(path.stat().st_size for path in files)))
        elif live.exists():  # Where it cannot be renamed to the backups, it is copied.
            needed.append((config.backups, tree.size(live, config.scopes[source.kind])))
    host.expect_space(needed)


def confirm(config: Config, chosen: Plan) -> None:
    """Ask as SOP B does: a second time where data is replaced.

    Anything but `y`, then `yes`, and the end of input too, is Failure(CANCELLED) (H3).
    """
    lines = []
    for source in chosen.sources:
        taken = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(source.taken))
        lines.append(f"WARNING: {config.live(source.kind)} will be replaced by {source.path.name}, taken at {taken}.")
    questions = [("\n".join([*lines, "Roll back? [y] "]), "y")]
    if "database" in chosen.kinds:
        questions.append(("What was written since will be in the snapshot only. Are you sure? Type yes: ", "yes"))
    for question, expected in questions:
        try:
            answer = input(question)
        except (EOFError, OSError, RuntimeError, ValueError):
            answer = ""
        if answer.strip() != expected:
            raise Failure(Exit.CANCELLED, "cancelled: nothing was changed")


if __name__ == "__main__":
    sys.exit(main())
