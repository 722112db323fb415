"""A5: twelve values, or explicitly missing, measured as they are defined."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import log2

import pytest

from adapters.speech.voice_measures import VoiceMeasures
from bot.contracts.errors import BadInput
from bot.contracts.listening import Dialogue, Source
from config.locales import LANGUAGES, t
from knowledge.retrieval.embedder import make_embedder
from knowledge.risk.constants import COMMITMENT_KINDS, MOODS, OBJECTION_KINDS
from knowledge.risk.features import FEATURES, Family, complete, definition
from knowledge.risk.inputs import TextScores, TimeFacts, UsualVoice, Voice
from knowledge.risk.measure import measure
from knowledge.risk.reading import read_dialogue, scores_of
from knowledge.risk.turns import is_question
from knowledge.risk.voice import usual_voice
from knowledge.signals.detector import Detector
from knowledge.signals.load import load_kinds
from tests.unit.knowledge.risk.talks import CALL, CHAT, MORNING, OURS, THEIRS, UNKNOWN, call, chat


def test_there_are_exactly_twelve_three_of_each_family() -> None:
    """A5: 12 features: voice, structure, text, time."""
    assert len({feature.key for feature in FEATURES}) == 12
    assert [sum(feature.family is family for feature in FEATURES) for family in Family] == [3, 3, 3, 3]
    assert all(feature.title(lang) and feature.unit for feature in FEATURES for lang in LANGUAGES)


def test_the_definitions_are_those_that_models_were_trained_on() -> None:
    """A changed constant, unit or order puts every trained model out of date. If that is meant, change this, too."""
    assert definition() == "31c75917a8980f3d"


def test_every_value_of_a_call_is_as_counted_by_hand() -> None:
    heard = Voice(pitch_hz=220.0, energy_db=-20.0, interruptions_per_10_minutes=3.0)
    usual = UsualVoice(pitch=12 * log2(220.0) - 2.0, pitch_spread=2.0, energy=-28.0, energy_spread=2.0)
    scores = TextScores(
        sentiment={"0": 0.5, "2": 0.0, "5": -0.5, "1": 1.0},
        signals={"price_objection": 0.9, "competitor_mention": 0.7, "buying_signal": 0.2},
    )
    facts = TimeFacts(
        as_of=MORNING + timedelta(days=10),
        two_way_at=MORNING,
        decision_maker_at=MORNING - timedelta(days=4),
        contacts=1,
    )
    values = measure(CALL, heard=heard, usual=usual, scores=scores, facts=facts)
    assert values == pytest.approx(
        {
            "voice_deviation": ((1.0**2 + 4.0**2) / 2) ** 0.5,
            "patience": 2.0,
            "interruptions": 3.0,
            "talk_ratio": 240 / 300,
            "longest_monologue": 3.0,
            "question_rate": 1 / 3,
            "sentiment_slope": -1.0,
            "objection": 0.9,
            "commitment": 0.2,
            "reply_latency": None,
            "days_since_contact": 10.0,
            "decision_maker": (0.5 + 0.25) / 2,
        }
    )


def test_a_chat_has_no_voice_and_written_text_takes_as_long_as_saying_it() -> None:
    values = measure(CHAT, facts=TimeFacts(as_of=MORNING + timedelta(hours=15)))
    missing = {key for key, value in values.items() if value is None}
    voice = {"voice_deviation", "patience", "interruptions"}
    assert missing == voice | {"sentiment_slope", "objection", "commitment", "decision_maker"}
    assert values["reply_latency"] == pytest.approx(4.0)
    assert values["days_since_contact"] == 0.0
    assert values["longest_monologue"] == pytest.approx(9 / 240)
    assert values["talk_ratio"] == pytest.approx(33 / 44)  # characters
    assert values["question_rate"] == pytest.approx(1 / 5)


def test_nothing_known_is_twelve_times_missing_not_zero() -> None:
    """A5: missing is missing, never 0."""
    values = measure(Dialogue("empty", Source.CHAT, ()))
    assert len(values) == 12
    assert set(values.values()) == {None}


def test_an_answer_that_does_not_come_counts_as_latency_while_we_wait() -> None:
    waiting = chat(*((side, "好的", float(hour)) for hour, side in enumerate([OURS, THEIRS] * 5)), (OURS, "在吗", 10.0))
    late = measure(waiting, facts=TimeFacts(as_of=MORNING + timedelta(hours=34)))
    assert late["reply_latency"] == pytest.approx(24.0)
    assert late["days_since_contact"] == pytest.approx(24 / 24, abs=0.05)


def test_who_speaks_is_never_guessed() -> None:
    """A16: unknown speakers: too many of them, and shares aren't measured."""
    unsure = [(UNKNOWN, "我们看一下这个价格", 0, 40), (UNKNOWN, "嗯", 40, 80)]
    some = call(*unsure, (OURS, "好", 80, 90), (THEIRS, "好", 90, 100))
    assert measure(some)["talk_ratio"] is None
    few = call((UNKNOWN, "嗯", 0, 10), (OURS, "好", 10, 40), (THEIRS, "好", 40, 100), (OURS, "行", 100, 110))
    assert measure(few)["talk_ratio"] == pytest.approx(40 / 100)


def test_a_message_hours_later_is_no_longer_the_same_monologue() -> None:
    long = "这台设备的配置我跟您说一下" * 10
    together = chat((OURS, long, 0), (OURS, long, 0.1), (THEIRS, "嗯", 1), (OURS, "好", 2))
    apart = chat((OURS, long, 0), (OURS, long, 0.5), (THEIRS, "嗯", 1), (OURS, "好", 2))
    longest = [measure(one)["longest_monologue"] for one in (together, apart)]
    assert longest == pytest.approx([260 / 240, 130 / 240])


def test_endless_text_is_measured_within_the_limits() -> None:
    endless = chat(
        (OURS, "啊" * 400_000, 0), (THEIRS, "?" * 100_000, 1), (OURS, "do you " * 50_000, 2), (THEIRS, "", 3)
    )
    values = measure(endless)
    assert values["longest_monologue"] == 600
    assert complete(values) == values


@pytest.mark.parametrize("recordings", [4, 5])
def test_a_person_has_a_usual_voice_from_five_recordings_on(recordings: int) -> None:
    usual = usual_voice([Voice(pitch_hz=200.0, energy_db=-25.0)] * recordings)
    values = measure(CALL, heard=Voice(pitch_hz=200.0, energy_db=-27.0), usual=usual)
    expected = None if recordings < 5 else pytest.approx((2.0**2 / 2) ** 0.5)
    assert values["voice_deviation"] == expected


def test_what_the_speech_adapter_measures_fits() -> None:
    """Its plain numbers are ours: 4 interruptions in 20 minutes are 2 in ten; unheard ones stay missing."""
    measured = VoiceMeasures(
        seconds=600.0,
        share=0.5,
        turns=20,
        longest_monologue=60.0,
        questions=5,
        pace=220.0,
        answer_pause=0.7,
        pauses=3.0,
        pitch=180.0,
        pitch_spread=2.0,
        level=-22.0,
        level_spread=3.0,
        interruptions=4,
        overlap=3.0,
    )
    assert Voice.of(measured, 1200.0) == Voice(180.0, -22.0, 0.7, 2.0)
    assert Voice.of(replace(measured, interruptions=None, pitch=None), 1200.0) == Voice(None, -22.0, 0.7, None)


def test_pitch_alone_is_enough_for_a_deviation() -> None:
    usual = usual_voice([Voice(pitch_hz=pitch) for pitch in (180.0, 190.0, 200.0, 210.0, 220.0)])
    values = measure(CALL, heard=Voice(pitch_hz=400.0, energy_db=-10.0), usual=usual)
    assert values["voice_deviation"] is not None
    assert values["voice_deviation"] > 5


def test_what_was_found_in_utterances_becomes_scores_and_found_nothing_is_zero() -> None:
    found = [{"price_objection": 0.0, "negative_emotion": 0.0} for _ in CHAT.utterances]
    found[7] = {"price_objection": 0.8, "negative_emotion": 0.0}
    found[9] = {"next_step_agreed": 0.3, "negative_emotion": 0.6}
    found[8] = {"negative_emotion": 0.9}  # ours: not the customer's mood
    values = measure(CHAT, scores=scores_of(CHAT, found))
    assert (values["objection"], values["commitment"]) == (0.8, 0.3)
    # Moods of the five customer messages are 0, 0, 0, 0, -0.6: a straight line falls by 0.48.
    assert values["sentiment_slope"] == pytest.approx(-0.48)
    silent = measure(CHAT, scores=scores_of(CHAT, [{} for _ in CHAT.utterances]))
    assert (silent["objection"], silent["commitment"], silent["sentiment_slope"]) == (0.0, 0.0, 0.0)


def test_the_kinds_that_are_read_exist() -> None:
    """A renamed signal must not silently become a 0."""
    kinds = load_kinds()
    assert {*OBJECTION_KINDS, *COMMITMENT_KINDS, *MOODS} <= {
        key for key, kind in kinds.items() if kind.method == "text"
    }


async def test_the_real_detector_finds_what_an_angry_customer_says() -> None:
    detector = await Detector.make(load_kinds(), make_embedder("use"))
    talk = chat(
        (THEIRS, "样件很好，谢谢", 0),
        (OURS, "报价发您了", 1),
        (THEIRS, "太贵了，同行便宜两成", 2),
        (OURS, "我再申请一下", 3),
        (THEIRS, "我非常失望，你们就是这么对待客户的吗", 4),
    )
    values = measure(talk, scores=await read_dialogue(detector, talk))
    assert values["objection"] is not None
    assert values["objection"] > 0.5
    assert values["sentiment_slope"] is not None
    assert values["sentiment_slope"] < -0.3


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("您主要是跟哪一家比？", True),
        ("方便聊聊吗", True),
        ("预算大概多少", True),
        ("so what would it take to sign", True),
        ("Could you send the contract", True),
        ("我给您讲讲", False),
        ("What a nice plant.", False),
        ("我们没有问题。", False),
    ],
)
def test_questions_are_heard_without_their_mark(text: str, asks: bool) -> None:
    """A7: whether it was a question; speech recognition leaves marks out."""
    assert is_question(text) is asks


@pytest.mark.parametrize(
    ("given", "named"),
    [({"talkratio": 0.5}, "talkratio"), ({"talk_ratio": 1.5}, "talk_ratio"), ({"patience": float("nan")}, "patience")],
)
def test_impossible_values_are_refused_by_name(given: dict[str, float], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        complete(given)


def test_bad_values_are_said_in_english_too() -> None:
    assert t("risk.bad.value", "en", feature="patience", value=-1, low=0, high=600).startswith("patience can't be")
