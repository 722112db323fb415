"""What sentences mean, and what a change is worth telling. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contracts.errors import BadInput, ConfigurationError
from config.attribution import load_channels
from config.locales import LANGUAGES, load
from knowledge.journeys.building import CONVERSIONS, LEVELS
from knowledge.journeys.built import VALUES
from knowledge.journeys.models import USUAL
from skills.attribution.changes import changes
from skills.attribution.chart import beside, flows
from skills.attribution.confidence import Trust, percent_of
from skills.attribution.lines import Line
from skills.attribution.paths import Flow
from skills.attribution.question import Question
from skills.attribution.understanding import channels_in, understand
from skills.attribution.words import Words
from skills.funnel.words import Words as Funnel
from storage.repositories.attribution import Run
from storage.repositories.lights import Flag

CHANNELS = ("搜索", "展会扫码", "官网", "老客户转介绍", "Google Ads", "抖音")


@pytest.mark.parametrize(
    ("text", "asked", "channels"),
    [
        ("各渠道贡献", "overview", ()),
        ("展会的贡献怎么算的", "channel", ("展会扫码",)),
        ("去掉展会和搜索会怎样", "without", ("展会扫码", "搜索")),
        ("为什么模型不一样", "disagreement", ()),
        ("上次以来变了什么", "changed", ()),
        ("把展会扫码的置信度改成 70%", "set", ("展会扫码",)),
        ("what if we dropped Google Ads", "without", ("Google Ads",)),
        ("what if we dropped the trade fair channel", "without", ("展会扫码",)),
        ("what did Trade-fair scans and referrals bring", "channel", ("展会扫码", "老客户转介绍")),
        ("why do models disagree", "disagreement", ()),
    ],
)
def test_which_answer(text: str, asked: str, channels: tuple[str, ...]) -> None:
    found = understand(text, Question(), CHANNELS)
    assert (found.asked, found.channels) == (asked, channels)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("按首次触点看线索归因", "model", "first"),
        ("按首次触点看线索归因", "conversion", "lead"),
        ("末次非直接归因", "model", "last_non_direct"),
        ("搜索带来多少回款", "value", "payment"),
        ("渠道对复购的贡献", "value", "retention"),
        ("SQL 归因", "conversion", "sql"),
        ("按人看归因", "level", "person"),
        ("各渠道的投入产出", "value", "amount"),
        ("linear attribution of contracts", "conversion", "contract"),
    ],
)
def test_which_numbers(text: str, field: str, value: str) -> None:
    assert getattr(understand(text, Question(), CHANNELS).question, field) == value


def test_a_channel_is_named_by_its_beginning_but_not_by_a_letter() -> None:
    assert channels_in("老客户带来多少", CHANNELS) == ("老客户转介绍",)
    assert channels_in("google 怎么样", CHANNELS) == ()
    alike = ("线上广告", "线上会议", "展会", "展会扫码", "SEM")
    assert channels_in("去掉线上会议会怎样", alike) == ("线上会议",)
    assert set(channels_in("线上带来多少", alike)) == {"线上广告", "线上会议"}
    assert channels_in("去掉展会会怎样", alike) == ("展会",)
    assert channels_in("how does the system work", alike) == ()
    assert channels_in("去掉sem会怎样", alike) == ("SEM",)


@pytest.mark.parametrize("text", ["70.5", "00505", "10050", "101", "-5"])
def test_a_confidence_that_is_none_is_refused(text: str) -> None:
    """B5: never a part of what was said: 70.5 % isn't 5 %."""
    said = understand(f"把展会扫码的置信度改成 {text}%", Question(), CHANNELS).percent
    with pytest.raises(BadInput):
        percent_of(text if text.startswith("-") else said, "zh")


def run(id_: int, shares: dict[str, float], met: dict[str, float], conversions: float, **settings: Any) -> Run:
    figures = {
        "journeys": 10 * conversions,
        "conversions": conversions,
        "met": met,
        "shares": {"markov": shares},
        "intervals": {"markov": {"搜索": [25.0, 35.0]}},
    }
    return Run(id_, datetime(2026, 6, id_, tzinfo=UTC), settings, figures)


def test_a_change_is_explained_by_the_new_journeys() -> None:
    """B6: which channel, by how much, how many of the new conversions met it, and whether that is chance."""
    old = run(1, {"搜索": 30.0, "官网": 70.0}, {"搜索": 4, "官网": 8}, 10)
    new = run(2, {"搜索": 40.0, "官网": 60.0}, {"搜索": 7, "官网": 8}, 13)
    found = changes([new, old], "markov")
    assert found
    assert (found.conversions, found.journeys) == (3, 30)
    search = next(one for one in found.of if one.channel == "搜索")
    assert (search.points, search.new_met, search.old_share, search.apart) == (10.0, 3, 40.0, True)


def test_other_settings_are_not_compared() -> None:
    old, new = run(1, {"搜索": 100.0}, {}, 1, order=1), run(2, {"搜索": 90.0}, {}, 1, order=2)
    found = changes([new, old], "markov")
    assert found
    assert (found.same, found.of) == (False, ())
    assert changes([new], "markov") is None


def test_drawings_keep_within_their_frames() -> None:
    rows = [
        Line(name, 1.0, share, (share - 5, share + 5), (1, 2), Trust(60), {"markov": share, "first": 2.0})
        for name, share in (("搜索", 93.0), ("官网", 7.0))
    ]
    drawn = beside(rows, "markov")
    assert drawn
    assert all(0 < mark.at <= 640 and mark.y < drawn.height for mark in drawn.marks)
    assert beside([], "markov") is None
    ribbons = flows([Flow("搜索", "官网", 3.0), Flow("官网", "官网", 1.0)])
    assert ribbons
    assert all(node.y + node.height <= ribbons.height for node in (*ribbons.left, *ribbons.right))
    assert flows([]) is None


def test_every_text_that_is_told_exists_in_both_languages() -> None:
    folder = ROOT / "skills" / "attribution"
    files = [path.read_text(encoding="utf-8") for path in (*folder.glob("*.py"), *folder.glob("templates/*.html"))]
    asked = {key for text in files for key in re.findall(r'\btell\(\s*"([a-z_.0-9]+)"[,)]', text)}
    asked |= {key for text in files for key in re.findall(r'\bt\("attribution\.([a-z_.0-9]+)"[,)]', text)}
    asked |= {f"{family}.{one}" for family, every in FAMILIES.items() for one in every}
    assert len(asked) > 100
    for language in LANGUAGES:
        assert {key for key in asked if f"attribution.{key}" not in load(language)} == set(), language


FAMILIES = {
    "model": USUAL,
    "means": USUAL,
    "conversion": CONVERSIONS,
    "value": VALUES,
    "value_means": VALUES,
    "of": [value for value in VALUES if value != "count"],
    "level": LEVELS,
    "level_means": LEVELS,
    "journeys.kind": ("lead", "deal", "none"),
    "journey.record": ("lead", "deal", "contract", "payment"),
}
ROOT = Path(__file__).parents[4]


def test_readers_of_english_see_english_names_of_channels() -> None:
    words, other = Words("en", ZoneInfo("Asia/Shanghai")), Words("zh", ZoneInfo("Asia/Shanghai"))
    assert (words.channel("展会扫码"), other.channel("展会扫码")) == ("Trade-fair scans", "展会扫码")
    assert (words.short("展会扫码"), other.short("老客户转介绍网络")) == ("Trade-fair sc…", "老客户转介绍…")
    assert words.channel("微信小程序") == "微信小程序", "nobody gave it an English name"
    assert Flag("市场 · 触点", "展会扫码", 61).sentence("en") == "Trade-fair scans data is 61 hours late"
    assert Funnel("en").name("展会扫码") == "Trade-fair scans"


@pytest.mark.parametrize(
    ("text", "said"),
    [("confidence: {搜索: 101}", "搜索: 101"), ("confidence: [", "channels.yaml"), ("other: 1", "other")],
    ids=["percent", "no yaml", "unknown key"],
)
def test_a_wrong_file_of_channels_is_refused_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as refused:
        load_channels(path)
    assert str(path) in str(refused.value)
