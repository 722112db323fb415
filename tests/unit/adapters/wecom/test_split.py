"""Splitting counts bytes, loses none and breaks no character (PROTOCOLS: what others got wrong)."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.text import clean, columns
from adapters.common.wecom.split import MESSAGE_BYTES, numbered, shorten, shorten_bytes, size, split_text

FAMILY = "👨‍👩‍👧‍👦"
PIECES = ["你", "a", "\n", "\n\n", "。", " ", FAMILY, "🇨🇳", "é", "e\u0301", "👍🏽", "한", "，", "️", "\u200d", "𠮷"]
texts = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=300).map("".join))


def boundaries(text: str) -> set[int]:
    return {match.end() for match in regex.finditer(r"\X", text)} | {0}


@given(texts, st.integers(min_value=30, max_value=200))
def test_parts_join_to_the_text_and_break_between_graphemes(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert "".join(parts) == text
    assert all(part and size(part) <= limit for part in parts)
    ends, position = boundaries(text), 0
    for part in parts[:-1]:
        position += len(part)
        if all(size(grapheme) <= limit for grapheme in regex.findall(r"\X", text)):
            assert position in ends


@given(texts)
def test_messages_fit_and_say_everything(text: str) -> None:
    messages = numbered(text * 20)
    assert all(0 < size(message) <= MESSAGE_BYTES and message.strip() for message in messages)
    if len(messages) > 1:
        assert "".join(message.split("\n", 1)[1] for message in messages) == text * 20
        assert messages[0].startswith(f"(1/{len(messages)})\n")


def test_one_message_has_no_number_and_blank_ones_are_not_sent() -> None:
    assert numbered("好") == ["好"]
    assert numbered(" \n ") == []


def test_breaks_at_lines_then_sentences() -> None:
    lines = "第一行内容在这里\n第二行内容在这里\n第三行"
    assert split_text(lines, 55)[0] == "第一行内容在这里\n第二行内容在这里\n"
    assert split_text("第一句话说完了。第二句话也说完了。第三句话", 60)[0] == "第一句话说完了。第二句话也说完了。"


def test_an_emoji_of_a_family_stays_together() -> None:
    parts = split_text(FAMILY * 9, 60)
    assert parts == [FAMILY * 2] * 4 + [FAMILY]


def test_one_grapheme_larger_than_the_limit_still_loses_nothing() -> None:
    monster = "e" + "\u0301" * 3000
    assert "".join(split_text(monster)) == monster
    assert all(size(part) <= MESSAGE_BYTES for part in split_text(monster))


@given(texts, st.integers(min_value=1, max_value=60))
def test_shortened_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text if len(text) <= limit else short.endswith("…") and text.startswith(short[:-1])


@given(texts, st.integers(min_value=1, max_value=60))
def test_shortened_text_fits_its_columns(text: str, limit: int) -> None:
    assert columns(shorten(text, limit, columns)) <= limit


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Discount pressure at quarter end", 20, "Discount pressure…"),
        ("先认同客户的顾虑，再谈三年总成本和投产时间", 12, "先认同客户的顾虑…"),
        ("三年能耗比对手低18%以上", 10, "三年能耗比对手低…"),
        ('Ask "compared with what?" first', 6, "Ask…"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
    ],
)
def test_shortened_at_the_end_of_a_clause_or_word(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@given(texts, st.integers(min_value=4, max_value=60))
def test_shortened_bytes(text: str, limit: int) -> None:
    short = shorten_bytes(text, limit)
    assert size(short) <= limit
    assert text.startswith(short)


@pytest.mark.parametrize(
    ("dirty", "expected"), [("a\r\nb\rc", "a\nb\nc"), ("a\x00\x07b\tc", "ab\tc"), ("\ud83dx", "x")]
)
def test_clean(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected
