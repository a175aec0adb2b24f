"""A secret stands nowhere, whole or in pieces; and what is redacted changes no verdict."""

from __future__ import annotations

import base64
import json
import re
import string
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.journal import Journal
from reports.record import fold, load
from reports.redaction import Redaction
from reports.verdict import judge
from tests.reports import journals

SECRET = "S3cr3t/of+ops=&'x'"
FORMS = [
    SECRET,
    f"sshpass -p {SECRET} ssh root@203.0.113.10",
    f"+ sshpass -p '{SECRET.replace(chr(39), chr(39) + chr(92) + chr(39) + chr(39))}' ssh",
    f"https://ops:{quote(SECRET, safe='')}@www.lingzhi.example/",
    "Authorization: Basic " + base64.b64encode(f"ops:{SECRET}".encode()).decode(),
    base64.b64encode(SECRET.encode()).decode(),
    json.dumps({"password": SECRET}),
    SECRET.encode().hex(),
    SECRET[:8] + "****",
    "…" + SECRET[-7:],
    SECRET[:9] + "\n" + SECRET[9:],
    SECRET.upper(),
    SECRET.encode().hex().upper(),
]


@pytest.mark.parametrize("text", FORMS)
def test_a_secret_is_not_to_be_seen_in_any_form(text: str) -> None:
    clean = Redaction({"OPS": SECRET}).text(text)
    assert "[OPS]" in clean
    for at in range(len(SECRET) - 5):
        assert SECRET[at : at + 6].lower() not in clean.lower()
    assert quote(SECRET, safe="")[:6] not in clean


@pytest.mark.parametrize("cut", [1, 3, 7])
def test_colours_within_a_secret_hide_it_from_nobody(cut: int) -> None:
    """What shows a page leaves them out, and the secret would stand there whole."""
    coloured = "".join(f"\x1b[1;31m{SECRET[at : at + cut]}\x1b[0m" for at in range(0, len(SECRET), cut))
    clean = Redaction({"OPS": SECRET}).text(f"\x1b[32mbefore\x1b[0m {coloured} \x1b[32mafter\x1b[0m")
    shown = re.sub(r"\x1b\[[\d;]*m", "", clean)
    assert shown.startswith("before [OPS]")
    assert shown.endswith(" after")
    assert [at for at in range(len(SECRET) - 5) if SECRET[at : at + 6] in shown] == []
    assert clean.startswith("\x1b[32mbefore\x1b[0m ")
    assert clean.endswith("\x1b[32mafter\x1b[0m")


def test_what_is_no_secret_stays() -> None:
    text = "S3 is a store; ops=yes; 'x' and [OPS]"
    assert Redaction({"OPS": SECRET}).text(text) == text
    assert Redaction({}).text(SECRET) == SECRET


@given(st.text(string.printable, min_size=6, max_size=30), st.text(max_size=40), st.text(max_size=40))
def test_the_text_around_a_secret_stays(secret: str, before: str, after: str) -> None:
    clean = Redaction({"NAME": secret}).text(f"{before}\0{secret}\0{after}")
    assert secret not in clean.replace("[NAME]", "")
    if not Redaction({"NAME": secret}).text(before + after).count("[NAME]"):
        assert clean.startswith(before)
        assert clean.endswith(after)


def test_no_journal_holds_a_secret_whole_or_in_pieces(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.jsonl", Redaction({"OPS": SECRET}))
    printed = [*(f"{text}" for text in FORMS), *SECRET.partition("of")]
    for event in journals.passing():
        data = {name: value for name, value in event.items() if name not in ("event", "at")}
        if event["event"] == "rollback":
            data["lines"] = [{"at": data["started"], "stream": "stderr", "text": text} for text in printed]
            data["command"] = f"/root/rollback.sh {SECRET}"
        if event["event"] == "harm":
            data["proof"] = f"row 7 is {SECRET}"
        if event["event"] != "drill" or journal.path.stat().st_size == 0:
            journal.write(event["event"], **data)
    journal.write("wrong_rows", **{k: v for k, v in journals.wrong_rows().items() if k not in ("event", "at")})
    journal.close()
    held = journal.path.read_text(encoding="utf-8")
    for at in range(len(SECRET) - 6):
        assert SECRET[at : at + 7] not in held
    assert load(journal.path).closed


WORDS = ["database.integrity", "lingzhi-ecosystem", "before", "rollback", "expected", "acknowledged", "1.0.0", "passed"]


@given(st.sampled_from(WORDS), st.lists(st.sampled_from(["red", "lost", "status", "harm"]), max_size=3))
def test_redacting_changes_no_verdict(secret: str, changes: list[str]) -> None:
    known = {
        "red": journals.added(journals.check("database.integrity", "after", False)),
        "lost": journals.added(journals.loss(before=(143, 2, 0, 0))),
        "status": journals.replaced("rollback", status=1),
        "harm": journals.replaced("harm", real=False),
    }
    events = journals.passing()
    for name in changes:
        events = known[name](events)
    redaction = Redaction({"OPS": secret.ljust(6, "!")})
    seen = [redaction.event(event) for event in events]
    closed = {"event": "closed"}
    assert judge(fold(Path("x"), [*seen, closed])).verdict is judge(fold(Path("x"), [*events, closed])).verdict
