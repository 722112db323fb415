"""What a sentence asks about the funnel. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.metrics.periods import Period, find_period
from knowledge.playbook.vocabulary import Vocabulary

Intent = Literal["overview", "why", "industry", "rejected", "advice", "connected"]

# The router asks these first, in this order; whatever else is said about channels is attribution's.
PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        "rejected",
        r"(拒绝|无效|打回|退回|被拒|丢弃).{0,10}线索.{0,14}(成交|转化|商机|救|捞|赢|又来)|线索.{0,6}(救援|挽救|捞回)"
        r"|(?i:\b(rejected|invalid|disqualified)\b.{0,20}\bleads?\b.{0,40}\b(convert|won|win|came|become|deal|rescue)"
        r"|\blead rescue\b|\brescue\b.{0,20}\bleads?\b)",
    ),
    (
        "connected",
        r"(还有|还|有)?(哪些|什么|哪几个)(数据|系统|数据源).{0,4}(没有?|未|还没)(接|连|对)|未接入|数据.{0,4}接(全|齐)"
        r"|(?i:\b(data|systems?|sources?)\b.{0,20}\b(not|aren't|isn't|un)[ -]?(yet )?connected)",
    ),
    (
        "advice",
        r"(预算|投放|市场费用|激励|奖金).{0,8}(往哪|怎么|如何|该|应该).{0,4}(调|投|移|分|加|减|挪)|(预算|投放)(调整|再分配)(建议)?"
        r"|(?i:\bwhere should\b.{0,20}\b(budget|spend)|\breallocat\w+|\b(shift|move)\b.{0,12}\bbudget)",
    ),
    (
        "why",
        r"(转化|SQL)率?.{0,6}(为什么|为何|怎么|咋).{0,6}(跌|降|掉|下滑|变差|变低|涨|升|变)"
        r"|(为什么|为何|怎么|咋).{0,14}(线索|MQL).{0,6}(转化|SQL).{0,6}(跌|降|掉|下滑|变差|变低|涨|升)"
        r"|(?i:\bwhy\b.{0,40}\b(lead|mql|funnel)\b.{0,20}\b(conversion|rate)\b.{0,30}"
        r"\b(drop|fall|fell|down|decline|worse|rise|rose|up|change))",
    ),
    (
        "industry",
        r"(行业|(?:新能源|汽车零部件|钣金加工?|农机|家电|电梯|工程机械|轨道交通|快消品?)).{0,6}(线索)?.{0,2}转化.{0,8}(为什么|为何|怎么|低|高|对标|基准)"
        r"|转化.{0,6}(对标|基准)|(?i:\b(conversion|funnel)\b.{0,20}\bbenchmarks?\b"
        r"|\bwhy is\b.{0,30}\bconversion\b.{0,12}\b(low|high))",
    ),
    (
        "overview",
        r"(线索|MQL).{0,4}转化(率|情况|漏斗|怎么样|如何)|(转化|销售|线索)漏斗"
        r"|(?i:\b(lead|mql)s?\b.{0,12}\bconversion( rate)?\b|\b(conversion|sales|lead) funnel\b)",
    ),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence, understood."""

    intent: Intent
    period: Period | None = None
    region: str = ""  # as leads name it
    industry: str = ""  # as leads name it


def understand(text: str, vocabulary: Vocabulary, today: date) -> Question:
    """The first pattern that fits; what fits none, and was routed here by its likeness, asks for the whole."""
    intent = next((name for name, pattern in PATTERNS if re.search(pattern, text)), None)
    period, rest = find_period(text, today)
    regions, rest = vocabulary.take("regions", rest.casefold())
    industries, rest = vocabulary.take("industries", rest)
    industry = vocabulary.label("industries", industries[0], "zh") if industries else ""
    if intent is None:
        intent = "industry" if industry else "overview"
    if intent == "overview" and industry:
        intent = "industry"
    return Question(intent, period, vocabulary.label("regions", regions[0], "zh") if regions else "", industry)
