"""What the shape of a sentence tells, whatever it is about. Pure."""

from __future__ import annotations

import re

_TOLD = re.compile(
    r"^\s*(那|我的?|这个|如果|要是)*(客户|顾客|甲方|对方|他们?|她们?|老板|采购|领导|工厂)[^?？]{0,8}"
    r"(说|嫌|要|想|问|觉得|认为|怕|担心|不|没|拖|压|砍|拿)"
    r"|\b(he|she|they|customers?|clients?|buyers?) (just |still |always )?"
    r"(says?|said|wants?|thinks?|asks?|won't|don't|doesn't)\b",
    re.IGNORECASE,
)


_SHORTEST = 4  # characters or, without Chinese, words: less is a slip or a test


def says_something(text: str) -> bool:
    """Whether somebody may have meant it as a question, as against "asdf", "？？" or "嗯"."""
    chinese = re.findall(r"[\u3400-\u9fff]", text)
    return len(chinese) >= _SHORTEST or len(re.findall(r"[A-Za-z]{2,}", text)) >= _SHORTEST


def tells_of_the_other_side(text: str) -> bool:
    """What a customer says or does, told to get an answer to it."""
    return bool(_TOLD.search(text))
