"""Two records of each drill, written from its journal alone: the rollback log (SOP B) and the incident report (SOP A).

What only a person can know is marked as to be written; what the journal does not have is said to be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import boxes, course, figures, files, markdown
from reports.notifications import NOTIFICATIONS
from reports.record import LOSS, CheckResult, Record
from reports.text import first_line
from reports.verdict import Judgement, judge
from reports.words import Language, words


@dataclass(frozen=True)
class Document:
    """A record as it is kept: the name of its file, and its text, which is Markdown."""

    name: str
    text: str


@dataclass(frozen=True)
class Case:
    """A drill, ready for its records."""

    record: Record

    @cached_property
    def judgement(self) -> Judgement:
        """The verdict and its causes."""
        return judge(self.record)

    @property
    def at(self) -> float:
        """When it was rolled back; when the drill began, where it was not."""
        return self.record.rollback_run.started if self.record.rollback_run else self.record.started

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who or what told of the damage, and in which words: triggers, then people."""
        fired = [(trigger.name, trigger.evidence) for trigger in self.record.fired("damaged")]
        return fired + [(report.by, report.why) for report in self.record.reports]

    @property
    def missing(self) -> list[str]:
        """What the journal does not have, and a whole response leaves behind."""
        record = self.record
        there: dict[str, Any] = {
            "closed": record.closed,
            "detected": record.detected,
            "incident": record.incident,
            "evidence": record.evidence,
            "contained": record.contained,
            "decision": record.decision,
            "backup_used": record.backup_name,
            "rollback": record.rollback_run,
            "check": record.at_stage("after"),
            "recovered": record.recovered,
            "probes": record.probes,
            "loss": record.loss or LOSS in record.left_out,
            "notified": record.notifications.sent or NOTIFICATIONS in record.left_out,
        }
        return [name for name, found in there.items() if not found]

    @property
    def checks(self) -> list[tuple[str, CheckResult | None, CheckResult | None]]:
        """Each check that was to be run after the rollback, or was: its name, while damaged, and after."""
        found = {stage: {check.name: check for check in self.record.at_stage(stage)} for stage in ("damaged", "after")}
        planned = self.record.plan.checks.get("after", []) if self.record.plan else []
        names = dict.fromkeys([*planned, *found["after"]])
        return [(name, found["damaged"].get(name), found["after"].get(name)) for name in names]

    @property
    def broken(self) -> list[tuple[str, CheckResult | None, CheckResult | None]]:
        """Those of them that did not hold while damaged."""
        return [row for row in self.checks if row[1] is not None and not row[1].holds]

    @property
    def said_last(self) -> str:
        """The last line that the rollback printed."""
        lines = self.record.rollback_run.lines if self.record.rollback_run else []
        return next((line.text for line in reversed(lines) if line.text.strip()), "")


def rollback_log(record: Record, language: Language = "en") -> str:
    """The decision log and the rollback log as one, as Markdown (SOP B, phases 1 and 5)."""
    return _render("rollback_log.md.j2", record, language)


def incident_report(record: Record, language: Language = "en") -> str:
    """The incident report, as Markdown (SOP A)."""
    return _render("incident_report.md.j2", record, language)


def documents(records: Iterable[Record], language: Language = "en") -> dict[Path, list[Document]]:
    """The records of each journal of a run: a rollback log, and a report of the incident where one was opened.

    No two have the same name: of rollbacks of one second the later, by the names of their journals, get a number.
    """
    taken: set[str] = set()
    found: dict[Path, list[Document]] = {}
    for record in sorted(records, key=lambda one: one.path):
        stamp = datetime.fromtimestamp(Case(record).at, UTC).strftime("%Y%m%d_%H%M%S")
        found[record.path] = [Document(_free(f"ROLLBACK_LOG_{stamp}", taken), rollback_log(record, language))]
        if record.incident:
            report = Document(_free(record.incident.number, taken), incident_report(record, language))
            found[record.path].append(report)
    return found


def write(folder: Path, kept: dict[Path, list[Document]]) -> None:
    """Write records into a run's folder, each whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    for document in (document for its in kept.values() for document in its):
        files.replace(folder / document.name, document.text)


def _free(stem: str, taken: set[str]) -> str:
    name = next(name for name in _names(stem) if name not in taken)
    taken.add(name)
    return name


def _names(stem: str) -> Iterator[str]:
    yield f"{stem}.md"
    number = 2
    while True:
        yield f"{stem}_{number}.md"
        number += 1


def _render(template: str, record: Record, language: Language) -> str:
    case = Case(record)
    return _environment().get_template(template).render(case=case, record=record, w=words(language))


@cache
def _environment() -> Environment:
    """Templates in which every text is made fit for Markdown, wherever it stands."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,
        undefined=StrictUndefined,
        finalize=lambda value: markdown.plain(value) if isinstance(value, str) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"boxes": boxes, "course": course}
    environment.filters |= {name: getattr(figures, name) for name in ("span", "date", "offset", "limit")}
    environment.filters |= {"first_line": first_line, "number": "{:,}".format}
    return environment
