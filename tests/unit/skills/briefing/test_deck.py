"""The morning's deck (B14): native charts with the brief's numbers, nothing beyond its box, evidence in the notes."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx.oxml.ns import qn

from skills.briefing.deck import file_name
from skills.briefing.deck_charts import MOST
from skills.briefing.words import Words
from tests.unit.skills.briefing.deck_briefs import (
    BRIEFS,
    LONG,
    brief,
    late,
    quotes,
    usual,
)
from tests.unit.skills.briefing.deck_reading import (
    VOCABULARY,
    charts,
    kept,
    opened,
    outside,
    tables,
    texts,
    too_full,
    typefaces,
    written,
)


@pytest.fixture(scope="module")
def deck() -> Any:
    """The usual one, in Chinese."""
    return opened(kept("usual"))


@pytest.mark.parametrize(
    ("name", "language"), [*((name, "zh") for name in BRIEFS), ("extreme", "en"), ("none", "en"), ("usual", "en")]
)
def test_nothing_lies_outside_its_page_or_box(name: str, language: str) -> None:
    """Whatever the texts are; every page can be told, and its letters have a Chinese typeface."""
    found = opened(kept(name, language))
    assert outside(found) == []
    assert too_full(found) == []
    assert all(slide.notes_slide.notes_text_frame.text.strip() for slide in found.slides)
    assert all(slide.shapes.title.text_frame.text for slide in found.slides)
    assert typefaces(found) == {("Arial", "微软雅黑")}


def test_pages_are_cover_findings_last_week_appendix(deck: Any) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles == [
        "华东组晨会 2026-11-20",
        "上周有 17 次报价超竞品 15% 以上且未说明差异价值",
        "23 笔商机停滞，久于四分之三的赢单（比上次更严重）",
        "展会扫码数据晚了 61 小时，投放看不清效果",
        "上周的行动：2 件里 1 件有用",
        "附录 1 · 超竞品未说明的报价：证据和算法",
        "附录 2 · 停滞的商机：证据和算法",
        "附录 3 · 展会扫码数据晚到：证据和算法",
        "附录 · 口径和数据",
    ]
    assert (deck.slide_width.pt, deck.slide_height.pt) == (960, 540)


def test_the_cover_says_the_one_sentence_and_how_old_the_data_is(deck: Any) -> None:
    said = texts(deck.slides[0])
    assert "今天最该做：上周有 17 次报价超竞品 15%" in said
    assert "数据截至 2026-11-20 08:30\n展会扫码的数据晚 61 小时" in said


def test_a_finding_has_its_number_action_owner_day_and_source(deck: Any) -> None:
    said = texts(deck.slides[1])
    for part in ("1,759.7 万元", "预计挽回 934.5 万元", "李伟 · 11-23 前", "逐条给客户补发差异价值说明", "激励："):
        assert part in said
    assert "来源：报价单 · 2026-11-09–2026-11-15 · 数据截至 2026-11-20 08:30 · 证据见附录 1" in said


def test_charts_are_native_and_hold_the_numbers_of_the_brief() -> None:
    found = opened(kept("usual"))
    for finding, slide in zip(usual().findings, list(found.slides)[1:4], strict=True):
        (chart,) = charts(slide)
        assert list(chart.plots[0].series[0].values) == [point.value for point in finding.series.points]
        book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))  # what "edit data" opens
        sheet = book.worksheets[0]
        assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
            point.value for point in finding.series.points
        ]
    assert list(charts(found.slides[3])[0].plots[0].categories) == ["百度竞价", "展会扫码", "抖音", "官网自然"]


def test_last_week_is_drawn_then_and_now(deck: Any) -> None:
    (chart,) = charts(deck.slides[4])
    assert [list(series.values) for series in chart.plots[0].series] == [[30e6, 9e6], [9e6, 10e6]]
    assert "有用（已安排）" in texts(deck.slides[4])


def test_the_notes_hold_arithmetic_and_evidence(deck: Any) -> None:
    notes = deck.slides[1].notes_slide.notes_text_frame.text
    assert "17,597,400 元 × 67.39% × 78.8%" in notes
    assert "31 笔" in notes
    assert "报价单 Q00004" in notes
    assert "11-09: 17" in notes


def test_the_appendix_has_the_evidence_as_a_table(deck: Any) -> None:
    (table,) = tables(deck.slides[5])
    assert [cell.text for cell in table.rows[0].cells] == ["报价单", "客户", "金额", "高出", "负责人"]
    assert [cell.text for cell in table.rows[1].cells] == ["Q00000", "苏州精工机械", "146.6 万元", "23%", "李伟"]
    assert "共 17 条，金额最大的 5 条" in texts(deck.slides[5])


def test_what_was_shortened_stands_in_full_in_the_notes() -> None:
    found = opened(kept("extreme"))
    assert LONG not in texts(found.slides[1])
    assert LONG in found.slides[1].notes_slide.notes_text_frame.text


def test_of_many_bars_the_first_are_drawn_and_the_rest_is_told() -> None:
    found = opened(kept("extreme"))
    (chart,) = charts(found.slides[2])
    assert len(list(chart.plots[0].categories)) == MOST
    assert "另有 18 项没有画出，见备注。" in texts(found.slides[2])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none", "今天没有值得开会说的事"),
        ("none new", "没有新的问题；昨天说过的 3 件还在"),
        ("one finding", "今天只有 1 件"),
    ],
)
def test_a_quiet_day_is_told_as_it_is(name: str, sentence: str) -> None:
    """No page is made up."""
    found = opened(kept(name))
    assert sentence in texts(found.slides[0])
    assert sum(len(charts(slide)) for slide in found.slides) == len(BRIEFS[name]().findings)


def test_a_chart_of_nothing_is_a_sentence() -> None:
    found = opened(kept("nothing drawn"))
    assert list(charts(found.slides[1])[0].plots[0].series[0].values) == [0, 0]
    assert charts(found.slides[2]) == []
    assert "没有可以画的数据" in texts(found.slides[2])


def test_without_money_the_count_is_the_big_number() -> None:
    said = texts(opened(written(brief(late()))).slides[1]).split("\n")
    assert "1" in said
    assert "数量" in said


def test_money_is_drawn_in_wan_and_kept_in_yuan(deck: Any) -> None:
    labels = charts(deck.slides[3])[0].plots[0].series[0]
    assert labels.values[0] == float(Decimal("1234567.5"))
    shown = next(one.text for one in charts(deck.slides[3])[0].element.iter(qn("c:formatCode")))
    assert '[>=10000]0\\.0,"万"' in shown


def test_equal_briefs_make_equal_files() -> None:
    """Also the workbooks inside; nothing tells when it was written."""
    first, again = kept("usual"), written(usual())
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert opened(first).core_properties.created.isoformat() == "2026-11-20T00:30:00"


def test_english() -> None:
    found = opened(kept("usual", "en"))
    said = "\n".join(texts(slide) for slide in found.slides)
    for part in (
        "17 quotes last week",
        "At stake · 17 found",
        "Last week's actions: 1 of 2 helped",
        "Source: quotes",
        "Told on",
    ):
        assert part in said


def test_the_file_has_a_name_that_every_system_takes() -> None:
    assert file_name(usual(), Words("zh", VOCABULARY)) == "晨会-华东组-2026-11-20.pptx"
    odd = brief(quotes())
    object.__setattr__(odd.scope, "name", 'A/B:"x"')
    assert file_name(odd, Words("en", VOCABULARY)) == "morning-meeting-A-B--x--2026-11-20.pptx"
