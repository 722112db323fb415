"""What a sentence asks about customers. Pure."""

from __future__ import annotations

import re
from typing import Literal

Intent = Literal["team", "owners", "owner", "about", "count", "list", ""]

_TEAM = re.compile(
    r"^\s*(请问|看看?|列出|查一?下)?(我们?|咱们?|本)?的?(?P<who>团队|小组|部门|组|下属|组员|手下|同事|队员|成员)(里|中|内)?面?"
    r"的?(成员|人员|销售|同事|人)?(名单)?(都|一共|共)?[有是]?(谁|哪些(人|同事|成员|销售)?|哪几个人?|几个?人|多少(个?人|成员|同事|销售))?"
    r"[呢呀啊\s?？。]*$"
    r"|^\s*(who('s| is| are)|list|show( me)?|how many( people)?( are| work)?)\s+(all )?(in |on )?(my|our) "
    r"(team|reports|colleagues|people)( members)?[\s?.]*$|^\s*(my|our) (team|reports|colleagues)( members)?[\s?.]*$",
    re.IGNORECASE,
)
_OWNERS = re.compile(
    r"谁的?(手上|手里|名下)?有?的?客户(数量?)?(最|比较|更)?[多少]|客户(数量?)?最[多少]的(是谁|人是谁|人|销售|同事)?"
    r"|谁有最[多少]的?客户|(每个?(人|销售|同事)|每位(销售|同事)|各(人|销售|位)|各自|大家)(手上|名下)?(各|都|分别)?有?(多少|几)[个家]?客户"
    r"|按(人|销售|负责人)(来?分|统计|看|分组|汇总)|客户(是怎么|怎么|如何)?分(布|配)(情况)?"
    r"|\bwho has( got)?( the)? (most|fewest|least) (customers|accounts)\b"
    r"|\b(customers|accounts) (per|by) (rep|owner|person|salesperson)\b",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"谁(在)?(负责|跟进?|管|对接|的客户)|负责人|归谁|是谁的|\bwhose\b.*\b(customer|account|client)\b"
    r"|\bwho\b.*\b(owns?|responsible|handles?|looks? after|in charge)\b|\bowner\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"情况|资料|信息|档案|详情|怎么样|介绍|年?采购额?|(什么|哪个|啥)(行业|等级|级别|省|地方|大区)|^\s*(查|搜|找)"
    r"|\b(tell me about|look up|details|profile|find|how (big|much)|(yearly|annual) purchas\w+|purchas\w+ volume|"
    r"(what|which) (industry|level|tier|region|province))\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"多少|几[个家]|数量|总数|\bhow many\b|\bnumber of\b|\bcount\b", re.IGNORECASE)
_LIST = re.compile(
    r"哪些|哪几|有谁|列出|列表|名单|清单|我的客户|\b(list|which|show|my (customers|accounts|clients))\b"
    r"|^\s*(看看?|查一?下)?((我们?|咱们?|团队|公司|部门)的?)?((所有|全部|全体|现有)的?)?客户们?[呢\s?？。!！]*$"
    r"|^\s*(all|the)?( of)?( the| our)? ?(customers|accounts|clients)[\s?.!]*$",
    re.IGNORECASE,
)
_EXPORT = re.compile(
    r"(把|将)?(能不能|能否|可以|可否|能|怎么|如何|帮我)?(一键|批量)?(导出|下载)(来|去)?([成为到]?\s*(excel|xlsx|csv|表格|文件))?"
    r"|\b(can i |how (do|can) i )?(export|download)\b( (to|as|into) (an? )?(excel|csv|file))?",
    re.IGNORECASE,
)
_IT = re.compile(
    r"^\s*(那么?|请问)?\s*(它|他们?家?|她们?|这家(公司|客户|企业)?|这个?(客户|公司)|该(客户|公司)|此客户|刚才?(那|这)家)"
    r"|\b(its?|their|they|them|(this|that) (customer|account|company))\b",
    re.IGNORECASE,
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
    r"名单|清单|给|来|其中|里面?|当中|只看|只要|团队|小组|组里?|行业|大区|地区|区域|当地|本地|[省市区]|级别?|等级|类|有|是|在|"
    r"的|了|呢|吗|吧|呀|啊|都|属于|做|和|及|与|或|按(年?采购额?|金额|规模)(从大到小)?|排(序|列|名|一下)?|年?采购额?|金额|规模|"
    r"\b(how|many|number|count|of|customers?|accounts?|clients?|companies|do|does|i|we|have|has|my|our|the|are|is|there|in|"
    r"from|which|what|who|show|list|me|all|please|and|or|about|a|an|industry|sector|region|province|city|tier|level|class|"
    r"with|now|any|by|based|located|for|them|those|these|among|only|team|yearly|purchases?|amount|sorted|mine|ours|to|"
    r"belong|own|handle|manage|currently|right|can|were|was|be|did|get|got|during)\b",
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
    r"(最近|近来|近况|这段时间)?(怎么|咋)样(了|啊)?|近况(如何)?|年?采购额?|有?多[少大]|(什么|哪个|啥)(行业|等级|级别|省份?|地方|大区)|客户|是|的|呢|吗|呀|啊|请问|"
    r"\b(who|whose|owns?|owner|of|is|are|responsible|for|handles?|looks?|after|in|charge|the|customer|account|details)\b",
    re.IGNORECASE,
)
# What else stands in a question about the customer that was shown last.
_FACTS = re.compile(
    r"的|在|属于|做|有|多少|几|规模|行业|等级|级别|地区|大区|省份?|情况|[吧了]|"
    r"\b(what|which|how|much|big|is|are|do|does|yearly|annual|purchas(es?|ing)|volume|amount|industry|level|tier|region|"
    r"province|in|buy|s|and|about|tell|me)\b",
    re.IGNORECASE,
)


def intent_of(text: str) -> Intent:
    """The question's kind, as far as its words tell."""
    return next((intent for intent, pattern in _PATTERNS if pattern.search(text)), "")


_PATTERNS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("team", _TEAM), ("owners", _OWNERS), ("owner", _OWNER), ("list", _LIST), ("count", _COUNT), ("about", _ABOUT),
)  # fmt: skip


def is_english(text: str) -> bool:
    """Whether a question is in English throughout, so that its answer should be."""
    return bool(re.search(r"[a-z]{2}", text, re.IGNORECASE)) and not re.search(r"[\u3400-\u9fff]", text)


def without_the_asking(text: str, intent: Intent) -> str:
    """A question for the owners of customers, without that question: what is left are conditions."""
    return _OWNERS.sub(" 客户 ", text) if intent == "owners" else text


def read_export(text: str) -> tuple[bool, str]:
    """Whether a file of customers is asked for, and the text without that."""
    asked = bool(_EXPORT.search(text)) and says_customers(text)
    return asked, re.sub("把|将", " ", _EXPORT.sub(" ", text)) if asked else text


def asks_about_it(text: str) -> bool:
    """Whether something that is known of a customer is asked, of the one that was shown last: 它的年采购额是多少."""
    if not _IT.search(text) or intent_of(text) not in {"owner", "about", "count"}:
        return False
    rest = _FACTS.sub(" ", _AROUND_NAME.sub(" ", _BEFORE_NAME.sub("", _OPENING.sub("", _IT.sub(" ", text, count=1)))))
    return not re.sub(r"[\W_]+", "", rest)


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
