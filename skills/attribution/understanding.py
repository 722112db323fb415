"""What a sentence asks for: model, conversion, value, channels, and which answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from config.attribution import known
from knowledge.journeys.building import Conversion, Level
from knowledge.journeys.built import Value
from skills.attribution.question import Question

T = TypeVar("T", bound=str)
Asked = Literal["overview", "channel", "disagreement", "without", "changed", "set"]

_ASKED: tuple[tuple[Asked, str], ...] = (
    (
        "set",
        r"(把|将|设|改|调).*置信度.{0,6}\d|置信度.{0,4}(改|设|调)"
        r"|(?i:\bset\b.*\bconfidence\b|\bconfidence of\b.* to \d)",
    ),
    (
        "without",
        r"去掉|砍掉|停掉|关掉|没有了?.{1,12}(会|的话)|不做.{1,12}(会|怎)|(?i:\bwithout\b|\bremov(e|ing)\b|\bdropp?(ed|ing)?\b)",
    ),
    (
        "disagreement",
        r"模型.{0,8}(不一样|不一致|不同|差|分歧)|(不一样|不同).{0,6}模型|(?i:\bmodels?\b.*\b(differ|disagree)|\bdisagree)",
    ),
    ("changed", r"(上次|昨天|上回|最近).{0,4}(以来|之后|到现在)?.{0,6}(变|不同)|变了什么|有什么变化|(?i:\bchanged?\b)"),
)
_MODELS = (
    ("last_non_direct", r"末次非直接|最后非直接|(?i:last[- ]non[- ]direct)"),
    ("first", r"首次|首触|首因|(?i:first[- ]touch)"),
    ("last", r"末次|末触|最后一次触点|(?i:last[- ]touch)"),
    ("linear", r"线性|平均分|(?i:\blinear\b)"),
    ("time_decay", r"时间衰减|衰减|(?i:time[- ]decay)"),
    ("position", r"U\s?型|位置|(?i:\bu[- ]shaped\b|position)"),
    ("w_shaped", r"W\s?型|(?i:\bw[- ]shaped\b)"),
    ("full_path", r"全路径|全链路模型|(?i:full[- ]path)"),
    ("shapley", r"(?i:shapley)|沙普利|夏普利"),
    ("markov", r"(?i:markov)|马尔可?科?夫|移除效应"),
)
_CONVERSIONS: tuple[tuple[Conversion, str], ...] = (
    ("sql", r"(?i:\bSQLs?\b)|销售接受"),
    ("opportunity", r"商机|(?i:\bopportunit(y|ies)\b)"),
    ("contract", r"合同|签约|(?i:\bcontracts?\b)"),
    ("won", r"赢单|成交|成单|订单|(?i:\bwon\b|\bdeals?\b|\bwins?\b)"),
    ("lead", r"线索|(?i:\bleads?\b|\bMQLs?\b)"),
)
_VALUES: tuple[tuple[Value, str], ...] = (
    ("payment", r"回款|到账|收款|(?i:\bpayments?\b|\bcash\b)"),
    ("retention", r"复购|留存|续约|回头|(?i:\bretention\b|\brepeat\b|\brenew)"),
    ("amount", r"金额|多少钱|收入|营收|合同额|投入产出|(?i:\brevenue\b|\bamount\b|\bROAS\b|\bROI\b)"),
)
_LEVELS: tuple[tuple[Level, str], ...] = (
    ("person", r"个人级|按人|访客级|(?i:\bperson level\b|\bby visitor\b)"),
    ("account", r"客户级|按客户|账户级|(?i:\baccount level\b|\bby account\b)"),
)
_HOW = r"怎么(算|来|得)|如何计算|(?i:\bhow\b.*\b(calculat|comput|count|made))"
_PERCENT = re.compile(r"(\d(?:[\d.,]*\d)?)\s*[%％]?\s*[。.!！]?\s*$")  # all its digits: 70.5 isn't 5
SHORTEST = 2  # characters of a channel's name that stand for all of it: 展会 for 展会扫码


@dataclass(frozen=True, slots=True)
class Wanted:
    """`channels`: those that the sentence names. `percent`: of a confidence that is to be set."""

    asked: Asked
    question: Question
    channels: tuple[str, ...] = ()
    percent: str = ""
    how: bool = False  # how a number was made


def understand(text: str, usual: Question, channels: Iterable[str]) -> Wanted:
    """From the usual question, changed by what the sentence says."""
    named = channels_in(text, channels)
    asked = next((kind for kind, pattern in _ASKED if re.search(pattern, text)), "channel" if named else "overview")
    question = replace(
        usual,
        model=_first(text, _MODELS, usual.model),
        conversion=_first(text, _CONVERSIONS, usual.conversion),
        value=_first(text, _VALUES, usual.value),
        level=_first(text, _LEVELS, usual.level),
        removed=named if asked == "without" else (),
    )
    percent = _PERCENT.search(text)
    return Wanted(asked, question, named, percent[1] if percent and asked == "set" else "", bool(re.search(_HOW, text)))


def channels_in(text: str, channels: Iterable[str]) -> tuple[str, ...]:
    """Channels that a sentence names, whole or by their beginning; in the order of the sentence.

    Of those that begin alike, the one of which most is said, or all of it: 线上会议 doesn't name 线上广告.
    """
    folded = text.casefold()
    found = {channel: place for channel in channels if (place := _named(channel, folded))}
    said = {channel: (size, size >= len(channel)) for channel, (_, size) in found.items()}
    most: dict[int, tuple[int, bool]] = {}
    for channel, (at, _) in found.items():
        most[at] = max(said[channel], most.get(at, (0, False)))
    named = [channel for channel, (at, _) in found.items() if said[channel] == most[at]]
    return tuple(sorted(named, key=lambda one: (found[one][0], one)))


def _named(channel: str, text: str) -> tuple[int, int] | None:
    """By whichever of its names most is said."""
    places = (_place(name.casefold(), text) for name in known().names(channel))
    return max((place for place in places if place), key=lambda place: place[1], default=None)


def _place(name: str, text: str) -> tuple[int, int] | None:
    """Where it begins, and how much of it stands there. Latin names are words: SEM isn't in "system"."""
    if name.isascii():
        word = re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) if name else None
        return (word.start(), len(name)) if word else None
    sizes = (size for size in range(len(name), SHORTEST - 1, -1) if name[:size] in text)
    size = next(sizes, 0)
    return (text.find(name[:size]), size) if size else None


def _first(text: str, known: Sequence[tuple[T, str]], otherwise: T) -> T:
    return next((name for name, pattern in known if re.search(pattern, text)), otherwise)
