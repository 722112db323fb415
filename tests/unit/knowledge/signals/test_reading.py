"""Frames, sounds and names of single sentences."""

from __future__ import annotations

import time

import pytest

from knowledge.signals.framing import frames_at, is_question
from knowledge.signals.names import Names
from knowledge.signals.sentences import LONGEST, MOST, sentences_of
from knowledge.signals.sounds import Sound, syllables

NAMES = Names({"恒力达": ("恒力达激光", "Henglida", "HLD"), "百川智造": ("百川",), "科锐特": ()})


def frames_of(text: str, word: str) -> set[str]:
    at = text.index(word)
    frames = frames_at(text, (at, at + len(word)))
    return {name for name in ("denied", "quoted", "supposed", "joking", "over") if getattr(frames, name)}


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("太贵了", "太贵", set()),
        ("我没说太贵", "太贵", {"denied"}),
        ("能不能便宜点", "便宜点", set()),
        ("你上次说太贵了", "太贵", {"quoted"}),
        ("他写的是“太贵了”", "太贵", {"quoted"}),
        ("老板说太贵了", "太贵", set()),
        ("要是太贵我就不来了", "太贵", {"supposed"}),
        ("太贵了，哈哈，逗你的", "太贵", {"joking"}),
        ("以前嫌太贵，现在觉得值", "太贵", {"over"}),
        ("没问题，但是太贵了", "太贵", set()),
        ("we never said it was too expensive", "too expensive", {"denied"}),
        ("you said it was too expensive", "too expensive", {"quoted"}),
    ],
)
def test_frames(text: str, word: str, expected: set[str]) -> None:
    assert frames_of(text, word) == expected


@pytest.mark.parametrize("text", ["多少钱", "可以吗", "Can you deliver in May", "真的？"])
def test_questions(text: str) -> None:
    """A7: transcripts have no question marks."""
    assert is_question(text)
    assert not is_question(f"我知道{text}了，谢谢")


def test_sounds() -> None:
    assert syllables("恒利达") == syllables("衡力达") != syllables("华力达")
    assert Sound(["太贵了"]).find(syllables("这个台贵了吧")) == (2, 5)
    assert Sound(["太贵了"]).find(syllables("太重了")) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("恒力达报了价", "恒力达"),
        ("恒利达报了价", "恒力达"),
        ("横力大来过", "恒力达"),
        ("heng lida sent a quote", "恒力达"),
        ("hanglida is cheaper", "恒力达"),
        ("hld的机器", "恒力达"),
        ("百川也在谈", "百川智造"),
        ("百川路八号", ""),
        ("海纳百川", ""),
        ("持恒力达标", ""),
        ("hldx-200", ""),
        ("英语单词", ""),
    ],
)
def test_names(text: str, shown: str) -> None:
    """As written, by sound, misspelt; not inside other words."""
    assert [mention.shown for mention in NAMES.find(text, syllables(text))] == ([shown] if shown else [])


def test_sentences_stand_word_for_word_in_the_text() -> None:
    text = "太贵了！能便宜吗？ 好的。" + "很长的一句，" * 60 + "Fine. Let us talk."
    pieces = sentences_of(text)
    assert all(piece in text and len(piece) <= LONGEST for piece in pieces)
    assert pieces[:3] == ["太贵了！", "能便宜吗？", "好的。"]
    assert sentences_of("……！！") == []
    assert len(sentences_of("好。" * 100_000)) == MOST


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["不", "贵了", "你说", "a ", "(", "以前"])
def test_hostile_texts_take_no_time(unit: str) -> None:
    """No pattern backtracks without end: 1 MB of a repeated piece is read in bounded time."""
    begun = time.process_time()
    for sentence in sentences_of(unit * (1_000_000 // len(unit)))[:50]:
        frames_at(sentence, (0, 1))
        is_question(sentence)
        NAMES.find(sentence, syllables(sentence))
    assert time.process_time() > begun  # the timeout is what fails
