"""WeCom's subset: tables become lists, links are http(s) only, marks that it doesn't know go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.wecom.markdown import has_formatting, is_web, one_line, plain, to_wecom

TABLE = """对比如下

| 项目 | 我们 | 竞品 |
|---|:-:|--:|
| 价格 | 12 万 | 10 万 |
| 质保 | 5 年 | |

以上"""


def test_table_becomes_a_list() -> None:
    assert to_wecom(TABLE) == "对比如下\n\n- **价格**：我们 12 万；竞品 10 万\n- **质保**：我们 5 年\n\n以上"


def test_ragged_and_escaped_tables() -> None:
    assert to_wecom("a | b\n--|--\nx \\| y | 1 | 2\n| 3") == "- **x | y**: b 1; 2\n- **3**"
    assert to_wecom("| a | b |\n|---|---|") == "- a; b"
    assert to_wecom("a | b\nc | d") == "a | b\nc | d"


@pytest.mark.parametrize(
    ("common", "wecom"),
    [
        ("* 项目\n+ 又一项", "- 项目\n- 又一项"),
        ("*斜体* 与 **粗体** 与 __粗体__", "斜体 与 **粗体** 与 **粗体**"),
        ("~~旧价~~", "旧价"),
        ("![图](https://a.example/1.png)", "[图](https://a.example/1.png)"),
        ("[坏](javascript:alert(1))", "坏"),
        ('[a](https://a.example/x_(y) "题")', "[a](https://a.example/x_(y))"),
        ("[坏](file:///etc/passwd)", "坏"),
        ("[](https://a.example)", "[https://a.example](https://a.example)"),
        ("```python\nx = 1\n```", "x = 1"),
        ("上\n---\n下", "上\n下"),
        ("`*a*` 2*3*4", "`*a*` 2*3*4"),
    ],
)
def test_marks(common: str, wecom: str) -> None:
    assert to_wecom(common) == wecom


def test_plain_for_card_fields() -> None:
    assert plain("## 标题\n> **先认同** [报告](https://a.example)\n`x`") == "标题\n先认同 报告\nx"
    assert one_line("一\n  二\t三") == "一 二 三"


def test_formatting_decides_between_text_and_markdown() -> None:
    assert not has_formatting("好的，已记下。\n- 第一\n- 第二 3 > 2")
    for text in ("**粗**", "# 标题", "> 引用", "[a](https://a.example)", "`x`"):
        assert has_formatting(text)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a", "https://", "https://a b", "https://a\n", "http://" + "a" * 2100, ""]
)
def test_only_web_links(url: str) -> None:
    assert not is_web(url)


@given(st.text(alphabet="|-: a*`#>[]()\n1.~_", max_size=120))
def test_any_text_is_translated(text: str) -> None:
    shown = to_wecom(text)
    assert "|---|" not in shown
    assert len(plain(text)) <= len(text) * 4 + 16
