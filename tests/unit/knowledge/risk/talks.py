"""Conversations for the tests, each written so that its values can be counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.contracts.listening import Dialogue, Side, Source, Utterance

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS, THEIRS, UNKNOWN = Side.OURS, Side.THEIRS, Side.UNKNOWN


def chat(*said: tuple[Side, str, float]) -> Dialogue:
    """Messages as (side, text, hours after nine)."""
    utterances = tuple(
        Utterance(str(place), text, side, at=MORNING + timedelta(hours=hours))
        for place, (side, text, hours) in enumerate(said)
    )
    return Dialogue("chat", Source.CHAT, utterances)


def call(*said: tuple[Side, str, float, float]) -> Dialogue:
    """A recording as (side, text, from second, to second)."""
    utterances = tuple(
        Utterance(str(place), text, side, start=start, end=end) for place, (side, text, start, end) in enumerate(said)
    )
    return Dialogue("call", Source.RECORDING, utterances)


# We speak for 60 + 180 of 300 seconds, 180 on end, and ask in one of two turns; waits 1, 2 and 3 seconds.
CALL = call(
    (THEIRS, "你们报价太高了", 0, 20),
    (OURS, "您主要是跟哪一家比？", 21, 81),
    (THEIRS, "跟恒力达比", 82, 102),
    (OURS, "我给您讲讲我们的激光器", 104, 200),
    (OURS, "还有服务网络", 200, 284),
    (THEIRS, "嗯，再说吧", 285, 305),
    (OURS, "好的", 308, 308),
)

# The customer answers after 1, 1, 1, then 4 and 4 hours: four times as long as usual.
CHAT = chat(
    (OURS, "样件照片发您了", 0),
    (THEIRS, "收到", 1),
    (OURS, "断面看着怎么样？", 2),
    (THEIRS, "不错", 3),
    (OURS, "那我出报价", 4),
    (THEIRS, "好", 5),
    (OURS, "报价发您了", 6),
    (THEIRS, "有点贵", 10),
    (OURS, "我们可以一项一项对", 11),
    (THEIRS, "再看看", 15),
)
