"""Invented companies and the ways their names are written again, for measuring and for learning. Pure, seeded.

Every seed gives other companies: what was learned on one is measured on another. Strangers are hard on purpose: every
eighth company bears a brand that another one bears in another place or trade.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from knowledge.identity.match import Candidate
from knowledge.signals.sounds import syllables

CHARACTERS = (
    "安邦宝博昌辰成诚川创达德东鼎恩发飞丰峰富格冠光广国海汉航浩和恒宏泓鸿华辉汇慧吉佳嘉建江捷金锦晶精景久"
    "骏凯康科坤朗乐力立利联良林凌隆铭明茂美名南宁鹏普启奇千强钦庆全泉仁荣融瑞睿润森山尚升胜盛世顺硕思泰腾"
    "天通同拓万旺威维伟文西希祥翔向晓新信兴星旭轩雅阳洋耀亿益毅银盈永优友宇裕元源远越跃云运泽展兆振正志智中卓众"
)
TRADES = {
    "汽车零部件": ("汽车零部件", "Auto Parts"),
    "汽车配件": ("汽车零部件", "Auto Parts"),
    "工程机械": ("工程机械", "Construction Machinery"),
    "精密机械": ("工程机械", "Precision Machinery"),
    "钣金制品": ("钣金加工", "Sheet Metal"),
    "金属制品": ("钣金加工", "Metal Products"),
    "厨房电器": ("家电", "Appliances"),
    "制冷设备": ("家电", "Equipment"),
    "新能源科技": ("新能源", "New Energy Technology"),
    "储能设备": ("新能源", "Energy Storage"),
    "轨道交通装备": ("轨道交通", "Rail Equipment"),
    "电梯部件": ("电梯", "Elevator Parts"),
    "农业机械": ("农机", "Agricultural Machinery"),
    "科技": ("", "Technology"),
    "实业": ("", "Industrial"),
}
CITIES = {
    "苏州": ("江苏", "华东", "Suzhou"),
    "无锡": ("江苏", "华东", "Wuxi"),
    "南通": ("江苏", "华东", "Nantong"),
    "杭州": ("浙江", "华东", "Hangzhou"),
    "宁波": ("浙江", "华东", "Ningbo"),
    "上海": ("上海", "华东", "Shanghai"),
    "合肥": ("安徽", "华东", "Hefei"),
    "东莞": ("广东", "华南", "Dongguan"),
    "佛山": ("广东", "华南", "Foshan"),
    "深圳": ("广东", "华南", "Shenzhen"),
    "广州": ("广东", "华南", "Guangzhou"),
    "天津": ("天津", "华北", "Tianjin"),
    "北京": ("北京", "华北", "Beijing"),
    "唐山": ("河北", "华北", "Tangshan"),
    "武汉": ("湖北", "华中", "Wuhan"),
    "长沙": ("湖南", "华中", "Changsha"),
    "郑州": ("河南", "华中", "Zhengzhou"),
    "成都": ("四川", "西南", "Chengdu"),
    "重庆": ("重庆", "西南", "Chongqing"),
}


NAMESAKES = 0.125  # of all companies: they bear the brand of another one


@dataclass(frozen=True, slots=True)
class Invented:
    """One company, before it is written down."""

    city: str
    brand: str
    trade: str
    form: str = "有限公司"

    @property
    def name(self) -> str:
        """As it is registered."""
        return f"{self.city}{self.brand}{self.trade}{self.form}"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Names with the truth: pairs of ids that are one company, by the way the second one is written."""

    candidates: tuple[Candidate, ...]
    pairs: Mapping[frozenset[str], str]


def invented(count: int, seed: int, share: float = 0.05) -> Labelled:
    """`count` companies, of which `share` are written down a second time."""
    dice = Random(seed)  # noqa: S311 - invented names, nothing secret
    companies = _companies(count, dice)
    rows = [_candidate(f"A{number:06d}", one, dice) for number, one in enumerate(companies)]
    pairs: dict[frozenset[str], str] = {}
    for number in dice.sample(range(count), round(count * share)):
        kind = dice.choice(tuple(WAYS))
        again = replace(rows[number], id=f"B{number:06d}", name=WAYS[kind](companies[number], dice))
        if again.name != rows[number].name:
            rows.append(_with_gaps(again, dice))
            pairs[frozenset((rows[number].id, again.id))] = kind
    return Labelled(tuple(rows), pairs)


def _companies(count: int, dice: Random) -> list[Invented]:
    made: dict[Invented, None] = {}
    while len(made) < count:
        trade, city = dice.choice(tuple(TRADES)), dice.choice(tuple(CITIES))
        brand = "".join(dice.choices(CHARACTERS, k=dice.choice((2, 2, 2, 3))))
        if made and dice.random() < NAMESAKES:
            brand = next(reversed(made)).brand
        made[Invented(city, brand, trade)] = None
    return list(made)


def _candidate(id_: str, one: Invented, dice: Random) -> Candidate:
    province, region, _ = CITIES[one.city]
    made = Candidate(id_, one.name, TRADES[one.trade][0], province, region, (f"{id_}.example",))
    return _with_gaps(made, dice)


def _with_gaps(one: Candidate, dice: Random) -> Candidate:
    """CRMs are never complete: a field in ten is empty, and a way to reach them is rarely known."""
    kept = {name: getattr(one, name) if dice.random() > 0.1 else "" for name in ("industry", "province", "region")}
    return replace(one, **kept, reach=one.reach if dice.random() < 0.3 else ())


def _sound_alike(one: Invented, dice: Random) -> str:
    at = dice.randrange(len(one.brand))
    others = [other for other in _homophones()[syllables(one.brand[at])] if other != one.brand[at]]
    return replace(one, brand=_put(one.brand, at, dice.choice(others))).name if others else one.name


def _mistyped(one: Invented, dice: Random) -> str:
    at = dice.randrange(len(one.brand))
    return replace(one, brand=_put(one.brand, at, dice.choice(CHARACTERS))).name


def _spelled(one: Invented, _: Random) -> str:
    from pypinyin import lazy_pinyin

    return f"{CITIES[one.city][2]} {''.join(lazy_pinyin(one.brand)).title()} {TRADES[one.trade][1]} Co., Ltd."


def _in_full(city: str) -> str:
    province = CITIES[city][0]
    return f"{city}市" if province == city else f"{province}省{city}市"


def _put(text: str, at: int, character: str) -> str:
    return text[:at] + character + text[at + 1 :]


WAYS: Mapping[str, Callable[[Invented, Random], str]] = {
    "suffix": lambda one, dice: replace(one, form=dice.choice(("有限责任公司", "股份有限公司"))).name,
    "branch": lambda one, dice: f"{one.name}{dice.choice(tuple(CITIES))}分公司",
    "sound": _sound_alike,
    "typo": _mistyped,
    "english": _spelled,
    "short": lambda one, _: f"{one.city}{one.brand}",
    "no_place": lambda one, _: one.name.removeprefix(one.city),
    "province": lambda one, _: f"{_in_full(one.city)}{one.brand}{one.trade}{one.form}",
    "bracket": lambda one, _: f"{one.brand}（{one.city}）{one.trade}{one.form}",
    "no_trade": lambda one, _: f"{one.city}{one.brand}{one.form}",
}


@cache
def _homophones() -> Mapping[tuple[str, ...], Sequence[str]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for character in CHARACTERS:
        found[syllables(character)].append(character)
    return found
