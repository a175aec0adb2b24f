"""pytest's glue: where a run's reports go, and what is said of them in the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports import exploration, journal, matrix, page, real, summary
from reports.record import Record, load
from reports.redaction import Redaction
from reports.text import visible
from reports.verdict import Verdict, judge
from reports.words import LANGUAGES

RUN_FOLDER = pytest.StashKey[Path]()
DRILLS = pytest.StashKey[bool]()
REDACTION = pytest.StashKey[Redaction]()
REAL = pytest.StashKey[bool]()  # whether a live host is verified after a real rollback: never counted as a drill


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the reports."""
    group = parser.getgroup("drills")
    group.addoption("--runs", type=Path, default=None, metavar="DIR", help="where runs are kept (reports/runs)")
    group.addoption("--lang", choices=LANGUAGES, default="en", help="of rollback logs and incident reports (en)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give a run of drills its folder, and pytest-html and JUnit their files in it."""
    worker = getattr(config, "workerinput", None)
    config.stash[DRILLS] = worker is None and _asks_for(config, "drills")
    config.stash[REAL] = worker is None and _asks_for(config, "checks")
    if config.stash[DRILLS] and config.stash[REAL]:
        raise pytest.UsageError("found both drills/ and checks/, expected one: a real rollback is a run of its own")
    if worker is not None:
        config.stash[RUN_FOLDER] = Path(worker["run_folder"])
    elif (config.stash[DRILLS] or config.stash[REAL]) and not config.option.collectonly:
        folder = config.stash[RUN_FOLDER] = _new_folder(config.option.runs or config.rootpath / "reports" / "runs")
        config.option.htmlpath = config.option.htmlpath or str(folder / "pytest.html")
        config.option.self_contained_html = True
        config.option.xmlpath = config.option.xmlpath or str(folder / "junit.xml")
    else:
        config.stash[RUN_FOLDER] = Path("/nonexistent")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker where the run's journals go."""
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Render the page; a run of drills in which none passed is no success."""
    config = session.config
    if not (config.stash[DRILLS] or config.stash[REAL]) or config.option.collectonly:
        return
    folder = config.stash[RUN_FOLDER]
    if journals(folder):
        page.render(folder, config.option.lang)
    verdicts = [judge(r).verdict for r in records(folder)] if config.stash[DRILLS] else _found(folder)
    proven = Verdict.PASSED in verdicts or any(found.holds for found in explorations(folder))
    if exitstatus == pytest.ExitCode.OK and not proven:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line a drill, and where the page is."""
    if config.option.collectonly:
        return
    folder = config.stash[RUN_FOLDER]
    if config.stash[REAL]:
        _tell_of_real(terminalreporter, folder)
    if not config.stash[DRILLS]:
        return
    terminalreporter.section("drills")
    found = records(folder)
    for line in summary.lines(found):
        terminalreporter.write_line(line)
    for record in found:
        for line in matrix.table(matrix.Matrix(record.sabotages)):
            terminalreporter.write_line(line)
    explored = explorations(folder)
    for exploration_ in explored:
        terminalreporter.write_line(exploration.line(exploration_))
    proven = any(judge(record).verdict is Verdict.PASSED for record in found)
    if not proven and not any(exploration_.holds for exploration_ in explored):
        terminalreporter.write_line("no drill passed: this run proves nothing, and fails")
    if journals(folder):
        terminalreporter.write_line(f"report: {folder / 'index.html'}")


def _tell_of_real(terminalreporter: pytest.TerminalReporter, folder: Path) -> None:
    """A line, and each check that was not judged: none of them passed."""
    for path in journals(folder):
        found = real.load(path)
        terminalreporter.section("real rollback")
        terminalreporter.write_line(real.line(found))
        for name, why in found.left_out.items():
            terminalreporter.write_line(visible(f"not judged: {name}: {why}"))
        terminalreporter.write_line(f"report: {folder / page.PAGE}")


def _found(folder: Path) -> list[Verdict]:
    return [real.judge(real.load(path)).verdict for path in journals(folder)]


def journals(folder: Path) -> list[Path]:
    """The journals of a run, in the order of their names."""
    return sorted(folder.glob("*.jsonl"))


def records(folder: Path) -> list[Record]:
    """The records of a run; a journal that cannot be read is on the page, as such."""
    found = []
    for path in journals(folder):
        try:
            found.append(load(path))
        except (OSError, ValueError):
            continue
    return found


def explorations(folder: Path) -> list[exploration.Exploration]:
    """The explorations of a run; a journal that cannot be read is on the page, as such."""
    found = []
    for path in journals(folder):
        try:
            if journal.begins_with(path, exploration.EVENT):
                found.append(exploration.load(path))
        except (OSError, ValueError):
            continue
    return found


def _asks_for(config: pytest.Config, room: str) -> bool:
    folder = config.rootpath / room
    given = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    return any(path == folder or folder in path.parents for path in given)


def _new_folder(runs: Path) -> Path:
    name = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    for number in range(100):
        folder = runs / (f"{name}-{number}" if number else name)
        try:
            # It holds what scripts printed and rows as they were: nobody else's to read.
            runs.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return folder
    raise pytest.UsageError(f"{runs}: a hundred runs began in one second; try again")
