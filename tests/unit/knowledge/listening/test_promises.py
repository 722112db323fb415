"""A17: who promised what by when, and who is who."""

from __future__ import annotations

from datetime import date

import pytest

from bot.contracts.listening import Dialogue, Evidence, Side, Signal, Source, Utterance
from knowledge.listening.due import due_in
from knowledge.listening.promises import is_promise, promises_of
from knowledge.listening.sides import Known, given, is_internal, sides_of, with_sides
from knowledge.listening.summary import MOST, points_of

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("我周五前把报价发您", "2026-11-27"),
        ("下周三去拜访您", "2026-12-02"),
        ("月底前答复", "2026-11-30"),
        ("三天内回复您", "2026-11-26"),
        ("12月5号寄样品", "2026-12-05"),
        ("3月1日交货", "2027-03-01"),
        ("5号给您", "2026-12-05"),
        ("大后天带样品", "2026-11-26"),
        ("下周给您方案", "2026-12-04"),
        ("周一给您", "2026-11-23"),
        ("by Friday", "2026-11-27"),
        ("next Tuesday", "2026-12-01"),
        ("within 5 days", "2026-11-28"),
        ("the day after tomorrow", "2026-11-25"),
        ("2月30日", ""),
        ("尽快", ""),
        ("3号楼", ""),
    ],
)
def test_days_are_counted_from_the_day_of_the_talk(text: str, due: str) -> None:
    """Weekdays, dates, spans in both languages; no day is made up."""
    found = due_in(text, MONDAY)
    assert (found.isoformat() if found else "") == due


@pytest.mark.parametrize(
    "text",
    [
        "我周五前把报价发您",
        "我们下周三去拜访您",
        "我会尽快落实",
        "我明天给您打电话",
        "I'll send you the quote by Friday.",
        "Let me check with the factory and get back to you tomorrow.",
        "We will ship within 5 days.",
    ],
)
def test_promises_are_found(text: str) -> None:
    assert is_promise(text, MONDAY)


@pytest.mark.parametrize(
    "text",
    [
        "我昨天发您了",
        "您能发我报价吗？",
        "如果价格合适我会给您下单",
        "我没法给您这个价",
        "我们产品很好",
        "Can you send me the quote?",
        "I'll think about it",
        "If you order today, I'll send it tomorrow.",
        "I already sent it.",
    ],
)
def test_what_binds_nobody_is_no_promise(text: str) -> None:
    """Past, questions, conditions, refusals."""
    assert not is_promise(text, MONDAY)


def _said(id_: str, text: str, speaker: str = "", side: Side = Side.UNKNOWN) -> Utterance:
    return Utterance(id_, text, side, speaker)


def test_a_promise_has_its_side_and_a_classifier_may_be_surer_than_the_rules() -> None:
    said = (
        _said("1", "好的。我周五前把报价发您。", side=Side.OURS),
        _said("2", "我们下周一给您答复", side=Side.THEIRS),
        _said("3", "包在我身上", side=Side.OURS),
    )
    found = promises_of(Dialogue("d", Source.RECORDING, said), MONDAY, sure={"3"})
    assert [(one.utterance_id, one.text, one.side) for one in found] == [
        ("1", "我周五前把报价发您。", Side.OURS),
        ("2", "我们下周一给您答复", Side.THEIRS),
        ("3", "包在我身上", Side.OURS),
    ]


KNOWN = Known(ours=["张敏", "李伟", "Xiaoce Metals"], theirs=["恒锐"])


def test_who_introduces_themselves_is_known_and_of_two_the_other_follows() -> None:
    said = [_said("1", "您好，我是张敏", "A"), _said("2", "哦，你好", "B")]
    assert sides_of(said, KNOWN) == {"A": Side.OURS, "B": Side.THEIRS}
    english = [_said("1", "Hello, this is Tom from Xiaoce Metals.", "A"), _said("2", "Hi", "B")]
    assert sides_of(english, KNOWN)["B"] is Side.THEIRS


def test_sides_are_never_guessed() -> None:
    """A name that is only mentioned, three speakers, nobody introduced: unknown."""
    assert set(sides_of([_said("1", "张敏昨天来过", "A"), _said("2", "嗯", "B")], KNOWN).values()) == {Side.UNKNOWN}
    three = [_said("1", "我是张敏", "A"), _said("2", "嗯", "B"), _said("3", "嗯", "C")]
    assert sides_of(three, KNOWN) == {"A": Side.OURS, "B": Side.UNKNOWN, "C": Side.UNKNOWN}


def test_a_talk_among_ourselves_is_internal() -> None:
    said = [_said("1", "我是张敏", "A"), _said("2", "我是李伟", "B")]
    assert is_internal(sides_of(said, KNOWN))
    assert not is_internal(sides_of(said[:1], KNOWN))


def test_a_press_settles_the_sides() -> None:
    said = [_said("1", "嗯", "A"), _said("2", "好", "B"), _said("3", "…")]
    assert [one.side for one in with_sides(said, given(said, "B"))] == [Side.THEIRS, Side.OURS, Side.UNKNOWN]


def test_the_summary_quotes_what_matters_in_the_order_of_the_talk() -> None:
    """No word of it is new; small talk stays out; at most so many lines."""
    texts = ["今天天气不错啊", "价格太贵了", "我周五前把报价发您", "嗯嗯"]
    said = tuple(_said(str(n), text) for n, text in enumerate(texts))
    dialogue = Dialogue("d", Source.RECORDING, said)
    signal = Signal("price_objection", 0.9, (Evidence("d", "1", "价格太贵了"),))
    points = points_of(dialogue, [signal], promises_of(dialogue, MONDAY))
    assert [point.text for point in points] == ["价格太贵了", "我周五前把报价发您"]
    many = Dialogue("d", Source.RECORDING, tuple(_said(str(n), f"数量是 {n} 台") for n in range(20)))
    assert len(points_of(many, [], [])) == MOST
