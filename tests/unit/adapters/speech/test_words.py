"""From what Whisper says to what is kept: made-up text goes, sentences are told apart, characters are simplified."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.speech import guards
from adapters.speech.questions import is_question
from adapters.speech.scoring import distance, score
from adapters.speech.utterances import divide, utterances
from bot.contracts.listening import Utterance, Word


def words(text: str, start: float = 0.0, each: float = 0.3) -> list[Word]:
    return [Word(part, start + n * each, start + (n + 1) * each) for n, part in enumerate(text)]


@pytest.mark.parametrize(
    "text",
    ["谢谢大家" * 12, "字幕由志愿者提供 " * 8, "thank you. " * 20, "呃呃呃呃呃呃呃呃呃呃呃呃呃呃呃呃呃呃"],
    ids=["thanks", "subtitles", "english", "hum"],
)
def test_text_that_repeats_itself_is_made_up(text: str) -> None:
    assert guards.made_up(text)


@pytest.mark.parametrize(
    "text",
    [
        "对对对对，这个价格我们再商量一下",
        "我们的设备比恒力达贵百分之十五，但是保修三年，停机损失算下来更省",
        "no no no no, I think we should look at the numbers again before Friday",
        "",
    ],
    ids=["yes yes", "plain", "no no", "nothing"],
)
def test_people_may_repeat_themselves(text: str) -> None:
    assert not guards.made_up(text)


def test_unlikely_text_is_heard_again() -> None:
    assert guards.suspicious("明天下午三点见", -1.2)
    assert not guards.suspicious("明天下午三点见", -0.4)
    assert guards.nothing_said(-1.2, 0.7)
    assert not guards.nothing_said(-0.4, 0.7)


def test_the_same_text_in_several_windows_is_an_echo() -> None:
    assert guards.echoes(["请订阅我的频道", "你好", "请订阅我的频道 ", "你好"]) == {"请订阅我的频道"}


def test_words_over_silence_go() -> None:
    probabilities = np.array([0.0] * 60 + [0.9] * 30 + [0.0] * 60, np.float32)
    assert guards.heard(Word("好", 2.0, 2.3), probabilities)
    assert not guards.heard(Word("好", 0.2, 0.5), probabilities)
    assert not guards.heard(Word("好", 90.0, 90.3), probabilities)


def test_cuts_at_sentences_and_pauses() -> None:
    said = [*words("太贵了。"), *words("再便宜点", 1.2), *words("行吗", 4.0)]
    found = utterances(said, "3", "zh")
    assert [(one.id, one.text) for one in found] == [("3-0", "太贵了。"), ("3-1", "再便宜点"), ("3-2", "行吗")]
    assert (found[1].start, found[1].end) == (pytest.approx(1.2), pytest.approx(2.4))


def test_somebody_who_never_pauses_is_cut_at_a_comma() -> None:
    found = utterances(words("我们讲" * 30 + "，" + "再讲讲" * 5), "0", "zh")
    assert len(found) == 2
    assert found[0].text.endswith("，")


def test_output_is_in_simplified_characters_with_all_words() -> None:
    """MODELS: Whisper often writes traditional characters."""
    found = utterances(words("這個價錢太貴，乾脆面談"), "0", "zh")[0]
    assert found.text == "这个价钱太贵，干脆面谈"
    assert "".join(word.text for word in found.words) == found.text


def test_an_utterance_is_divided_where_the_speaker_changes() -> None:
    whole = Utterance("2-1", "太贵了不贵", start=0.0, end=1.5, words=tuple(words("太贵了不贵")))
    found = divide(whole, ["1", "1", "1", "2", "2"])
    assert [(one.id, one.speaker, one.text) for one in found] == [("2-1-0", "1", "太贵了"), ("2-1-1", "2", "不贵")]
    assert found[1].start == pytest.approx(0.9)
    assert [one.id for one in divide(whole, ["1"] * 5)] == ["2-1"]


@pytest.mark.parametrize(
    "text",
    [
        "你们最晚什么时候能交货",
        "这个能不能再便宜点",
        "您看行吗",
        "预算大概多少",
        "谁来签字",
        "Can you send the quote",
        "so what about delivery",
        "价格？",
    ],
)
def test_questions_without_a_question_mark(text: str) -> None:
    """A17: questions."""
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "我明天把报价发给您",
        "没什么问题",
        "那么我们下周见",
        "好吧",
        "我看不行不",
        "We can send it on Friday",
        "I do think so",
    ],
)
def test_statements_are_no_questions(text: str) -> None:
    assert not is_question(text)


def test_error_rates() -> None:
    assert distance("kitten", "sitting") == 3
    chinese = score("我们明天，下午三点見。", "我们明天下午3点见", "zh")
    assert (chinese.measure, chinese.errors, chinese.units) == ("CER", 0, 9)
    english = score("One two, don't stop.", "1 2 don't shop now", "en")
    assert (english.measure, english.errors, english.units, english.rate) == ("WER", 2, 4, 0.5)
    assert score("", "made up", "en").rate == 1.0
