"""Markdown to mrkdwn, and cutting it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.common.text import shorten, units
from adapters.slack.mrkdwn import BREAK, plain, to_mrkdwn
from adapters.slack.split import split_mrkdwn


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**粗** *斜* ~~删~~ `码`", "*粗* _斜_ ~删~ `码`"),
        ("说**价格：**高", f"说{BREAK}*价格：*{BREAK}高"),
        ("# 标题 **x**", "*标题 x*"),
        ("- 一\n  - 二\n1. 三\n* 四", "• 一\n    ◦ 二\n1. 三\n• 四"),
        ("> 引 **用**", "> 引 *用*"),
        ("[文档](https://a.cn/x?b=1&c=2)", "<https://a.cn/x?b=1&amp;c=2|文档>"),
        ("**[链](https://a.cn)**", "*<https://a.cn|链>*"),
        ("[x](javascript:alert(1)) ![图](https://a.cn/p.png)", "x <https://a.cn/p.png|图>"),
        ("见 https://a.cn/x_y_z。", "见 <https://a.cn/x_y_z>。"),
        ("a < b & c > d <!channel> <@U1>", "a &lt; b &amp; c &gt; d &lt;!channel&gt; &lt;@U1&gt;"),
        ("```py\n**a** < b\n```", "```\n**a** &lt; b\n```"),
        ("```\nopen", "```\nopen\n```"),
        ("snake_case 3*4*5 \\*lit\\*", "snake_case 3*4*5 *lit*"),
        ("---", "———"),
        ("[a|b](https://a.cn/x|y)", "<https://a.cn/x%7Cy|a¦b>"),
    ],
)
def test_marks(markdown: str, shown: str) -> None:
    assert to_mrkdwn(markdown) == shown


def test_narrow_tables_are_drawn() -> None:
    table = "| 项 | 我们 |\n|---|---|\n| 交期 | **30** 天 |\n\n后"
    assert to_mrkdwn(table) == "```\n项   │ 我们\n交期 │ 30 天\n```\n\n后"


def test_wide_tables_and_tables_with_links_become_lists() -> None:
    long = "很长的一个说明" * 6
    assert to_mrkdwn(f"| 项 | 说明 |\n|---|---|\n| 交期 | {long} |") == f"• *交期*：说明 {long}".replace(
        "*：", f"*{BREAK}："
    )
    assert "<https://a.cn|报告>" in to_mrkdwn("| 项 | 源 |\n|---|---|\n| 交期 | [报告](https://a.cn) |")


def test_a_list_made_of_a_table_speaks_its_language() -> None:
    table = "| Item | Ours |\n|---|---|\n| Delivery | [30 days](https://a.cn) |\n| Price | 12 |"
    assert to_mrkdwn(table) == "• *Delivery*: Ours <https://a.cn|30 days>\n• *Price*: Ours 12"


def test_plain_shows_no_marks() -> None:
    assert plain("# **粗** [文档](https://a.cn) `a<b` & ~~删~~") == "粗 文档 a<b & 删"


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab很*_`~<>&|[]()# -\n1.\\👨‍👩‍👧é\u0301")), st.integers(40, 120))
def test_parts_fit_and_nothing_is_lost(text: str, limit: int) -> None:
    shown = to_mrkdwn(text)
    parts = split_mrkdwn(shown, limit)
    assert all(units(part) <= limit for part in parts)
    kept = "".join("".join(parts).split()).replace("`", "")
    assert kept == "".join(shown.split()).replace("`", "")


def test_entities_links_and_graphemes_stay_whole() -> None:
    text = "&amp;" * 40 + "<https://a.cn/很长的地址|文档>" * 8 + "👨‍👩‍👧‍👦" * 20
    for part in split_mrkdwn(text, 60):
        assert part.count("<") == part.count(">")
        assert not part.startswith(("\u200d", "amp;", ";"))
        assert part.count("&") == part.count("&amp;")


def test_a_cut_fence_is_opened_again() -> None:
    parts = split_mrkdwn("```\n" + "\n".join(f"line {n}" for n in range(30)) + "\n```", 60)
    assert len(parts) > 1
    assert all(part.startswith("```\n") and part.endswith("\n```") for part in parts)


def test_a_link_larger_than_a_message_is_cut_all_the_same() -> None:
    assert all(units(part) <= 50 for part in split_mrkdwn("<" + "x" * 300 + ">", 50))


def test_shorten_counts_units_and_marks_the_cut() -> None:
    assert shorten("👍👍👍", 5) == "👍👍…"
    assert shorten("短", 5) == "短"
