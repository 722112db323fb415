"""D10: personal data is masked before any call, and comes back as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.guard import settled
from adapters.llm.masking import Mask
from adapters.llm.names import Names

PERSONAL = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "+86 138 1234 5678",
    "0086-13812345678",
    "１３８１２３４５６７８",
    "021-62345678",
    "(0512) 6234 5678",
    "0512-62345678转801",
    "400-820-8820",
    "+1 415 555 0132",
    "+49 30 901820",
    "zhang.san@huachen.example.cn",
    "a_b+c@x.example",
    "320505199003071234",
    "32050519900307123X",
    "320505 19900307 1234",
    "320505900307123",
    "6222 0212 3456 7890 123",
    "6222021234567890123",
    "4111-1111-1111-1111",
    "4111 1111 1111 1111",
    "E12345678",
    "苏E12345",
    "苏E·D12345",
]
NOT_PERSONAL = [
    "1,200,000元",
    "HN-350",
    "2026-03-05",
    "45天",
    "12%",
    "SO20260305001",
    "第3季度",
    "14:30",
    "3.5kW",
    "120000",
]


@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.parametrize("around", ["联系人电话{}，请回电", "reach me: {} thanks", "{}"])
def test_numbers_and_addresses_leave_as_placeholders(value: str, around: str) -> None:
    mask, text = Mask(), around.format(value)
    hidden = mask.hide(text)
    assert "⟦P1⟧" in hidden
    assert not re.search(r"\d{3}", hidden.replace("⟦P1⟧", "")), hidden
    assert mask.restore(hidden) == text


@pytest.mark.parametrize("value", NOT_PERSONAL)
def test_figures_of_the_business_stay(value: str) -> None:
    assert Mask().hide(f"报价 {value}。") == f"报价 {value}。"


def test_what_somebody_is_called_elsewhere_is_hidden() -> None:
    for text, secret in [("微信号：wx_8848abc", "8848"), ("加微信 abc12345", "abc12345"), ("QQ：12345678", "12345678")]:
        assert secret not in Mask().hide(text)


def test_names_are_hidden_longest_first_and_the_same_name_is_the_same_mark() -> None:
    mask = Mask(Names(["华辰", "苏州华辰精密机械有限公司", "王小明", "Ann"]))
    hidden = mask.hide("王小明拜访苏州华辰精密机械有限公司；王小明说华辰的张总很急。Annual meeting with ANN.")
    assert hidden == "⟦P3⟧拜访⟦P1⟧；⟦P3⟧说⟦P4⟧的⟦P5⟧很急。Annual meeting with ⟦P2⟧."
    assert mask.hide("王小明") == "⟦P3⟧"
    assert mask.restore("请⟦P3⟧回复⟦P5⟧") == "请王小明回复张总"


def test_a_mark_in_the_data_is_not_ours() -> None:
    mask = Mask()
    hidden = mask.hide("⟦P1⟧ 的电话 13812345678")
    assert hidden == "〔P1〕 的电话 ⟦P1⟧"
    assert mask.restore("⟦P7⟧") == "⟦P7⟧"  # never given: the guard refuses it


@pytest.mark.parametrize("spelt", ["⟦P1⟧", "⟦ P1 ⟧", "⟦p1⟧", "【P1】", "[P1]", "[[P1]]"])
def test_models_that_respell_a_mark_are_understood(spelt: str) -> None:
    mask = Mask()
    mask.hide("13812345678")
    assert mask.restore(f"请拨 {spelt}。") == "请拨 13812345678。"


def test_every_text_inside_json_comes_back() -> None:
    mask = Mask()
    mask.hide("13812345678")
    value = {"who": ["⟦P1⟧", {"a": "x⟦P1⟧"}], "n": 3, "no": None, "yes": True}
    assert mask.restore_all(value) == {"who": ["13812345678", {"a": "x13812345678"}], "n": 3, "no": None, "yes": True}


@given(st.text(alphabet="客户说PWang0123456789 -@.x张总⟦⟧，", max_size=60), st.data())
def test_whatever_is_hidden_comes_back_even_in_pieces(text: str, data: st.DataObject) -> None:
    mask = Mask(Names(["Wang", "客户"]))
    hidden = mask.hide(text)
    safe = text.translate(str.maketrans("⟦⟧", "〔〕"))
    assert mask.restore(hidden) == safe
    draft = settled(mask.restore(hidden[: data.draw(st.integers(0, len(hidden)))]))
    assert "⟦" not in draft
    assert safe.startswith(draft)


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(st.sampled_from(["", "-", " "]), min_size=10, max_size=10),
)
def test_no_mobile_number_leaves_however_it_is_spaced(number: str, gaps: list[str]) -> None:
    spaced = number[0] + "".join(gap + digit for gap, digit in zip(gaps, number[1:], strict=True))
    hidden = Mask().hide(f"电话：{spaced}。")
    assert hidden == "电话：⟦P1⟧。"
