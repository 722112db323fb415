"""Customers that were added last month: spans of days in a question. Pure."""

from __future__ import annotations

import re
from datetime import date

from knowledge.metrics.periods import Period, find_period, last_days, names_period

USUAL_DAYS = 30  # "新客户有哪些" without a span

# "新客户" is a condition only where nothing else is asked: whoever reads the question looks at what is left of it.
_ADDED = re.compile(
    r"(新近?(增加?|添|建立?|开发?|录入?|签)|刚(加|建)|创建|建档|录入|加入|入库)(进来)?的?|新(?=客户)"
    r"|\b(newly )?(added|created|acquired|new)\b",
    re.IGNORECASE,
)


def read_period(text: str, today: date, *, going_on: bool = False) -> tuple[Period | None, str]:
    """The days in which the customers asked for were added, and the text without them.

    `going_on`: the question before was about new customers, so that 那上个月呢 is, too.
    """
    if not _ADDED.search(text) and not (going_on and names_period(text)):
        return None, text
    period, rest = find_period(_ADDED.sub(" ", text), today)
    if period:
        return period, rest
    return last_days(USUAL_DAYS, today), re.sub(r"最近|近期|近来|\b(recently|lately)\b", " ", rest)
