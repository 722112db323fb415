"""B13: a company's name, taken apart."""

from __future__ import annotations

import pytest

from knowledge.identity.linking import Directory
from knowledge.identity.names import name_key, taken_apart
from storage.repositories.linkables import Linkable


@pytest.mark.parametrize(
    "other",
    [
        "蘇州泓達汽車零部件有限公司",
        "苏州泓达汽车零部件有限责任公司",
        "苏州泓达汽车零部件股份有限公司",
        "江苏省苏州市泓达汽车零部件有限公司",
        "苏州泓达汽车零部件有限公司无锡分公司",
        "苏州 泓达 汽车零部件 有限公司",
        "苏州泓达汽车零部件有限公司（原泓达机械）",
    ],
)
def test_one_name_in_several_ways(other: str) -> None:
    assert name_key(other) == name_key("苏州泓达汽车零部件有限公司") != ""


@pytest.mark.parametrize(
    "other",
    [
        "上海泓达汽车零部件有限公司",  # another place
        "泓达（苏州）汽车零部件有限公司",  # maybe a subsidiary
        "苏州泓达有限公司",
        "苏州泓达汽车零部件集团有限公司",
        "泓达汽车零部件有限公司",
    ],
)
def test_other_names_stay_apart(other: str) -> None:
    """Records are linked by an equal key without asking anybody, so it must not be equal for two companies."""
    assert name_key(other) != name_key("苏州泓达汽车零部件有限公司")


def test_chinese_and_english_meet_in_the_sound() -> None:
    chinese, english = taken_apart("成都腾祥厨房电器有限公司"), taken_apart("Chengdu Tengxiang Appliances Co., Ltd.")
    assert (chinese.place, chinese.sound) == (english.place, english.sound)
    assert (chinese.brand, chinese.trade, english.latin) == ("腾祥", "厨房电器", True)


@pytest.mark.parametrize(
    "name", ["", "  ", "公司", "（）", "有限公司", "Ltd.", "ＡＢＢ（中国）有限公司", "🙂", "苏州", "-"]
)
def test_nothing_breaks_on_strange_names(name: str) -> None:
    parts = taken_apart(name)
    assert isinstance(parts.key, str)


def test_a_city_inside_a_company_of_another_one_is_its_brand() -> None:
    assert taken_apart("上海嘉兴科技有限公司").key != taken_apart("合肥嘉兴科技有限公司").key


def test_names_without_a_letter_mean_nobody() -> None:
    """A payer that somebody typed as "——" is not the one customer whose name is "？？"."""
    assert Directory([("C1", "？？")], {}).find(Linkable("P1", "", "——")) is None
