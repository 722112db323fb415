"""`xiaoce eval duplicates --data`: a file as Excel writes it in China."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.eval_duplicates import _given


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_file_of_any_encoding(tmp_path: Path, encoding: str) -> None:
    rows = "id,name,cluster\na,苏州恒锐精密机械有限公司,1\nb,恒锐精密（苏州）,1\nc,无锡泓达金属制品有限公司,2\n"
    (tmp_path / "names.csv").write_text(rows, encoding=encoding)
    found, pairs = _given(tmp_path / "names.csv")
    assert found[0].name == "苏州恒锐精密机械有限公司"
    assert pairs == {frozenset("ab")}
