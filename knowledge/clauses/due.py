"""From which day a term is counted, and when it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from knowledge.clauses.clause import Anchors, Field
from knowledge.clauses.periods import later
from knowledge.clauses.value import Kind, Value

_SIGNED = re.compile(r"签订|签署|签约|签字|\bsign(?:ing|ature|ed)\b|\bexecution\b", re.I)
_EFFECTIVE = re.compile(r"生效|\beffective\b|\bcommencement\b|\bdate hereof\b|\bthe date of this agreement\b", re.I)
_OFFER = re.compile(r"报价|价格|价|优惠|即日|本邮件|发出之日|\boffer\b|\bquot|\bprices?\b|\bproposal\b|\btoday\b", re.I)
_CONTRACT = re.compile(
    r"合同|协议|合作|服务期|\bagreement\b|\bcontract\b|\bterm\b|期限|有效|\bin (?:full )?(?:force|effect)\b", re.I
)
_OWN_TERM = {Field.VALIDITY, Field.EXCLUSIVITY}


def counted(field: Field, sentence: str, value: Value, others: Iterable[Value], anchors: Anchors) -> date | None:
    """The last day of `value`: itself if it is a day, else what its period comes to. None if nothing says from when."""
    if value.kind is Kind.DAY:
        return value.day
    if value.period is None:
        return None
    begin = _begin(field, sentence, value, others, anchors)
    return later(begin, value.period) if begin else None


def _begin(field: Field, sentence: str, value: Value, others: Iterable[Value], anchors: Anchors) -> date | None:
    started = [other.day for other in others if other.kind is Kind.START and other.day]
    if started and field in _OWN_TERM:
        return started[-1]
    near = sentence[max(0, value.start - 40) : value.end + 40]
    if _SIGNED.search(near):
        return anchors.signed or anchors.effective
    if _EFFECTIVE.search(near):
        return anchors.contract
    if field not in _OWN_TERM:
        return None
    if _OFFER.search(near):
        return anchors.sent
    return anchors.contract if _CONTRACT.search(sentence) else None


def with_days_of(sentence: str, values: Iterable[Value], anchors: Anchors) -> Anchors:
    """What is known, and what this sentence tells of signing and coming into force; what was told first stays."""
    for value in values:
        if value.kind is not Kind.START or value.day is None:
            continue
        near = sentence[max(0, value.start - 12) : value.end + 12]
        if _SIGNED.search(near):
            anchors = replace(anchors, signed=anchors.signed or value.day)
        elif _EFFECTIVE.search(sentence[max(0, value.start - 20) : value.end + 24]) or "as of" in near.lower():
            anchors = replace(anchors, effective=anchors.effective or value.day)
    return anchors
