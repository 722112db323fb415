"""Figures in one form each, whoever wrote them and in whichever language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.figures import answer_figures, figures, supported
from adapters.llm.numerals import chinese_value, with_digits

SAME = [
    ("1,200元", "1200元", "一千二百元", "壹仟贰佰元", "¥1200", "1.2千元"),
    ("12%", "百分之十二", "12 percent", "twelve percent", "百分之12", "１２％"),
    ("120万元", "1,200,000元", "一百二十万元", "1200000 yuan", "¥120万"),
    ("3天", "三天", "3 days", "three days", "3日"),
    ("3个月", "三个月", "3 months", "three months"),
    ("2026-03-05", "2026年3月5日", "March 5, 2026", "5 March 2026", "二〇二六年三月五日", "2026/3/5"),
    ("3月5日", "三月五号", "March 5", "Mar 5th", "5th of March"),
    ("8折", "八折", "打八折"),
    ("三分之一", "1/3", "3分之1"),
    ("一半", "50%", "half", "五成"),
    ("翻倍", "2倍", "doubled", "two times", "两倍"),
    ("第三季度", "Q3", "三季度", "3季度"),
    ("周三", "星期三", "Wednesday", "礼拜三"),
    ("HN-350", "HN350", "hn 350".replace(" ", "-")),
    ("14:30", "14：30"),
    ("5千瓦", "5kW", "5 kw", "五千瓦"),
    ("250", "two hundred and fifty", "二百五十", "二百五"),
    ("10亿元", "1000000000元", "十亿元", "¥10亿"),
    ("35", "thirty-five", "三十五", "٣٥"),
]
DIFFERENT = [
    ("3天", "3个月"),
    ("3天", "3周"),
    ("12%", "12"),
    ("12%", "12个百分点"),
    ("¥100", "$100"),
    ("3月5日", "5月3日"),
    ("8折", "80%"),
    ("HN-350", "HN-360"),
    ("1.2万", "1.2"),
    ("3万", "3亿"),
    ("周三", "3周"),
    ("第一", "1"),
    ("5kg", "5g"),
    ("2倍", "2"),
    ("14:30", "14:35"),
    ("1/3", "1/4"),
    ("3家", "3天"),
]
NOTHING = [
    "我们一起看看",
    "十分感谢您",
    "千万别着急",
    "统一安排",
    "万一不行",
    "一个办法",
    "进一步说明",
    "唯一",
    "四面八方",
    "一一介绍",
    "no one knows",
    "one of them",
    "this one",
    "a second opinion",
    "第一步，倾听",
    "1. 倾听",
    "1、倾听\n2、说明\n3、约下次",
    "成功、成本、成为",
    "两边",
    "三方面",
    "百般",
]


@pytest.mark.parametrize("group", SAME, ids=lambda group: group[0])
def test_the_same_figure_is_the_same_however_it_is_written(group: tuple[str, ...]) -> None:
    for one in group:
        for other in group:
            unsupported = [f for f in answer_figures(one) if not supported(f, figures(other))]
            assert figures(one), one
            assert unsupported == [], f"{one} isn't {other}"


@pytest.mark.parametrize(("said", "source"), DIFFERENT)
def test_another_figure_is_another(said: str, source: str) -> None:
    assert [f for f in answer_figures(said) if not supported(f, figures(source))], f"{said} passed for {source}"


@pytest.mark.parametrize("text", NOTHING)
def test_words_that_only_look_like_numbers_claim_nothing(text: str) -> None:
    assert answer_figures(text) == frozenset()


@pytest.mark.parametrize(
    ("run", "value"),
    [
        ("一百二十", 120),
        ("一万二", 12000),
        ("二〇二六", 2026),
        ("三点五", Decimal("3.5")),
        ("十五", 15),
        ("两千零三", 2003),
        ("一百零五", 105),
        ("三千五百万", 35_000_000),
        ("一亿二千万", 120_000_000),
        ("百万", 1_000_000),
        ("三四十", None),
    ],
)
def test_chinese_numerals(run: str, value: object) -> None:
    assert chinese_value(run) == value


def test_lists_of_their_own_are_no_claims_but_stray_numbers_are() -> None:
    assert ("", Decimal(7)) in answer_figures("7. 加微信")
    assert ("count", Decimal(7)) in answer_figures("1. 我们有7家客户")


def _chinese(number: int) -> str:
    """Another way to write a number, from the textbook: 12005 is 一万二千零五."""
    digits, powers = "零一二三四五六七八九", ("", "十", "百", "千")
    if number >= 10_000:
        rest = number % 10_000
        joint = "零" if 0 < rest < 1000 else ""
        return _chinese(number // 10_000) + "万" + (joint + _chinese(rest) if rest else "")
    text, gap = "", False
    for place, digit in reversed(list(enumerate(map(int, reversed(str(number)))))):
        if digit:
            text += ("零" if gap else "") + digits[digit] + powers[place]
        gap = digit == 0 and bool(text)
    return text


@given(st.integers(min_value=10, max_value=99_999_999))
def test_any_number_in_words_is_its_digits(number: int) -> None:
    assert chinese_value(_chinese(number)) == number
    assert with_digits(f"共{_chinese(number)}元") == f"共{number}元"


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from(["", "元", "%", "天", "个月", "台", "kg"]))
def test_commas_change_nothing(number: int, unit: str) -> None:
    assert figures(f"共 {number:,}{unit}") == figures(f"共 {number}{unit}")


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["天", "元", "%", "家", "台"]))
def test_a_number_that_the_source_lacks_is_never_supported(said: int, there: int, unit: str) -> None:
    unsupported = [f for f in figures(f"{said}{unit}") if not supported(f, figures(f"{there}{unit}"))]
    assert bool(unsupported) == (said != there)
