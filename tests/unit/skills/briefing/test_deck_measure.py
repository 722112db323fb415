"""Texts are measured before they are drawn, so that none leaves its box (B14)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.briefing.deck_measure import LEADING, Box, fit, one_line, width, wrapped

ROOM = Box(0, 0, 120, 60)
SIZES = (20, 16, 12)


def test_a_chinese_line_breaks_anywhere_but_before_a_comma() -> None:
    lines = wrapped("上周有十七次报价，超过竞品", 10, 86)
    assert lines == ["上周有十七次报", "价，超过竞品"]


def test_a_bracket_stays_with_what_it_opens() -> None:
    assert wrapped("一二三四五（六）", 10, 64) == ["一二三四五", "（六）"]


def test_words_and_numbers_stay_whole() -> None:
    assert wrapped("at stake 1,234.5 today", 10, 60) == ["at stake ", "1,234.5 ", "today"]


def test_what_is_longer_than_a_line_is_broken() -> None:
    lines = wrapped("x" * 100, 10, 60)
    assert "".join(lines) == "x" * 100
    assert all(width(line, 10) <= 60 for line in lines)


def test_the_first_size_that_leaves_a_text_whole() -> None:
    assert fit("短", ROOM, SIZES).size == 20
    smaller = fit("这句话在最大的字号里放不下", ROOM, SIZES)
    assert (smaller.size, smaller.cut) == (16, False)


def test_else_the_last_one_with_dots() -> None:
    found = fit("很长" * 100, ROOM, SIZES)
    assert found.cut
    assert found.size == 12
    assert found.text.endswith("…")


@pytest.mark.parametrize(("text", "shown"), [("短", "短"), ("两\n行", "两 行"), ("一二三四五六七八", "一二三…")])
def test_one_line_is_cut_at_its_end(text: str, shown: str) -> None:
    assert one_line(text, 10, 45) == shown


@given(st.text(max_size=300), st.floats(30, 400), st.floats(17, 200))
def test_no_text_is_higher_or_wider_than_its_box(text: str, across: float, down: float) -> None:
    found = fit(text, Box(0, 0, across, down), SIZES)
    assert found.height <= max(down, found.size * LEADING)
    assert all(width(line.rstrip(), found.size) <= across for line in wrapped(found.text, found.size, across))
