"""Untrusted text becomes characters that only stand for themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.text import encodable, excerpt, shown


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]8;;https://a.example\x07here", r"\x1b]8;;https://a.example\x07here"),
        ("100\r0", r"100\r0"),
        ("a\tb\nc", r"a\tb\nc"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202egnp.exe\u2069", r"\u202egnp.exe\u2069"),
        ("\ud800", r"\ud800"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("\u2028\u00a0", r"\u2028\xa0"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("x\ufe0f", r"x\ufe0f"),
        ("e\u0301 卷積 naïve ✓", "e\u0301 卷積 naïve ✓"),
        ("[red]markup[/red] :smile:", "[red]markup[/red] :smile:"),
    ],
)
def test_escapes_what_is_not_a_visible_character(text: str, safe: str) -> None:
    assert shown(text) == safe


def test_stacked_marks_are_escaped() -> None:
    assert shown("a" + "\u0300" * 5) == "a\u0300\u0300\u0300" + r"\u0300" * 2


def test_a_long_text_is_cut_in_the_middle() -> None:
    assert shown("a" * 700 + "b" * 700, 20) == "a" * 10 + " … 1,380 characters left out … " + "b" * 10


def test_escapes_count_by_their_length() -> None:
    assert shown("\x00" * 100, 20) == r"\x00\x00 … 96 characters left out … \x00\x00"
    assert shown("\x00" * 10, 20) == r"\x00" * 10


def test_nothing_is_cut_out_that_is_shorter_than_the_word_on_it() -> None:
    assert shown("a" * 45, 20) == "a" * 45


def test_lines_are_kept_on_demand() -> None:
    assert shown("a\r\n\tb\rc\n", lines=True) == "a\n    b\\rc\n"


def test_excerpt_shows_first_and_last_lines() -> None:
    text = "".join(f"{n}\n" for n in range(1234))
    assert excerpt(text, rows=3) == "0\n1\n… 1,231 lines left out …\n1233"


@given(st.text(st.characters(codec=None)), st.integers(0, 60), st.booleans())
def test_nothing_but_printable_characters_and_never_much_longer(text: str, limit: int, lines: bool) -> None:
    result = shown(text, limit, lines=lines)
    assert all(c.isprintable() or (lines and c == "\n") for c in result)
    assert len(result) <= limit + 60


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "gbk", "utf-8"])
def test_every_encoding_can_write_it(encoding: str) -> None:
    text = encodable("卷積 … → × ✓ naïve", encoding)
    assert text.encode(encoding).decode(encoding) == text


def test_look_alikes_before_escapes() -> None:
    assert encodable("1 … 2 → ✓", "ascii") == r"1 ... 2 -> \u2713"
