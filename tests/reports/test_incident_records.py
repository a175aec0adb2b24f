"""The records: no figure of their own, the same in both languages, whole whatever the journal lacks or says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import figures
from reports.incident import documents, incident_report, rollback_log, write
from reports.journal import Journal
from reports.page import main, render
from reports.record import NEVER_LOST, Record, load
from reports.redaction import Redaction
from reports.verdict import judge
from reports.words import LANGUAGES, Language, words
from tests.reports import incidents, journals
from tests.reports.incidents import NUMBER, changed, record, record_of, whole
from tests.reports.journals import DAMAGED, DETECTED, Change, Event, added, replaced, without

WRITERS = (rollback_log, incident_report)


def texts(found: Record, languages: Iterable[Language] = LANGUAGES) -> list[str]:
    return [writer(found, language) for writer in WRITERS for language in languages]


# Figures


def numbers(text: str) -> set[str]:
    """Every number in a text, without the commas between thousands."""
    unmarked = re.sub(r"\\([^\w\s])", r"\1", text)
    return {number.replace(",", "") for number in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", unmarked)}


def said(value: Any) -> set[str]:
    """The numbers in a value of a journal, as a record writes such a value: a text, a count, a moment."""
    match value:
        case bool() | None:
            return set()
        case str():
            return numbers(value)
        case int():
            return {str(value)}
        case float():
            return numbers(figures.date(value)) if value > 1e9 else set()
        case dict():
            return {number for each in value.items() for part in each for number in said(part)}
    return {number for each in value for number in said(each)}


NOT_SHOWN = ("probes", "writes", "watch", "phase", "facts")  # but for what is reckoned from them


def in_journal(events: list[Event]) -> set[str]:
    return {number for event in without(*NOT_SHOWN)(events) for number in said(event)}


def of(events: list[Event], name: str) -> list[Event]:
    return [event for event in events if event["event"] == name]


def reckoned(events: list[Event], found: Record) -> set[str]:
    """What a record may reckon from a journal: spans between its moments, limits, counts, and the verdict's causes."""
    [run], [loss], [seen] = of(events, "rollback"), of(events, "loss"), of(events, "probes")
    [opened], [incident] = of(events, "recovered"), of(events, "incident")
    [harm], [detected] = of(events, "harm"), of(events, "detected")
    spans = [
        run["ended"] - run["started"],
        max(0, opened["moment"] - run["ended"]),
        incident["at"] - detected["moment"],
    ]
    moments = (detected["moment"], incident["at"], of(events, "contained")[0]["at"], run["ended"], opened["moment"])
    offsets = [figures.offset(at - harm["applied"]) for at in (*moments, harm["applied"])]
    by_name = [probe for probe in seen["probes"] if probe["path"] == "name"]
    rows = loss["rows_before_damage"] + loss["acked_since"]
    counts = [len(by_name), sum(not probe["ok"] for probe in by_name), rows, len(of(events, "leg")), 0, 1]
    outage = found.outage_seconds or 0.0  # reckoned, and tested, elsewhere
    shown = [*map(figures.span, [*spans, outage]), *offsets, figures.share(loss["rows_lost"] / rows)]
    limits = events[0]["objectives"]
    shown += [*map(figures.limit, (limits["rollback"], limits["recovery"], incident["clock"]))]
    shown.append(figures.share_limit(limits["loss"]))
    return {number for text in [*shown, *map(str, counts), *judge(found).causes] for number in numbers(text)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("writer", WRITERS)
def test_every_figure_stands_in_the_journal(writer: Any, language: Language) -> None:
    events = whole()
    found = record_of(events)
    assert numbers(writer(found, language)) <= in_journal(events) | reckoned(events, found)


def other_figures(data: st.DataObject) -> list[Event]:
    """The whole response with figures that no template would think of."""
    number = st.integers(2_000_000, 9_000_000)
    seconds = st.floats(0.001, 4000, allow_nan=False)
    sent = data.draw(st.lists(seconds, min_size=6, max_size=6))
    at = [DAMAGED]
    for each in sent:
        at.append(at[-1] + each)
    detected, opened, kept, contained, started, ended = at[1:]
    before = data.draw(number)
    parts = {name: dict.fromkeys(its, data.draw(number)) for name, its in journals.loss()["parts"].items()}
    legs = [journals.leg("back")] * data.draw(st.integers(60, 99))
    return changed(
        without("leg"),
        added(*legs),
        replaced("probes", probes=journals.probes(data.draw(st.integers(500, 900)))),
        replaced("detected", moment=detected),
        replaced("incident", at=opened, clock=data.draw(seconds), reasons=[f"P0: {data.draw(number)} rows are lost"]),
        replaced("evidence", at=kept, folder=f"/var/lib/evidence/{data.draw(number)}"),
        replaced("contained", at=contained),
        replaced("rollback", started=started, ended=ended, status=data.draw(st.integers(0, 255))),
        replaced("recovered", moment=ended + data.draw(seconds)),
        replaced(
            "loss", rows_before_damage=before, acked_since=data.draw(number), rows_lost=data.draw(number), parts=parts
        ),
        replaced("drill", objectives={"rollback": data.draw(seconds), "recovery": data.draw(seconds), "loss": 0.0625}),
    )


@given(st.data())
def test_every_figure_stands_in_any_journal(data: st.DataObject) -> None:
    events = other_figures(data)
    found = record_of(events)
    allowed = in_journal(events) | reckoned(events, found)
    for text in texts(found, ["en"]):
        assert numbers(text) <= allowed


def test_no_word_is_a_figure() -> None:
    for language in LANGUAGES:
        for name, word in words(language).items():
            assert not re.search(r"\d", word.removesuffix("=1")), name


# What is in them


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next."""
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_rollback_log_has_what_the_sop_asks_for() -> None:
    text = rollback_log(record())
    for line in (
        "# Rollback log: lingzhi-ecosystem, 2026-03-01 12:00:18 UTC",
        "| Time of the decision | 2026-03-01 12:00:17 UTC |",
        "| Reason | data lost or corrupted: 2093 of 4186 rows of checkins are gone |",
        "| Description | A bad migration reached production: restore the database from the last good backup |",
        "| Scope | database; decided: database; database: 2093 rows are lost |",
        "| Severity | urgent (P0) |",
        "| Decided by | the night shift |",
        "| Is data damaged? | yes; 2093 rows are lost |",
        f"| Backup | {incidents.BACKUP}, taken 2026-03-01 12:00:06 UTC; stable: yes, whole: yes |",
        "| Exit status | 0 |",
        "| Last line it printed | done |",
        "| Verdict | **passed** |",
        "| database.rows | does not hold | holds |  |",
        "| service.reboot | not run | holds |  |",
        "| Rollback time: the procedure’s start to its end | 1.2 s | 5 min | yes |",
        "| Rows lost, of all that were there or acknowledged since | 1/4,227, 0.02 % | 1 % | yes |",
        "| Success rate | *not known from one journal; the history of all runs has it* | | |",
        "| P0 incident | oncall (mail) | oncall@lingzhi.example | 2026-03-01 12:00:15 UTC | sent "
        "| 2026-03-01 12:00:16 UTC |",
    ):
        assert f"{line}\n" in text, line
    for title in ("Analysis", "Prevention"):
        assert section(text, title).strip() == "*To be written by a person.*"
    assert "Not in the journal" not in text


def test_the_incident_report_has_the_sops_form() -> None:
    text = incident_report(record())
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    form = ["Basics", "Symptom", "Impact", "Timeline", "Root cause", "Fixes", "Prevention", "Lessons"]
    assert [heading for heading in headings if heading in form] == form
    for line in (
        f"# Incident report: {NUMBER}, lingzhi-ecosystem",
        "| Grade | P0 (urgent) |",
        "| Not measured | whether rows are damaged |",
        "| Reporter | data lost or corrupted |",
        "| Response within | 15 min |",
        "| Response started | 0.3 s: in time |",
        "| To be told | everyone and management, by phone, at once |",
        "| How many users | *To be written by a person.* |",
        "| Occurred | 2026-03-01 12:00:14 UTC | 0.0 s | a migration drops half of the check-ins |",
        "| Alerted | 2026-03-01 12:00:15 UTC | +1.2 s | data lost or corrupted |",
        "| Response started | 2026-03-01 12:00:15 UTC | +1.5 s | the detector |",
        "| Contained | 2026-03-01 12:00:16 UTC | +2.6 s | DISABLE_RISKY_OPS, READONLY_MODE |",
        "| Fixed | 2026-03-01 12:00:19 UTC | +5.2 s | scripts/rollback_database.sh exited with status 0 |",
        "| Service restored | 2026-03-01 12:00:19 UTC | +5.6 s |  |",
        f"| /var/lib/evidence/{NUMBER}/database/lingzhi.db | 40,960 | {'0a1b' * 16} |",
        "- Done to the replica in this drill: drop-checkins: a migration drops half of the check-ins",
    ):
        assert f"{line}\n" in text, line
    assert section(text, "Lessons").strip() == "*To be written by a person.*"
    assert section(text, "Root cause").strip().startswith("*To be written by a person.*")
    assert section(text, "Prevention").strip() == "- [ ] *To be written by a person.*"


def test_what_did_not_hold_is_tried_again_and_prevention_is_begun_by_what_was_seen() -> None:
    red = journals.check("database.rows", "after", False)
    text = incident_report(record(added(red, journals.lint("pkill -f"))))
    said = "host lingzhi: database.rows: expected 4186, got 2093"
    assert f"| database.rows | does not hold | **does not hold** | {said} |\n" in text
    assert f"- [ ] Seen in this drill, to be judged: database.rows: {said}\n" in text
    assert "- [ ] Seen in this drill, to be judged: scripts/rollback_database.sh: pkill -f: stop the unit\n" in text
    assert "| Verdict | **false success**; " in text
    assert "| Fixed | *not in the journal* |  | scripts/rollback_database.sh exited with status 0 |\n" in text


def test_a_response_after_the_clock_is_late_and_a_recovery_that_never_came_missed_its_objective() -> None:
    late = record(replaced("incident", at=DETECTED + 901, clock=900.0))
    assert "| Response started | 15 min 1 s: late |\n" in incident_report(late)
    never = rollback_log(record(without("recovered")))
    assert "| Recovery time: its end until the host serves rightly | *never* | 5 min | no |\n" in never
    assert "> **Not in the journal**: the moment of recovery\n" in never


def test_a_sending_that_failed_is_told_with_what_it_said() -> None:
    failed = {**incidents.TOLD[1], "ok": False, "said": "connection refused"}
    text = rollback_log(record(without("notified", "outbox"), added(failed)))
    assert "| **failed**: connection refused | not looked at |\n" in text


# Languages


def shape(text: str) -> list[tuple[str, int]]:
    """What each line is, and how many cells it has: all that makes a document of it, and none of its words."""
    kinds = [
        (r"\|", "row"),
        (r"#+ ", "heading"),
        (r"- \[x\] ", "ticked"),
        (r"- \[ \] ", "open"),
        (r"- ", "item"),
        (r"> ", "quote"),
    ]
    found = []
    for line in text.split("\n"):
        begins = next((name for pattern, name in kinds if re.match(pattern, line)), "text" if line else "empty")
        level = len(line) - len(line.lstrip("#")) if begins == "heading" else 0
        found.append((begins, len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) if begins == "row" else level))
    return found


def test_both_languages_have_the_same_sections_rows_and_boxes() -> None:
    for found in (record(), record(without("incident", "decision", "rollback")), journals.record()):
        for writer in WRITERS:
            assert shape(writer(found, "en")) == shape(writer(found, "zh"))


def test_every_word_is_there_in_both() -> None:
    english, chinese = words("en"), words("zh")
    assert all(english.values())
    same = {name for name in english if english[name] == chinese[name]}
    assert same == {"risky_off", "read_only"}  # names of switches
    assert all(re.search("[\u4e00-\u9fff]", chinese[name]) for name in chinese.keys() - same)


def test_no_word_of_one_language_is_left_in_the_other() -> None:
    for found in (record(), journals.record(), record(without("rollback", "loss", "probes"))):
        chinese = "".join(writer(found, "zh") for writer in WRITERS)
        for name, word in words("en").items():
            if len(word) > 12 and name not in ("risky_off", "read_only"):
                assert word not in chinese, name


def test_in_chinese() -> None:
    text = incident_report(record(), "zh")
    for line in (
        f"# 事件报告: {NUMBER}, lingzhi-ecosystem",
        "| 事件级别 | P0 (紧急) |",
        "| 应通知 | 全员及管理层，立即电话通知 |",
    ):
        assert f"{line}\n" in text
    assert "*待人工填写。*" in text


# Journals that are cut short


@pytest.mark.parametrize("length", range(1, len(whole()) + 1))
def test_a_journal_cut_at_any_line_has_its_records_which_say_so(length: int) -> None:
    found = record_of(whole()[:length], closed=False)
    for language, says in (("en", "its end: all that came after the last line"), ("zh", "日志的结尾")):
        for writer in WRITERS:
            assert says in writer(found, language)
            assert words(language)["aborted"] in writer(found, language)


def test_a_journal_cut_within_a_line_has_its_records(tmp_path: Path) -> None:
    path = tmp_path / "drill.jsonl"
    journal = Journal(path)
    for event in whole():
        journal.write(event["event"], **{key: value for key, value in event.items() if key != "event"})
    whole_file = path.read_bytes()
    for end in range(len(whole_file.split(b"\n")[0]), len(whole_file), 977):
        path.write_bytes(whole_file[:end])
        assert all(texts(load(path)))


@given(st.sets(st.integers(1, len(whole()) - 1)), st.booleans())
def test_whatever_is_missing_the_records_are_written(left_out: set[int], closed: bool) -> None:
    events = [event for number, event in enumerate(whole()) if number not in left_out]
    found = record_of(events, closed=closed)
    for writer in WRITERS:
        assert shape(writer(found, "en")) == shape(writer(found, "zh"))


def test_of_a_drill_without_a_database_the_loss_is_not_missed() -> None:
    plan = replaced("plan", left_out={"loss": "no database", "notifications": "nobody is told"})
    assert "Not in the journal" not in rollback_log(record(plan, without("loss", "notified", "outbox")))


# What scripts and people said

HOSTILE = (
    "a | b | c",
    "one\ntwo\n\n# three\n- [x] Executed\n| four |",
    "\r\n| --- | --- |\r\n",
    "ends in a backslash \\",
    "\\|",
    "``` `code` ``",
    "**bold** _em_ ~~gone~~ [link](javascript:alert(1)) ![i](x) <script>alert(1)</script> &lt;b&gt;",
    "- [x] done",
    "# heading",
    "x" * 1000,
    "many words " * 100,
    "|" * 1000,
    "\u2028\u202e\x00\x1b[31m",
)
REDACTED = {"title", "evidence", "why", "description", "text", "said", "reasons", "unknown", "what", "message"}
NAMES = {"by", "occasion", "procedure", "folder", "path", "to", "type", "name"}
KEPT = {*NEVER_LOST, "name", "direct"}


def saying(text: str, free: set[str] = REDACTED | NAMES) -> Change:
    """Have all that people, hosts and scripts say be this, wherever a text stands that is no choice of a few."""

    def said_by(key: str, value: Any) -> Any:
        match value:
            case str():
                return text if key in free and value not in KEPT else value
            case dict():
                return {name: said_by(name, each) for name, each in value.items()}
            case list():
                return [said_by(key, each) for each in value]
        return value

    def change(events: list[Event]) -> list[Event]:
        kept = {"plan", "leg", "check", "writes"}  # what names something must name it still
        return [
            {name: each if name == "event" else said_by(name, each) for name, each in event.items()}
            if event["event"] not in kept
            else {**event, **({"message": text} if event.get("message") else {})}
            for event in events
        ]

    return change


RED = added(journals.check("database.rows", "after", False), journals.lint("pkill -f"), journals.reported("users"))


def plainly(found: Record) -> list[list[tuple[str, int]]]:
    """The shapes of the records; a box is a box, ticked or not."""
    return [
        [("box", 0) if kind in ("ticked", "open") else (kind, n) for kind, n in shape(each)] for each in texts(found)
    ]


SAID = plainly(record(RED, saying("a few words")))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_said_breaks_a_table_or_adds_a_line(text: str) -> None:
    found = record(RED, saying(text))
    assert plainly(found) == SAID
    for each in texts(found):
        assert "<script" not in each.replace("\\<script", "")
        assert not set(each) & set("\r\x00\x1b\u2028\u202e")
        assert max(map(len, each.split("\n"))) < 20_000


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_no_text_at_all_breaks_a_table_or_adds_a_line(text: str) -> None:
    assert plainly(record(RED, saying(text))) == SAID


def test_a_long_text_ends_after_a_word_and_says_that_it_is_longer() -> None:
    text = rollback_log(record(saying("many words " * 100)))
    [reason] = re.findall(r"\| Reason \| (.*) \|", text)
    assert re.search(r"(many|words) …$", reason)
    assert len(reason) < 900


def test_no_secret_that_the_journal_knows_of_reaches_a_record(tmp_path: Path) -> None:
    secret = "S3cr3t-of-ops"
    journal = Journal(tmp_path / "a.jsonl", Redaction({"OPS": secret}))
    for event in changed(saying(f"sshpass -p {secret} ssh", REDACTED)):
        journal.write(event["event"], **{key: value for key, value in event.items() if key != "event"})
    journal.close()
    shown = "".join(texts(load(journal.path)))
    assert shown.count("\\[OPS\\]") > 10
    assert [at for at in range(len(secret) - 5) if secret[at : at + 6] in shown] == []


# In a run's folder


def opened(folder: Path, name: str, *changes: Change) -> Path:
    journal = Journal(folder / name)
    for event in changed(*changes):
        journal.write(event["event"], **{key: value for key, value in event.items() if key != "event"})
    journal.close()
    return journal.path


def test_names_are_of_the_time_and_the_number_and_no_two_are_the_same(tmp_path: Path) -> None:
    paths = [opened(tmp_path, "b.jsonl"), opened(tmp_path, "a.jsonl"), journals.write(tmp_path / "c.jsonl")]
    found = documents(load(path) for path in paths)
    names = {path.name: [document.name for document in its] for path, its in found.items()}
    assert names == {
        "a.jsonl": ["ROLLBACK_LOG_20260301_120018.md", f"{NUMBER}.md"],
        "b.jsonl": ["ROLLBACK_LOG_20260301_120018_2.md", f"{NUMBER}_2.md"],
        "c.jsonl": ["ROLLBACK_LOG_20260301_120018_3.md"],
    }
    write(tmp_path, found)
    for its in found.values():
        for document in its:
            assert (tmp_path / document.name).read_text(encoding="utf-8") == document.text


def test_without_a_rollback_the_log_has_the_time_of_the_drill(tmp_path: Path) -> None:
    [[log, report]] = documents([record(without("rollback"))]).values()
    assert log.name == "ROLLBACK_LOG_20260301_120000.md"
    assert "| Exit status | *not in the journal* |" in log.text
    assert report.name == f"{NUMBER}.md"


def test_the_page_shows_them_and_links_to_the_files(tmp_path: Path) -> None:
    opened(tmp_path, "a.jsonl", saying("<script>alert(1)</script>"))
    assert main([str(tmp_path), "--lang", "zh"]) is None
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    for name, title in (("ROLLBACK_LOG_20260301_120018.md", "# 回滚日志"), (f"{NUMBER}.md", f"# 事件报告: {NUMBER}")):
        assert f'<a href="{name}">{name}</a>' in html
        assert title in html
        assert title in (tmp_path / name).read_text(encoding="utf-8")
    assert "<script" not in html
    render(tmp_path)
    assert "# Rollback log" in (tmp_path / "ROLLBACK_LOG_20260301_120018.md").read_text(encoding="utf-8")


def test_a_number_that_is_no_number_names_no_file() -> None:
    for number in ("../INC-20260301-001", "INC-20260301-001\n", "INC-20260301-01", "INC-２０２６０３０１-００１"):
        with pytest.raises(ValueError, match="number"):
            record(replaced("incident", number=number))


def test_an_answer_without_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="found an answer without evidence"):
        record(replaced("decision", damaged={"holds": False, "evidence": []}))
    assert record(replaced("decision", damaged={"holds": None, "evidence": []})).decision is not None
