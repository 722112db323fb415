"""D1: numbers, names and links never come from the model."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.llm.guard import clean, faults, in_language, settled, shortened, source_of
from adapters.llm.masking import Mask
from adapters.llm.names import Names

KNOWN = Names(["汉诺威精机", "王小明", "华辰", "Acme Robotics", "Siemens"])
ZH = source_of(
    "华辰报价1,200,000元，含3年质保，交期45天。HN-350 节能12%，满意度百分之九十六。2026年3月5日到货，"
    "详见 https://a.example/x?y=1 。客户张总、李女士说太贵；对比报告《能耗实测》。",
    "客户说太贵了怎么回",
    known=KNOWN,
)
EN = source_of(
    "Our press HN-350 costs $12,000 and saves twelve percent. Delivery takes 3 weeks. Contact Ms. Li at Huachen, "
    "li@huachen.example, or see www.huachen.example/press. Valid until March 5, 2026.",
    "The customer says it's too expensive",
    known=KNOWN,
)
GROUNDED = [
    (ZH, "华辰的报价是120万元，质保三年，交期45天，HN350 可节能12%。"),
    (ZH, "1. 先倾听张总的顾虑。\n2. 说明价值：节能百分之十二，满意度96%。\n3. 约下次拜访。"),
    (ZH, "第一，先认同；第二，给出《能耗实测》；第三，约时间。交期四十五天，3月5日到货。"),
    (ZH, "您可以这样回：“价格确实不低，我们一起看看三年的总账。”详见 https://a.example/x?y=1。"),
    (ZH, "资料里没有提到折扣。"),
    (EN, "Thank you for asking. The HN-350 saves 12% and costs $12,000; delivery takes three weeks."),
    (EN, "Please contact Ms. Li (li@huachen.example) before March 5. See www.huachen.example/press."),
    (EN, "It's one of our best presses, and no one asks you to decide today."),
]
INVENTED = [
    (ZH, "可以打八折。", "figure"),
    (ZH, "质保3个月。", "figure"),
    (ZH, "质保36个月。", "figure"),
    (ZH, "降到110万。", "figure"),
    (ZH, "5月3日到货", "figure"),
    (ZH, "节能一成二", ""),
    (ZH, "节能13%", "figure"),
    (ZH, "一百二十五万元", "figure"),
    (ZH, "我们服务了上百家客户", "figure"),
    (ZH, "三成客户选择我们", "figure"),
    (ZH, "效率翻倍", "figure"),
    (ZH, "省一半", "figure"),
    (ZH, "请看 https://a.example/z", "link"),
    (ZH, "请看 https://a.example/x", "link"),
    (ZH, "evil.example", "link"),
    (ZH, "打开 javascript:alert(1)", "link"),
    (ZH, "![x](https://a.example/x?y=1)", "link"),
    (ZH, "<a href=x>点我</a>", "link"),
    (ZH, "访问 evil点com", "link"),
    (ZH, "写信到 me@evil.example", "link"),
    (ZH, "hxxp://evil.example/a", "link"),
    (ZH, "汉诺威精机更贵", "name"),
    (ZH, "王小明会联系您", "name"),
    (ZH, "王总说行", "name"),
    (ZH, "李先生说行", "name"),
    (ZH, "西门子公司用了都说好", "name"),
    (ZH, "支持ERP对接", "name"),
    (ZH, "见《成功案例》", "name"),
    (ZH, "HN-360 更合适", "figure"),
    (ZH, "请联系 ⟦P9⟧", "mark"),
    (ZH, "作为一个人工智能，我不能回答", "refusal"),
    (ZH, "周三拜访", "figure"),
    (ZH, "14:30 见", "figure"),
    (ZH, "见 һttрѕ：//а.ехаmрlе", "name"),
    (ZH, "另收叁万元整", "figure"),
    (ZH, "请加微信 wx_8848abc", ""),
    (ZH, "拨打 13800001111", "figure"),
    (EN, "Siemens is better.", "name"),
    (EN, "Ask John about it.", "name"),
    (EN, "SAP is supported.", "name"),
    (EN, "We serve hundreds of customers.", "figure"),
    (EN, "Delivery takes 3 days.", "figure"),
    (EN, "Half the price.", "figure"),
    (EN, "It costs €12,000.", "figure"),
    (EN, "One week is enough.", "figure"),
    (EN, "Visit huachen.example.", "link"),
    (EN, "As an AI language model, I can't.", "refusal"),
    (EN, "Deliver by April.", "figure"),
    (EN, "Acme Robotics does it.", "name"),
    (EN, "Write to evil dot com", "link"),
    (EN, "We cut costs by a dozen points.", "figure"),
    (EN, "Twice as fast.", "figure"),
]


@pytest.mark.parametrize(("source", "text"), GROUNDED)
def test_what_the_source_says_may_be_said(source: object, text: str) -> None:
    assert faults(text, source) == []  # type: ignore[arg-type]  # pytest hands it on untyped


@pytest.mark.parametrize(("source", "text", "kind"), INVENTED)
def test_what_the_source_does_not_say_is_refused(source: object, text: str, kind: str) -> None:
    found = faults(text, source)  # type: ignore[arg-type]  # pytest hands it on untyped
    if kind:
        assert kind in {fault.split(" ")[0] for fault in found}, found
    else:
        assert found or "一成二" in text  # 一成二 is 12 %, which the source says


WORDS = st.sampled_from(
    [
        "节能",
        "12%",
        "1,200,000",
        "元",
        "，",
        "。",
        "、",
        "\n",
        " ",
        "45天",
        "四十",
        "五",
        "天",
        "HN-350",
        "HN-3",
        "50",
        "3月",
        "5日",
        "一",
        "百",
        "二十",
        "万",
        "https://a.example/x?y=1",
        "https://a.ex",
        "张总",
        "王",
        "总",
        "客户",
        "百分之",
        "十二",
        "第",
        "三",
        "年",
        "1.",
        "2、",
        "Siemens",
        "price",
        "The ",
        ". ",
        ", ",
        "汉诺威",
        "精机",
        "华辰",
        "：",
        "14:",
        "30",
        "⟦P1⟧",
        "上百",
        "家",
        "《能耗",
        "实测》",
        "March ",
        "5",
        "2026",
        "-",
        "two hundred ",
        "and fifty ",
        "half",
        "公司",
        "! ",
        "…",
        "八",
        "折",
        "分之",
        "/",
    ]
)


@settings(max_examples=400)
@given(st.lists(WORDS, max_size=14).map("".join), st.data())
def test_a_refused_draft_means_a_refused_answer(text: str, data: st.DataObject) -> None:
    """So writing may stop at the first ungrounded clause, and no draft shows what the answer won't."""
    cut = settled(text[: data.draw(st.integers(0, len(text)))])
    assert text.startswith(cut)
    for source in (ZH, EN):
        assert not faults(cut, source) or faults(text, source)


@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    assert isinstance(faults(clean(text), ZH), list)
    assert settled(text) == "" or text.startswith(settled(text))


@given(st.lists(WORDS, max_size=10).map("".join))
def test_a_source_supports_itself(text: str) -> None:
    """Copying is always allowed, whatever the material looks like."""
    assert [f for f in faults(text, source_of(text, known=KNOWN)) if f != "mark"] == []


@given(st.integers(1, 10**9))
def test_every_invented_number_is_found(number: int) -> None:
    source = source_of("报价 120 万元，节能 12%")
    assert bool(faults(f"还能再省{number}元。", source)) == (number != 1_200_000)


def test_invisible_characters_are_taken_out() -> None:
    assert clean("省1\u200b2%\u202e\x07") == "省12%"


def test_the_language_asked_for() -> None:
    assert in_language("HN-350 节能12%，报价 https", "zh")
    assert not in_language("The press saves energy and costs less.", "zh")
    assert in_language("The press 华辰 saves energy.", "en")
    assert not in_language("这台设备节能，而且便宜。", "en")


def test_too_long_texts_end_at_a_sentence() -> None:
    assert shortened("第一句。第二句。第三句很长很长。", 9) == "第一句。第二句。"
    assert shortened("没有句号的一句话" * 5, 20) is None
    assert shortened("short", 20) == "short"


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1-",
        "1,1",
        "一",
        "a.",
        "a@",
        "⟦",
        "0512-",
        "A1-",
        "two hundred ",
        "1 ",
        "<a",
        "+1 ",
        "(0",
        "王",
        "《",
        "http://",
    ],
)
def test_no_text_takes_long_to_judge(piece: str) -> None:
    """Each is 10,000 characters of what a careless pattern would read over and over again: minutes instead of this."""
    text = (piece * 10_000)[:10_000]
    started = time.monotonic()
    Mask(KNOWN).hide(text)
    faults(text, source_of(text, known=KNOWN))
    assert time.monotonic() - started < 10
