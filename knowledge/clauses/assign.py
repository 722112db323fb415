"""Which topic a value belongs to: the nearest word that names one and takes such values."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from knowledge.clauses.cues import Cue, Topic
from knowledge.clauses.value import Kind, Value

# "收到预付款后", "after receipt of the deposit": from when something is counted, not what it is about
_EVENT = re.compile(
    r"(?:收到|自|从|待|在|于)[^,，。;；:\d%]{0,14}?(?:之日起?|以后|之后|后(?!付)|起)"
    r"|(?:验收合格|验收|到货|交货|发货|签约|合同签订|签订|签署|合同生效|生效|下单|提货|到厂|安装|调试|开票|发出)(?:之日起?|以后|之后|后|当天)"
    r"|(?:发货|提货|装运|出厂|交货)前"
    r"|\b(?:after|from|following|upon|before|against|prior to"
    r"|of(?=\s(?:the\s)?(?:receipt|invoice|delivery|shipment|signing|signature|order)))\s(?:[A-Za-z'()\-]{1,24}\s?){0,5}",
    re.I,
)
_BREAK = re.compile(r"[，;；]|,(?!\d{3}(?!\d))|(?<=[^\d]),")
_RATE = re.compile(r"(?:每\D{0,4}|\b(?:per|each|every|one-?off)\s|(?:晚|迟|逾期|延期)(?:交|到|付款|交货)?)$", re.I)
_BEHIND_NAME = re.compile(r"[\s:=是为约到在]{0,4}(?:only|about|is|of|at|approx\.?)?[\s:]{0,2}", re.I)


def owners(
    text: str, values: Sequence[Value], cues: Sequence[Cue], heading: Topic | None
) -> Iterator[tuple[Value, Topic]]:
    """Each value with the topic that claims it, look-alikes included; values that nobody claims are left out."""
    places = _Places(text, cues, heading)
    for value in values:
        if value.kind is Kind.PERIOD and _RATE.search(text[max(0, value.start - 12) : value.start]):
            continue
        topic = places.owner(value)
        if topic is not None:
            yield value, topic


class _Places:
    """The cues of a sentence by how well they name what stands near them."""

    def __init__(self, text: str, cues: Sequence[Cue], heading: Topic | None) -> None:
        self._text = text
        self._heading = heading
        self._breaks = [match.start() for match in _BREAK.finditer(text)]
        events = [match.span() for match in _EVENT.finditer(text)]
        self._masked = [cue for cue in cues if _inside(cue, events)]
        self._strong = [cue for cue in cues if not cue.weak and cue not in self._masked]
        self._weak = [cue for cue in cues if cue.weak and cue not in self._masked]

    def owner(self, value: Value) -> Topic | None:
        if value.kind is Kind.NUMBER:
            return self._named_directly(value)
        return next((topic for topic in self._in_order(value) if value.kind in topic.takes), None)

    def _in_order(self, value: Value) -> Iterator[Topic]:
        part = self._part(value.start)
        if value.kind in {Kind.SHARE, Kind.PERIOD} and self._text[value.end : value.end + 1] == "的":  # 10%的赔偿金
            yield from (cue.topic for cue in self._strong if cue.start == value.end + 1)
        here = [cue for cue in self._strong if self._part(cue.start) == part]
        yield from _around(here, value)
        yield from (cue.topic for cue in reversed(self._strong) if self._part(cue.start) < part)
        if self._heading:
            yield self._heading
        yield from _around([cue for cue in self._weak if self._part(cue.start) == part], value)
        yield from (cue.topic for cue in self._strong if self._part(cue.start) == part + 1)
        yield from _around([cue for cue in self._masked if self._part(cue.start) == part], value)
        yield from (cue.topic for cue in reversed(self._weak) if self._part(cue.start) < part)

    def _named_directly(self, value: Value) -> Topic | None:
        """Bare digits are money right behind a word for price only."""
        before = [cue for cue in self._strong if cue.end <= value.start]
        if not before or value.kind not in before[-1].topic.takes:
            return None
        return before[-1].topic if _BEHIND_NAME.fullmatch(self._text[before[-1].end : value.start]) else None

    def _part(self, place: int) -> int:
        return bisect_right(self._breaks, place)


def _around(cues: Iterable[Cue], value: Value) -> Iterator[Topic]:
    """The cues before the value, the nearest first; then those behind it."""
    listed = list(cues)
    yield from (cue.topic for cue in reversed(listed) if cue.start < value.start)
    yield from (cue.topic for cue in listed if cue.start >= value.start)


def _inside(cue: Cue, spans: list[tuple[int, int]]) -> bool:
    return any(start <= cue.start and cue.end <= end for start, end in spans)
