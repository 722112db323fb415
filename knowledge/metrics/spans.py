"""Which days a plan means when it names none, and which ones its figures are compared with. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from knowledge.metrics.periods import Period
from knowledge.metrics.plan import Against, Grain, Span

USUAL_DAYS = 30
_TREND = {"month": 6, "quarter": 4, "year": 3}  # how many of them, the running one included


def usual(grain: Grain, today: date) -> Span:
    """Without words about time: the last 30 days; of trends 6 months, 8 weeks, 4 quarters, 3 years."""
    if grain == "week":
        return Span(today - timedelta(days=today.weekday() + 7 * 7), today)
    if grain in _TREND:
        months = {"month": 1, "quarter": 3, "year": 12}[grain]
        first = today.replace(month=(today.month - 1) // months * months + 1, day=1)
        return Span(_months(first, -months * (_TREND[grain] - 1)), today)
    return Span(today - timedelta(days=USUAL_DAYS - 1), today)


def compared(span: Span, against: Against) -> Span | None:
    """The days compared with. Of a week, month, quarter or year that runs, as far of the one before as it has come."""
    if not against:
        return None
    if against == "year_ago":
        return Span(_months(span.first, -12), _months(span.last, -12))
    before = Period(span.first, span.last).before()
    if _whole_months(span):
        return Span(before.first, before.last)
    if span.first.weekday() == 0 and (span.last - span.first).days < 7:
        return Span(span.first - timedelta(days=7), span.last - timedelta(days=7))
    for months in (1, 3, 12):
        if span.first == _begins(span.first, months) == _begins(span.last, months):
            return Span(_months(span.first, -months), _months(span.last, -months))
    return Span(before.first, before.last)


def _begins(day: date, months: int) -> date:
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _whole_months(span: Span) -> bool:
    return span.first.day == 1 and (span.last + timedelta(days=1)).day == 1


def _months(day: date, by: int) -> date:
    """So many months on; the last day where that month is shorter."""
    place = max(day.year * 12 + day.month - 1 + by, 12)
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
