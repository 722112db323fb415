"""Which days are meant, what they are compared with, and how they are cut. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

from knowledge.metrics.periods import Period, month, quarter, week, year
from knowledge.metrics.plan import Grain, Span
from knowledge.metrics.spans import usual
from knowledge.questions.sentence import Draft, Sentence
from knowledge.questions.spans import BEGINNING

_GRAINS: tuple[Grain, ...] = tuple(one for one in get_args(Grain) if one)
_YES_OR_NO = ("did ", "is ", "are ", "has ", "have ", "was ", "were ")
_KINDS = (
    (("周", "星期", "礼拜", "week"), week),
    (("季", "quarter"), quarter),
    (("月", "month"), month),
    (("年", "year"), year),
)
_UNTIL_NOW = ("至今", "以来", "到现在", "到目前", "到今天", "to date", "so far")
_TOGETHER = ("drop",)  # 一共: two spans are one


def read_span(sentence: Sentence, draft: Draft, today: date) -> bool:
    """The span and what it is compared with. False when several spans fit nothing that can be asked."""
    places = sentence.open("span")
    found = [period for place in places if (period := sentence.tokens[place].of("span")[0].period) is not None]
    said = [sentence.tokens[place].said for place in places]
    _read_cues(sentence, draft)
    unique = list(dict.fromkeys(found))
    if len(unique) > 2:
        return False
    sentence.spent.update(places)
    if len(unique) == 1 and len(places) == 2 and any(one.startswith("前") for one in said):
        draft.span = Span(unique[0].first, unique[0].last, said[0])  # 近7天和前7天
        draft.against = "before"
        sentence.take("compare", "changed", "moved")
        return True
    if len(unique) == 2:
        return _two(sentence, draft, unique, said)
    if unique:
        _one(sentence, draft, unique[0], places[0], said[0], today)
    return True


def _read_cues(sentence: Sentence, draft: Draft) -> None:
    year_ago, before = sentence.take("year_ago"), sentence.take("before")
    changed = sentence.has("changed") and draft.kind == "value" and not _compares_values(sentence)
    asked = sentence.text.startswith(_YES_OR_NO) and sentence.has("improved") and draft.kind == "value"
    changed = changed or asked
    if year_ago:
        draft.against = "year_ago"
    elif before or changed or draft.kind == "why":
        draft.against = "before"


def _two(sentence: Sentence, draft: Draft, found: list[Period], said: list[str]) -> bool:
    earlier, later = sorted(found, key=lambda one: (one.first, one.last))
    if earlier.first == BEGINNING and later.first <= earlier.last:  # 今年截至上个月
        draft.span = Span(later.first, min(earlier.last, later.last), " ".join(said))
        return True
    neighbours = earlier.last + timedelta(days=1) == later.first
    draft.span = Span(later.first, later.last, said[found.index(later)])
    if neighbours and sentence.has(*_TOGETHER) and not sentence.has("compare", "changed"):
        draft.span = Span(earlier.first, later.last, " ".join(said))
        draft.against = ""
        return True
    ago = later.year_ago()
    if neighbours or _precedes(earlier, later):
        draft.against = "before"
    elif earlier.first <= ago.first and ago.last <= earlier.last:
        draft.against = "year_ago"
    else:
        return False
    sentence.take("compare", "changed", "moved")
    return True


def _precedes(earlier: Period, later: Period) -> bool:
    """The same kind of span, one before."""
    return earlier == later.before()


def _one(sentence: Sentence, draft: Draft, period: Period, place: int, said: str, today: date) -> None:
    draft.span = Span(period.first, period.last, said)
    if draft.against == "year_ago" or sentence.has("before"):
        return
    if not (sentence.before(place, "compare", "and") or sentence.behind(place, "compare")):
        return
    if not sentence.has("compare", "changed") or draft.grain:
        return
    this = _running(period, today)
    if this is not None and not _compares_values(sentence):
        draft.span = Span(this.first, this.last)  # 比上个月 isn't what this month is called
        draft.against = "before"


def to_its_end(span: Span, today: date) -> Span:
    """本月该回款: what falls due is asked for the whole month, not until today."""
    if any(one in span.said for one in _UNTIL_NOW):
        return span
    for words, kind in _KINDS:
        running = kind(today)
        if any(one in span.said for one in words) and (span.first, span.last) == (running.first, running.last):
            return Span(span.first, kind(today, -1).first - timedelta(days=1), span.said)
    return span


def _running(period: Period, today: date) -> Period | None:
    """比上个月: what is compared with it is this month."""
    kinds = ((week, week(today)), (month, month(today)), (quarter, quarter(today)), (year, year(today)))
    return next((this for kind, this in kinds if kind(today, 1) == period), None)


def _compares_values(sentence: Sentence) -> bool:
    values = sentence.open("value")
    return len(values) > 1 and sentence.has("compare", "exclude") and len(_dimensions(sentence, values)) == 1


def _dimensions(sentence: Sentence, places: list[int]) -> set[str]:
    return set.intersection(*({one.name for one in sentence.tokens[place].of("value")} for place in places))


def read_grain(sentence: Sentence, draft: Draft, today: date) -> None:
    """按月, 每周, 趋势; and 哪个月."""
    for grain in _GRAINS:
        if sentence.take(f"grain.{grain}"):
            draft.grain = grain
    if sentence.take("which_time"):
        draft.grain = next((grain for grain in _GRAINS if sentence.take(f"unit.{grain}")), draft.grain)
    if sentence.take("trend") and not draft.grain:
        draft.grain = fitting(draft.span)
    if draft.grain and draft.span is None:
        whole = usual(draft.grain, today)
        draft.span = Span(whole.first, whole.last)


def fitting(span: Span | None) -> Grain:
    """A trend's usual cut: of less than a month days, of up to a quarter weeks."""
    days = (span.last - span.first).days + 1 if span else 0
    if days and days <= 31:
        return "day"
    return "week" if days and days < 93 else "month"
