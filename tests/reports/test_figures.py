"""Figures and text: as a person reads them, and never kinder than they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import figures, text
from reports.record import Line


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.0 s"),
        (0.0001, "1 ms"),
        (0.04, "40 ms"),
        (0.0996, "0.1 s"),
        (1.24, "1.2 s"),
        (59.96, "1 min"),
        (60, "1 min"),
        (300.2, "5 min 0.2 s"),
        (305, "5 min 5 s"),
        (3599.96, "1 h"),
        (11_520, "3 h 12 min"),
        (187_200, "2 d 4 h"),
        (259_200, "3 d"),
    ],
)
def test_spans(seconds: float, shown: str) -> None:
    assert figures.span(seconds) == shown


@pytest.mark.parametrize(
    ("part", "shown"), [(0, "0.00 %"), (0.000001, "< 0.01 %"), (0.0002, "0.02 %"), (0.01444, "1.44 %"), (1, "100.00 %")]
)
def test_shares(part: float, shown: str) -> None:
    assert figures.share(part) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0.0 s"), (0.0002, "0.0 s"), (1.2, "+1.2 s"), (-4, "−4.0 s")])
def test_offsets(seconds: float, shown: str) -> None:
    assert figures.offset(seconds) == shown


def test_the_rest() -> None:
    assert figures.limit(20) == "20 s"
    assert figures.limit(0.5) == "0.5 s"
    assert figures.share_limit(0.01) == "1 %"
    assert figures.moment(1_772_366_419.5999999) == "12:00:19.600"
    assert figures.date(1_772_366_400) == "2026-03-01 12:00:00 UTC"
    assert [figures.count(n, "drill") for n in (0, 1, 2000)] == ["0 drills", "1 drill", "2,000 drills"]


@given(st.floats(0.0001, 1e9))
def test_a_span_that_is_not_nothing_never_reads_as_nothing(seconds: float) -> None:
    assert any(digit in figures.span(seconds) for digit in "123456789")


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_made_visible_can_be_written_and_acts_on_nothing(raw: str) -> None:
    shown = text.visible(raw)
    shown.encode()
    assert not any(c in shown for c in "\x00\x1b\x7f\r\u2028\u202e\ufeff")
    assert text.visible(shown) == shown


def test_a_colour_code_and_a_text_that_runs_backwards_are_seen() -> None:
    assert text.visible("\x1b[31mred \u202egnp.exe 晨练\n") == "␛[31mred \\u202egnp.exe 晨练\n"


def test_the_first_line_that_says_anything() -> None:
    assert text.first_line("\n  host h: expected 1\nmore") == "host h: expected 1"
    assert text.first_line(" \n") == "(no message)"


def test_what_is_cut_is_said() -> None:
    assert text.shorten("abcdef", 6) == "abcdef"
    assert text.shorten("abcdef", 2) == "ab … [4 characters cut]"


def said(*texts: str) -> list[Line]:
    """Lines of a procedure."""
    return [Line(at=float(number), stream="stdout", text=each) for number, each in enumerate(texts)]


def test_a_short_output_is_whole() -> None:
    lines = said("one", "two", "three")
    shown = text.excerpt(lines)
    assert [*shown.head, *shown.tail] == lines
    assert shown.cut == ""


def test_of_a_long_output_the_head_and_the_tail_are_shown() -> None:
    lines = said(*(f"line {number}" for number in range(1000)))
    shown = text.excerpt(lines, most=20)
    assert [line.text for line in (shown.head[0], shown.head[-1], shown.tail[0], shown.tail[-1])] == [
        "line 0",
        "line 9",
        "line 990",
        "line 999",
    ]
    assert shown.cut == "980 lines of 1,000 not shown here; the journal has them all."


@given(st.lists(st.text(max_size=600), max_size=60), st.integers(2, 40), st.integers(0, 3000))
def test_an_excerpt_counts_what_it_leaves_out(texts: list[str], most: int, characters: int) -> None:
    lines = said(*texts)
    shown = text.excerpt(lines, most, characters)
    kept = [*shown.head, *shown.tail]
    assert [line for line in lines if line in kept] == kept
    assert (
        shown.cut.startswith(figures.count(len(lines) - len(kept), "line")) if len(kept) < len(lines) else not shown.cut
    )
    assert len(kept) <= most
    assert sum(min(len(line.text), text.LONGEST_LINE) for line in kept) <= characters
