"""pytest's glue: where a run's reports go, and what is said of them in the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports import page, summary
from reports.record import Record, load
from reports.verdict import Verdict, judge

RUN_FOLDER = pytest.StashKey[Path]()
DRILLS = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the reports."""
    group = parser.getgroup("drills")
    group.addoption("--runs", type=Path, default=None, metavar="DIR", help="where runs are kept (reports/runs)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give a run of drills its folder, and pytest-html and JUnit their files in it."""
    worker = getattr(config, "workerinput", None)
    config.stash[DRILLS] = worker is None and _asks_for_drills(config)
    if worker is not None:
        config.stash[RUN_FOLDER] = Path(worker["run_folder"])
    elif config.stash[DRILLS] and not config.option.collectonly:
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
    if not config.stash[DRILLS] or config.option.collectonly:
        return
    folder = config.stash[RUN_FOLDER]
    if journals(folder):
        page.render(folder)
    if exitstatus == pytest.ExitCode.OK and not any(judge(r).verdict is Verdict.PASSED for r in records(folder)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line a drill, and where the page is."""
    if not config.stash[DRILLS] or config.option.collectonly:
        return
    folder = config.stash[RUN_FOLDER]
    terminalreporter.section("drills")
    found = records(folder)
    for record in found:
        terminalreporter.write_line(summary.line(record))
    if not any(judge(record).verdict is Verdict.PASSED for record in found):
        terminalreporter.write_line("no drill passed: this run proves nothing, and fails")
    if journals(folder):
        terminalreporter.write_line(f"report: {folder / 'index.html'}")


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


def _asks_for_drills(config: pytest.Config) -> bool:
    drills = config.rootpath / "drills"
    given = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    return any(path == drills or drills in path.parents for path in given)


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
