"""Markdown of cards as HTML: tables can be read on a phone."""

from __future__ import annotations

from adapters.console.markdown import to_html

TABLE = "| 指标 | 我们 | 对方 |\n|---|---|---|\n| 质保 | **24** 个月 | 12 个月 |\n| 到场 | 9 小时 |\n"


def test_cells_name_their_column_for_narrow_windows() -> None:
    """A short row has no third value; a bold one keeps its mark-up; heads with mark-up stay plain text."""
    html = to_html(TABLE)
    assert '<table class="stacks">' in html
    assert '<td data-label="指标">质保</td>' in html
    assert '<td data-label="我们"><strong>24</strong> 个月</td>' in html
    assert html.count('data-label="对方"') == 2


def test_names_of_columns_are_escaped() -> None:
    html = to_html('| <b onload="x"> |\n|---|\n| 1 |\n')
    assert "<b" not in html
    assert 'data-label="&lt;b onload=&quot;x&quot;&gt;"' in html


def test_each_table_has_its_own_columns() -> None:
    html = to_html(f"{TABLE}\n\n| A |\n|---|\n| 1 |\n")
    assert '<td data-label="A">1</td>' in html
