"""What a sentence asks about customers. Pure."""

from __future__ import annotations

import re
from typing import Literal

Intent = Literal["owner", "count", "list", ""]

_OWNER = re.compile(
    r"谁(在)?(负责|跟进?|管|对接|的客户)|负责人|归谁|是谁的"
    r"|\bwho(se)?\b.*\b(owns?|responsible|handles?|looks? after|in charge|customer)\b|\bowner\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"多少|几[个家]|数量|总数|\bhow many\b|\bnumber of\b|\bcount\b", re.IGNORECASE)
_LIST = re.compile(r"哪些|哪几|有谁|列出|列表|名单|清单|我的客户|\b(list|which|show|my customers)\b", re.IGNORECASE)
_FOLLOW = re.compile(r"^\s*(那|and\b|what about\b|how about\b)", re.IGNORECASE)
# Words that carry no condition. What is left after these and the known conditions was not understood.
_FILLER = re.compile(
    r"我们|我的|我|你|帮忙?|看一?[下看]?|查一?[下查]?|告诉|请问|请|想知道|知道|现在|目前|一共|总共|共计?|合计|手上|手里|名下|"
    r"负责的?|跟进的?|所有|全部|客户|公司|多少|几[个家]|[个家]|数量|总数|哪些|哪几|有谁|列出来?|列表|名单|清单|给|来|"
    r"行业|大区|地区|区域|[省市区]|级别?|类|有|是|在|的|了|呢|吗|吧|那|呀|啊|都|属于|做|"
    r"\b(how|many|number|count|of|customers?|accounts?|do|does|i|we|have|my|our|the|are|is|there|in|from|which|what|"
    r"show|list|me|all|please|and|about|a|an|industry|region|province|tier|level|with|now|any)\b",
    re.IGNORECASE,
)
_OWNER_WORDS = re.compile(
    r"(现在|目前)?(是|由|归)?谁(在)?(负责|跟进?|管|对接|的客户)?|的?负责人|是|的|呢|吗|呀|啊|请问|这家|这个|客户|"
    r"\b(who|whose|owns?|owner|of|is|are|responsible|for|handles?|looks?|after|in|charge|the|customer|account)\b",
    re.IGNORECASE,
)


def intent_of(text: str, before: str = "") -> Intent:
    """The question's kind; a follow-up ("那华南呢") keeps the kind of the one `before`."""
    for intent, pattern in _PATTERNS:
        if pattern.search(text):
            return intent
    follows = before in {"count", "list"} and _FOLLOW.match(text)
    return ("count" if before == "count" else "list") if follows else ""


_PATTERNS: tuple[tuple[Intent, re.Pattern[str]], ...] = (("owner", _OWNER), ("count", _COUNT), ("list", _LIST))


def without_filler(text: str) -> str:
    """What is left of a text that may still be a condition."""
    rest = _FILLER.sub(" ", text)
    return " ".join(re.sub(r"[\W_]+", " ", rest).split())


def name_asked(text: str) -> str:
    """The customer's name in a question about its owner, as far as it was written."""
    rest = _OWNER_WORDS.sub(" ", text)
    return "".join(re.sub(r"[^\w()（）·&. -]+", " ", rest).strip())
