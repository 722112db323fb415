"""A15: the words that every question shares don't decide which card is found."""

from __future__ import annotations

import pytest

from knowledge.playbook.framing import core


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("客户说太贵了怎么回", "太贵了"),
        ("客户一直嫌交期太长，该怎么应对呢？", "嫌交期太长"),
        ("客户嫌我们贵咋整", "嫌我们贵"),
        ("那要是他还嫌贵呢", "嫌贵"),
        ("那谈判阶段呢", "谈判阶段"),
        ("对方说要再考虑考虑", "要再考虑考虑"),
        ("What should I say when the customer says it is too expensive", "it is too expensive"),
        ("the client says we are unknown, how do I respond?", "we are unknown"),
        ("怎么邀请客户来打样", "怎么邀请客户来打样"),
        ("客户说", "客户说"),
        ("怎么办", "怎么办"),
        ("", ""),
    ],
)
def test_core(question: str, rest: str) -> None:
    assert core(question) == rest
