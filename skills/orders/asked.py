"""How people ask where an order stands. Pure."""

from __future__ import annotations

import re

LONGEST = 60  # characters of a text that may be nothing but a number, or a short question after an answer
_SHORT = 30
_THING = r"(订单|采购单|销售单|[A-Za-z]{1,6}[-_]?\d{3,}[\d-]*)"
_ASKED = (
    r"(走到哪|到哪(一?步|儿|里)?了?|进度|进展|什么(状态|阶段|环节)|哪一步|交付情况"
    r"|发货了|发货没|排产了|签收了|没发货|未发货)"
)
PATTERNS = (
    rf"(?i){_THING}.{{0,14}}{_ASKED}",
    r"(?i)(合同|商机|工单|报价单?|线索)\s*[A-Za-z]{0,6}[-_]?\d{3,}[\d-]*.{0,12}(走到哪|到哪(一?步|儿|里)?了?|进度|进展)",
    r"(还有|有)?(哪些|多少|几个).{0,4}订单.{0,6}(没|未|在途|卡)",
    r"(未完成|在途|没发货|未发货|卡住)的?订单",
    r"(?i)\bwhere(’s|'s| is| are) .{0,40}\b(orders?|purchase orders?|[a-z]{1,6}[-_]?\d{3,}[\d-]*)\b",
    r"(?i)\b(status|progress|timeline) of .{0,20}(orders?\b|[a-z]{1,6}[-_]?\d{3,})",
    r"(?i)\b(orders?|[a-z]{1,6}[-_]?\d{4,})\b.{0,12}\b(status|progress|timeline)\b",
    r"(?i)\bwhich orders\b.{0,30}\b(open|late|shipped|delivered|stuck)\b",
    r"(?i)\bhas (order )?[a-z]{1,6}[-_]?\d{3,}.{0,10}\b(shipped|been delivered|arrived)\b",
)


_IT = re.compile(
    r"(?i)^(它|该|这(个|张|单|笔)?|那(个|张|单)?)(订单|合同|单子)?"
    r"|(这|该|那)(个|张)?(订单|合同|单子)|\b(it|this|that) ?(order|contract)?\b"
)
_ABOUT = re.compile(
    r"(?i)走到哪|到哪|发货|签收|排产|完工|到货|开工|下一步|进度|超时|几时|什么时候|谁在|shipped|ship|delivered|next|late|when|where"
)
_DEADLINES = re.compile(r"(?i)时限|\bsla\b|\bdeadlines?\b")


def is_about_the_last(text: str) -> bool:
    """它什么时候发货: about the case that was shown last."""
    return is_short(text) and bool(_IT.search(text.strip()) and _ABOUT.search(text))


def is_only_numbers(text: str) -> bool:
    """Whether nothing else is said: SO00012, 订单 SO00012, SO00012？"""
    return bool(
        re.fullmatch(r"(?i)\s*(订单|合同|采购单|order|contract|po)?[\s:：#]*[A-Z0-9][A-Z0-9_\-/.]*[\s?？。.!！]*", text)
    )


def asks_for_deadlines(text: str) -> bool:
    """SO00012 的时限: of deadlines alone, which another skill tells."""
    return bool(_DEADLINES.search(text))


def is_short(text: str) -> bool:
    """Whether it can be a question that goes on with the last one."""
    return len(text.strip()) <= _SHORT
