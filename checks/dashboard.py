"""The dashboard: a second process that holds the database, and must show what was restored."""

from __future__ import annotations

from checks.registry import check, must
from fixtures.stack import given
from fixtures.target import Target


@check("dashboard.answers", scope="dashboard", when="eventually", needs="dashboard")
def answers(target: Target) -> None:
    """It is up, and its page is Streamlit's."""
    dashboard = given(target.stack.dashboard)
    for path, wanted in (("/_stcore/health", "ok"), ("/", "<title>Streamlit</title>")):
        answer = target.http.get(dashboard.url + path)
        got = f"{answer.status_code} {answer.text[:100]}"
        must(answer.status_code == 200 and wanted in answer.text, target, f"GET {path}", expected=wanted, got=got)


@check("dashboard.shows", scope="dashboard", when="eventually", needs="dashboard")
def shows(target: Target) -> None:
    """What it shows is what the database holds: a process that kept the old file open shows the old rows (H5)."""
    dashboard = given(target.stack.dashboard)
    shown = target.http.get(dashboard.url + dashboard.text).text.splitlines()
    for label, sql in dashboard.shows.items():
        # While writers write, it may be a moment behind or ahead.
        before, after = (f"{label}: {target.database.scalar(sql)}" for _ in range(2))
        line = next((line for line in shown if line.startswith(f"{label}: ")), "no such line")
        fits = line in (before, after) or _number(before) - 50 <= _number(line) <= _number(after)
        must(fits, target, f"the dashboard, {label}", expected=before, got=line)


def _number(line: str) -> float:
    try:
        return float(line.rpartition(": ")[2])
    except ValueError:
        return float("nan")
