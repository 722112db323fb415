"""What a sentence asks about customers. Pure."""

from __future__ import annotations

import re
from typing import Literal

Intent = Literal["owner", "about", "count", "list", ""]

_OWNER = re.compile(
    r"谁(在)?(负责|跟进?|管|对接|的客户)|负责人|归谁|是谁的"
    r"|\bwho(se)?\b.*\b(owns?|responsible|handles?|looks? after|in charge|customer)\b|\bowner\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"情况|资料|信息|档案|详情|怎么样|介绍|年?采购额?|(什么|哪个|啥)(行业|等级|级别|省|地方|大区)|^\s*(查|搜|找)"
    r"|\b(tell me about|look up|details|profile|find|how big)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"多少|几[个家]|数量|总数|\bhow many\b|\bnumber of\b|\bcount\b", re.IGNORECASE)
_LIST = re.compile(
    r"哪些|哪几|有谁|列出|列表|名单|清单|我的客户|\b(list|which|show|my (customers|accounts|clients))\b", re.IGNORECASE
)
_CUSTOMERS = re.compile(r"客户|\b(customers?|accounts?|clients?)\b", re.IGNORECASE)
# "客户是做电梯的" tells something; "客户有哪些" asks.
_STATEMENT = re.compile(r"客户(们|就)?(是|在|做|属于|来自)(?!谁|哪)|\bcustomer is\b", re.IGNORECASE)
_OPENING = re.compile(r"^\s*(那么?|and\b|what about\b|how about\b)[\s,，]*", re.IGNORECASE)
_NARROWING = re.compile(r"其中|里面|当中|只看|只要|再按|\b(of|among) (them|those|these)\b|\bonly\b", re.IGNORECASE)
_NEXT = re.compile(
    r"^\s*(看|翻到?)?(下一?页|后一页|翻页|更多|还有吗|还有呢|继续|next( page)?|(show )?more)[\s。.!！?？]*$",
    re.IGNORECASE,
)
_BACK = re.compile(r"^\s*(看|翻到?)?(上一?页|前一页|previous( page)?|back)[\s。.!！?？]*$", re.IGNORECASE)
# Words that carry no condition. What is left after these and the known conditions was not understood.
_FILLER = re.compile(
    r"我们|我的|我|你|帮忙?|看一?[下看]?|查一?[下查]?|找一?[下找]?|告诉|请问|请|想知道|知道|现在|目前|一共|总共|共计?|合计|"
    r"手上|手里|名下|负责的?|跟进的?|所有|全部|客户|公司|企业|多少|几[个家]|[个家]|数量|总数|哪些|哪几|有谁|是谁|列出来?|列一下|列表|"
    r"名单|清单|给|来|其中|里面|当中|只看|只要|团队|小组|组里?|行业|大区|地区|区域|当地|本地|[省市区]|级别?|等级|类|有|是|在|"
    r"的|了|呢|吗|吧|呀|啊|都|属于|做|和|及|与|或|按(年?采购额?|金额|规模)(从大到小)?|排(序|列|名|一下)?|年?采购额?|金额|规模|"
    r"\b(how|many|number|count|of|customers?|accounts?|clients?|companies|do|does|i|we|have|has|my|our|the|are|is|there|in|"
    r"from|which|what|who|show|list|me|all|please|and|or|about|a|an|industry|sector|region|province|city|tier|level|class|"
    r"with|now|any|by|based|located|for|them|those|these|among|only|team|yearly|purchases?|amount|sorted)\b",
    re.IGNORECASE,
)
# What stands around a name. Verbs only at the beginning: they may be part of a name.
_BEFORE_NAME = re.compile(
    r"^\s*((请|麻烦|帮我?|给我|我想|想|要)*(查询?|看看?|了解|搜索?|找|介绍)(一?[下查看找])?|"
    r"(tell me about|look up|find|show( me)?|who (owns|is responsible for|handles|looks after|is in charge of)|"
    r"what about|how (big )?is)\b)\s*(客户|the customer|customer)?",
    re.IGNORECASE,
)
_AROUND_NAME = re.compile(
    r"(现在|目前)?(是|由|归)?谁(在)?(负责|跟进?|管|对接|的客户)?|的?负责人|这个?客户|这家(公司)?|(客户)?的?(基本)?(情况|资料|信息|档案|详情)|"
    r"(怎么|咋)样|年?采购额?|有?多[少大]|(什么|哪个|啥)(行业|等级|级别|省份?|地方|大区)|客户|是|的|呢|吗|呀|啊|请问|"
    r"\b(who|whose|owns?|owner|of|is|are|responsible|for|handles?|looks?|after|in|charge|the|customer|account|details)\b",
    re.IGNORECASE,
)


def intent_of(text: str) -> Intent:
    """The question's kind, as far as its words tell."""
    return next((intent for intent, pattern in _PATTERNS if pattern.search(text)), "")


_PATTERNS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("owner", _OWNER), ("list", _LIST), ("count", _COUNT), ("about", _ABOUT),
)  # fmt: skip


def is_english(text: str) -> bool:
    """Whether a question is in English throughout, so that its answer should be."""
    return bool(re.search(r"[a-z]{2}", text, re.IGNORECASE)) and not re.search(r"[\u3400-\u9fff]", text)


def page_step(text: str) -> int:
    """1 for the next page, -1 for the one before, 0 when no page is asked for."""
    return 1 if _NEXT.match(text) else -1 if _BACK.match(text) else 0


def opens_like_a_follow_up(text: str) -> bool:
    """那华南呢, and the south?"""
    return bool(_OPENING.match(text))


def narrows(text: str) -> bool:
    """Whether what was asked before goes on holding: 其中A级的."""
    return bool(_NARROWING.search(text))


def says_customers(text: str) -> bool:
    """Whether customers are named as such, and not only as those about whom something is told."""
    return bool(_CUSTOMERS.search(text)) and not _STATEMENT.search(text)


def without_filler(text: str) -> str:
    """What is left of a text that may still be a condition."""
    rest = _FILLER.sub(" ", _OPENING.sub("", text))
    return " ".join(re.sub(r"[\W_]+", " ", rest).split())


def name_asked(text: str) -> str:
    """The customer's name in a question about one customer, as far as it was written."""
    rest = _AROUND_NAME.sub(" ", _BEFORE_NAME.sub("", _OPENING.sub("", text)))
    return "".join(re.sub(r"[^\w()（）·&. -]+", " ", rest).strip())
