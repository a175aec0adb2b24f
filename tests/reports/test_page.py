"""The report page: everything is on it, nothing on it acts, and it is always made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.page import main, render
from reports.record import LEGS
from tests.reports import journals
from tests.reports.journals import (
    Change,
    Event,
    added,
    check,
    execution,
    loss,
    probes,
    replaced,
    sabotage,
    without,
    writes,
)

MAILED = "oncall@lingzhi.example"
VOID = {"meta", "br", "rect", "line", "path", "circle"}
HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>&lt;{{ 7 * 7 }}]]>--></style>"""
LOG = "ROLLBACK_LOG_20260301_120018.md"
FALSE_SUCCESS = (added(check("database.rows", "after", False), journals.wrong_rows(), loss(before=(143, 9, 0, 0))),)


@dataclass
class Parsed(HTMLParser):
    """A page as a browser's parser takes it; every tag must be closed by its own."""

    html: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another tag"
        if tag in {"th", "td", "p", "time", "summary"}:
            self.texts.append(" ")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        """What is read, with single spaces."""
        return " ".join("".join(self.texts).split())


def page(folder: Path, *changes: Change, closed: bool = True) -> Parsed:
    """The page of a run of one drill."""
    journals.write(folder / "drill.jsonl", *changes, closed=closed)
    return Parsed(render(folder).read_text(encoding="utf-8"))


def test_a_passed_drill_answers_first(tmp_path: Path) -> None:
    text = page(tmp_path).text
    assert text.index("Yes: 1 of 1 drill passed") < text.index("Would we get back?") < text.index("All 10 checks hold.")
    for said in (
        "rollback 1.2 s",
        "recovery 0.4 s",
        "0 of 143 writes acknowledged before a backup are lost",
        "1 of 4,227 rows that were there before the damage or acknowledged since are gone.",
        "The objective, under 1 %, is held.",
        "Exit status 0: it says that it worked.",
        "objective: under 5 min, held",
        "no objective",
        "lingzhi_ecosystem.db.backup_20260301_120006, taken 2026-03-01 12:00:06 UTC",
        "12.0 s old when the rollback started",
        "Proof: checkins has 2,093 rows, and had 4,186",
        "bash scripts/rollback_database.sh",
        "+0.9 s done",
        "lingzhi-ecosystem:1.0.0",
    ):
        assert said in text, said


def test_a_false_success_shows_its_proof_before_the_figures(tmp_path: Path) -> None:
    text = page(tmp_path, *FALSE_SUCCESS).text
    assert text.startswith("0 of 1 drill passed: rollback drills")
    order = (
        "No: 0 of 1 drill passed",
        "The procedure said that it worked. It did not.",
        "9 of 143 writes acknowledged before the backup started are lost",
        "1 of 10 checks does not hold.",
        "checkins: 5 missing, 1 altered, 1 left over",
        "5 more wrong rows of this table are not shown.",
        "the procedure's start to its end",
        "Users were told that these were saved",
    )
    places = [text.index(each) for each in order]
    assert places == sorted(places)


def test_the_differing_cells_of_wrong_rows_are_marked(tmp_path: Path) -> None:
    html = page(tmp_path, *FALSE_SUCCESS).html
    assert "<mark>12</mark>" in html
    assert "<mark>0</mark>" in html
    assert "<td>&#34;mei&#34;</td>" in html
    assert "<mark>&#34;晨练&#34;</mark>" in html
    assert "no such row" in html


def test_of_long_values_the_part_that_differs_is_shown(tmp_path: Path) -> None:
    long = {"note": "=" * 5000 + "paid"}, {"note": "=" * 5000 + "open"}
    rows = [{"table": "t", "kind": "altered", "key": "1", "expected": long[0], "found": long[1]}]
    html = page(tmp_path, added({**journals.wrong_rows(), "rows": rows})).html
    assert re.search("<mark>…=+paid&#34;</mark>", html)
    assert re.search("<mark>…=+open&#34;</mark>", html)


def test_a_number_and_its_digits_as_text_differ(tmp_path: Path) -> None:
    rows = [{"table": "t", "kind": "altered", "key": "1", "expected": {"points": 1}, "found": {"points": "1"}}]
    html = page(tmp_path, added({**journals.wrong_rows(), "rows": rows})).html
    assert "<mark>1</mark>" in html
    assert "<mark>&#34;1&#34;</mark>" in html


def test_a_host_that_never_recovered_missed_its_objective(tmp_path: Path) -> None:
    text = page(tmp_path, without("recovered")).text
    assert re.search(r"Recovery time never .{,60}objective: under 5 min, missed", text)


def test_what_was_not_tried_says_why_and_a_rerun_claims_no_more_than_it_shows(tmp_path: Path) -> None:
    none = replaced("plan", not_tried={"back": "the script has no way back"})
    text = page(tmp_path, none, journals.without_leg("back")).text
    assert "Not tried: the script has no way back" in text
    assert "Rolled back once more: the same as the first time." in text
    assert "came back" not in text


@pytest.mark.parametrize(
    ("changes", "closed", "verdict"),
    [
        ((), True, "passed"),
        ((replaced("rollback", status=2),), True, "failed"),
        (FALSE_SUCCESS, True, "false success"),
        ((without("harm"),), True, "inconclusive"),
        ((), False, "aborted"),
    ],
)
def test_each_verdict_is_its_own_word(tmp_path: Path, changes: tuple[Change, ...], closed: bool, verdict: str) -> None:
    parsed = page(tmp_path, *changes, closed=closed)
    assert f'<p class="verdict">{verdict}</p>' in parsed.html
    classes = [each.get("class") for tag, each in parsed.tags if tag == "article"]
    assert classes == [f"card v-{verdict.replace(' ', '-')}"]
    assert f".card.{'v-' + verdict.replace(' ', '-')}" in parsed.html


def test_every_check_is_named_with_its_states_and_messages(tmp_path: Path) -> None:
    parsed = page(tmp_path, *FALSE_SUCCESS)
    headers = re.findall(r'<th scope="row">([\w.]+)', parsed.html)
    assert {name for name, _, _ in journals.CHECKS} <= set(headers)
    assert "after: host lingzhi: database.rows: expected 4186, got 2093" in parsed.text
    assert "while damaged host lingzhi: database.rows: expected 4186, got 2093" in parsed.text


def test_who_was_told_is_said_with_what_arrived_and_what_did_not(tmp_path: Path) -> None:
    events = (
        journals.notified("rollback starts"),
        journals.notified("rollback complete", ok=False, said="Connection refused"),
        journals.notified("P1 incident"),
        journals.outbox(
            ("rollback starts", MAILED, journals.ROLLBACK_STARTED), ("P9 incident", MAILED, journals.ENDED)
        ),
    )
    parsed = page(tmp_path, added(*events))
    assert "1 of 3 notifications arrived. 1 sending failed, which held up nothing." in parsed.text
    assert "failed after 0.3 s: Connection refused" in parsed.text
    assert "arrived after 1.0 s" in parsed.text
    assert '<td class="bad">did not arrive</td>' in parsed.html
    assert "sent by no step of this drill: [lingzhi-ecosystem] P9 incident" in parsed.text
    assert "notifications arrived" not in page(tmp_path / "none").text


def test_the_matrix_says_what_was_caught_and_what_each_check_is_needed_for(tmp_path: Path) -> None:
    rows = [
        sabotage("files.left_over", "files.site", "files.served"),
        sabotage("database.altered_row", "database.rows"),
    ]
    parsed = page(tmp_path, added(*rows, sabotage("files.unseen", looked=("files.site",))))
    assert "2 of 3 sabotages caught; not seen: files.unseen" in parsed.text
    assert "Redundant here: files.served, files.site" in parsed.text
    assert "needed: alone it caught 1 of 1 (database.altered_row)" in parsed.text
    assert "The checks, drilled" not in page(tmp_path / "none").text


def hostile(value: object) -> object:
    """Any value with every text in it made hostile; what the record reads as a choice stays."""
    kept = {
        "before",
        "after",
        "damaged",
        "once",
        "eventually",
        "stdout",
        "stderr",
        "host",
        "operator",
        "name",
        "direct",
    }
    kept |= {
        "acked",
        "refused",
        "unknown",
        "between",
        "rollback",
        "restored",
        "missing",
        "altered",
        "left over",
        "during",
        "A",
        "P0",
        *LEGS,
    }
    match value:
        case str():
            return value if value in kept else value + HOSTILE
        case dict():
            return {
                key: each if key in ("event", "parts", "objectives") else hostile(each) for key, each in value.items()
            }
        case list():
            return [hostile(each) for each in value]
    return value


def test_hostile_text_is_inert_wherever_it_stands(tmp_path: Path) -> None:
    def change(events: list[Event]) -> list[Event]:
        made = [
            hostile(event)
            for event in [
                *events,
                {"event": "problem", "text": "x"},
                journals.lint("x", note="y"),
                sabotage("x", "y"),
                journals.notified("x", ok=False, said="y"),
                journals.outbox(("x", "y", journals.ENDED)),
            ]
        ]
        return [event for event in made if isinstance(event, dict)]

    parsed = page(tmp_path, *FALSE_SUCCESS, change)
    assert parsed.text.count("<script>alert(1)</script>") > 40
    assert not [tag for tag, _ in parsed.tags if tag in {"script", "img"}]
    assert not [name for _, attributes in parsed.tags for name in attributes if name.startswith("on")]
    assert "<script" not in parsed.html
    assert "{{ 7 * 7 }}" in parsed.text


def test_what_a_host_prints_is_seen_and_not_obeyed(tmp_path: Path) -> None:
    rollback = execution(
        "rollback", "r.sh", journals.ROLLBACK_STARTED, journals.ROLLBACK_ENDED, ["\x1b[31m\udcff\u2028\u202eb"]
    )
    parsed = page(tmp_path, added(rollback))
    assert "␛[31m\\udcff\\u2028\\u202eb" in parsed.text
    assert not set(parsed.html) & set("\x1b\u2028\u202e")


def test_a_journal_of_hostile_name_is_inert(tmp_path: Path) -> None:
    journals.write(tmp_path / "a\"><b onclick='x'>%2e#?.jsonl")
    (tmp_path / "\"><i onclick='x'>.jsonl").write_text("?\n")
    parsed = Parsed(render(tmp_path).read_text())
    assert not [name for _, attributes in parsed.tags for name in attributes if name.startswith("on")]
    hrefs = [each["href"] or "" for tag, each in parsed.tags if tag == "a"]
    assert "a%22%3E%3Cb%20onclick%3D%27x%27%3E%252e%23%3F.jsonl" in hrefs


def test_it_asks_for_nothing_and_runs_nothing(tmp_path: Path) -> None:
    parsed = page(tmp_path, *FALSE_SUCCESS)
    assert "default-src 'none'" in parsed.html
    assert not {tag for tag, _ in parsed.tags} & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    links = [each["href"] or "" for tag, each in parsed.tags if tag == "a"]
    assert all(link.startswith("#") or link in ("drill.jsonl", LOG) for link in links)
    assert "url(" not in parsed.html
    assert "@import" not in parsed.html


def test_it_can_be_heard(tmp_path: Path) -> None:
    journals.write(tmp_path / "b.jsonl", *FALSE_SUCCESS)
    parsed = page(tmp_path)
    ids = [each["id"] for _, each in parsed.tags if "id" in each]
    assert len(ids) == len(set(ids))
    named = [each["aria-labelledby"] or "" for _, each in parsed.tags if "aria-labelledby" in each]
    assert {name for names in named for name in names.split()} <= set(ids)
    anchors = [
        (each["href"] or "")[1:] for tag, each in parsed.tags if tag == "a" and (each["href"] or "").startswith("#")
    ]
    assert anchors
    assert set(anchors) <= set(ids)
    assert {"header", "main", "nav", "footer"} <= {tag for tag, _ in parsed.tags}
    assert all("scope" in each for tag, each in parsed.tags if tag == "th")
    assert parsed.html.count("<caption") == parsed.html.count("<table")
    assert [tag for tag, each in parsed.tags if tag == "svg" and each.get("role") == "img"]


def test_two_thousand_probes_and_writes_and_long_lines_stay_small(tmp_path: Path) -> None:
    lines = ["&" * 10_000 for _ in range(500)] + [f"line {number}" for number in range(2000)]
    rollback = execution("rollback", "r.sh", journals.ROLLBACK_STARTED, journals.ROLLBACK_ENDED, lines)
    parsed = page(
        tmp_path,
        replaced("probes", probes=probes(2000)),
        replaced("writes", writes=writes(2000)),
        added(rollback, journals.wrong_rows(), *(check(f"x.{n}", "after", False, "&" * 10_000) for n in range(20))),
    )
    assert len(parsed.html.encode()) < 300_000
    assert "lines of 2,500 not shown here; the journal has them all." in parsed.text
    assert "[9,600 characters cut]" in parsed.text
    assert "line 1999" in parsed.text


def test_a_journal_that_cannot_be_read_is_shown_and_counts(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("{\n")
    (tmp_path / "folder.jsonl").mkdir()
    text = page(tmp_path).text
    assert "Not shown every time: 1 of 3 drills passed" in text
    assert "broken.jsonl: line 1 is no event; journals are never edited, so it was damaged" in text
    assert "folder.jsonl: Is a directory" in text
    assert "unreadable 2" in text


def test_the_worst_comes_first_and_never_is_worse_than_any_figure(tmp_path: Path) -> None:
    journals.write(tmp_path / "a.jsonl")
    journals.write(tmp_path / "b.jsonl", without("recovered"))
    journals.write(tmp_path / "c.jsonl", *FALSE_SUCCESS)
    (tmp_path / "d.jsonl").write_text("")
    html = render(tmp_path).read_text()
    assert re.findall(r'<p class="verdict">(.*?)</p>', html) == ["false success", "failed", "unreadable", "passed"]
    text = Parsed(html).text
    assert "Not every time: 1 of 4 drills passed" in text
    assert "recovery never" in text
    assert "9 of 429 writes acknowledged before a backup are lost" in text
    assert "Not counted in 1 drill." in text


@pytest.mark.sample(5)
@pytest.mark.parametrize("length", range(0, 48, 3))
def test_a_drill_cut_short_at_any_event_has_its_card(tmp_path: Path, length: int) -> None:
    assert "aborted" in page(tmp_path, lambda events: events[: length + 1], closed=False).text


def test_nothing_is_left_where_the_page_could_not_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page(tmp_path)
    before = (tmp_path / "index.html").read_text()

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        render(tmp_path)
    assert (tmp_path / "index.html").read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG, "drill.jsonl", "index.html"]


def test_the_command_makes_it_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    html = page(tmp_path).html
    (tmp_path / "index.html").unlink()
    assert main([str(tmp_path)]) is None
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == html
    assert capsys.readouterr().out == f"{tmp_path / 'index.html'}\n"


def test_the_command_says_what_is_wrong_in_a_sentence(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == f"{tmp_path}: no journal (*.jsonl) in this folder"
    assert not (tmp_path / "index.html").exists()
    assert main([str(tmp_path / "none")]) == f"{tmp_path / 'none'}: No such file or directory"


def test_what_the_script_is_known_for_is_on_the_page_by_line(tmp_path: Path) -> None:
    assert "What the script is known for" not in page(tmp_path / "0").text
    text = page(tmp_path / "1", added(journals.lint("pkill -f", "kill -9"))).text
    assert "Yes: 1 of 1 drill passed" in text
    assert "scripts/rollback_database.sh: 2 known hazards, by line; none counts for the verdict" in text
    assert "1 pkill -f H20 it hits neighbours. Mend: stop the unit 2 kill -9 H20" in text
    assert "scripts/rollback_database.sh: no known hazard." in page(tmp_path / "2", added(journals.lint())).text
    text = page(tmp_path / "3", added(journals.lint(note="shellcheck is not installed here"))).text
    assert "shellcheck is not installed here" in text
    assert "no known hazard" not in text
    text = page(tmp_path / "4", added(journals.lint(*["pkill -f"] * 50))).text
    assert "10 hazards more; the journal has them all." in text
