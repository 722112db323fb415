"""A17: what a telephone system says about its recordings."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.imports.recordings import Listed, read_list

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_json_and_csv_say_the_same(tmp_path: Path) -> None:
    """Either list; local times get the company's zone; columns in Chinese too."""
    (tmp_path / "calls.csv").write_text("录音,客户编号,工号,开始时间\na.wav,C1,E1,2026-11-20T09:00:00\n", "utf-8-sig")
    by_csv = read_list(tmp_path, SHANGHAI)
    (tmp_path / "calls.json").write_text(
        '[{"recording": "calls/a.wav", "customer_no": "C1", "rep_id": "E1", "started_at": "2026-11-20T09:00:00+08:00"}]'
    )
    assert read_list(tmp_path, SHANGHAI) == by_csv
    assert by_csv["a.wav"].customer_id == "C1"
    assert by_csv["a.wav"].begun_at is not None
    assert by_csv["a.wav"].begun_at.utcoffset() == SHANGHAI.utcoffset(by_csv["a.wav"].begun_at)


def test_without_a_list_nothing_is_said(tmp_path: Path) -> None:
    assert read_list(tmp_path, SHANGHAI) == {}
    assert Listed() == Listed("", "", "", None)


@pytest.mark.parametrize("text", ["{}", "[1]", "nonsense", '[{"recording": "a.wav", "started_at": "yesterday"}]'])
def test_a_broken_list_is_an_error(tmp_path: Path, text: str) -> None:
    """Never half read."""
    (tmp_path / "calls.json").write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011 (json's and datetime's own errors are ValueErrors too)
        read_list(tmp_path, SHANGHAI)
