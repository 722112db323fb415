"""A7: sentences, in both languages, and what the grammar makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from skills.rules.definition import Definition, definition_of
from skills.rules.understanding import Said, is_rule, understand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("客户说两次竞品就提醒我", Said("竞品", times=2, speaker="theirs")),
        (
            "remind me when the customer asks about delivery twice",
            Said("delivery", times=2, speaker="theirs", question="only"),
        ),
        ("客户一周内问三次交期就告诉我", Said("交期", times=3, speaker="theirs", question="only", days=7)),
        ("只要客户嫌贵就通知我", Said("嫌贵", speaker="theirs")),
        ("客户发火的时候提醒我", Said("发火", speaker="theirs")),
        (
            "通话里客户提到“再考虑”就提醒我",
            Said(quoted=("再考虑",), speaker="theirs", sources=("recording",)),
        ),
        ("同一次通话里客户说3次太贵，提醒我", Said("太贵", times=3, speaker="theirs", days=0)),
        ("客户30天内提到付款超过两次就提醒我", Said("付款", times=3, speaker="theirs", days=30)),
        ("我方答应客户一件事就提醒我，放进汇总", Said("答应客户一件事", speaker="ours", when="digest")),
        ("如果有人提到售后，马上通知我一下", Said("售后", speaker="any")),
        ("客户反复问质保就提醒我", Said("质保", times=3, speaker="theirs", question="only")),
        ("客户提到降价两次就提醒我，不算问句", Said("降价", times=2, speaker="theirs", question="never")),
        ("加一条规则：邮件里客户提到违约金就提醒我", Said("违约金", speaker="theirs", sources=("email",))),
        ("每次客户提到交期或者安装都提醒我", Said("交期或者安装", speaker="theirs")),
        ("出现两次备件就提醒我", Said("备件", times=2)),
        ("客戶說兩次競品就提醒我", Said("竞品", times=2, speaker="theirs")),
        (
            "Tell me whenever a customer mentions a competitor",
            Said("competitor", speaker="theirs"),
        ),
        (
            "alert me if the customer complains about quality three times within a week",
            Said("complains about quality", times=3, speaker="theirs", days=7),
        ),
        (
            "if the client says “too expensive” more than 2 times in one call, let me know",
            Said(quoted=("too expensive",), times=3, speaker="theirs", days=0),
        ),
        ("客户提前交货就提醒我", Said("提前交货", speaker="theirs")),
        ("客户说明书问题就提醒我", Said("说明书问题", speaker="theirs")),
        ("老客户说了3次'再看看'就提醒我", Said(quoted=("再看看",), times=3, speaker="theirs")),
        ("ping me when we promise something", Said("promise something", speaker="ours")),
        ("客户通知停产就提醒我", Said("通知停产", speaker="theirs")),
    ],
)
def test_parts_of_a_sentence(text: str, expected: Said) -> None:
    assert is_rule(text)
    assert understand(text) == expected


def test_a_customer_by_name_is_the_other_side() -> None:
    """A7: filters by who spoke; the name itself is no part of the subject."""
    said = understand("恒锐问两次交期就提醒我", ("苏州恒锐精密机械有限公司", "恒锐"))
    assert said == Said("交期", times=2, speaker="theirs", question="only")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("客户说两次竞品就提醒主管", "only_you"),
        ("when the customer asks about delivery, tell my manager", "only_you"),
        ("客户说一百次竞品就提醒我", ""),
        ("客户说99次竞品就提醒我", "times"),
        ("客户一年说0次竞品就提醒我", "times"),
        ("客户九个月内提到竞品就提醒我", "span"),
    ],
)
def test_what_a_rule_cannot_do_is_said(text: str, fault: str) -> None:
    if fault:
        assert understand(text).fault == fault
    else:  # 百 is no number that rules know: it stays in the subject, which the card shows
        assert "百" in understand(text).subject


@pytest.mark.parametrize(
    "text",
    [
        "客户说太贵了怎么回",
        "提醒我明天给客户打电话",
        "老板告诉我客户要降价",
        "告诉我客户有哪些",
        "我的规则",
        "tell me when the customer was created",
        "how do I answer a customer who says it is too expensive",
        "客户告诉我他很忙",
        "别提醒我",
    ],
)
def test_other_sentences_make_no_rule(text: str) -> None:
    assert not is_rule(text)


def test_hostile_sentences_take_no_time() -> None:
    """Sentences are bounded, and no pattern runs away."""
    for text in ("客户说" * 5000, "一" * 20_000 + "次就提醒我", "“" * 10_000 + "就提醒我", "remind me when " * 2000):
        understand(text)
        is_rule(text)


@pytest.mark.parametrize(
    "definition",
    [
        Definition("竞品", kind="competitor_mention", times=2, speaker="theirs"),
        Definition("交期", words=("交期", "交货"), question="only", days=0, sources=("chat",), when="digest"),
    ],
    ids=["kind", "words"],
)
def test_a_definition_survives_storage(definition: Definition) -> None:
    assert definition_of(definition.to_json()) == definition


def test_a_definition_of_another_version_is_read() -> None:
    stored: dict[str, Any] = {"label": "竞品", "kind": "competitor_mention", "times": 2, "later": True}
    assert definition_of(stored) == Definition("竞品", kind="competitor_mention", times=2)
