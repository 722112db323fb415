"""The list that a telephone system gives with its recordings: calls.json or calls.csv beside the files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

LISTS = ("calls.json", "calls.csv")
_NAMES = {
    "recording": ("recording", "file", "录音", "文件"),
    "customer": ("customer_no", "customer_id", "customer", "客户编号", "客户"),
    "rep": ("rep_id", "person_id", "rep", "工号", "销售工号"),
    "deal": ("opportunity_no", "deal_id", "商机编号"),
    "started": ("started_at", "begun_at", "开始时间"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says about one recording; "" or None where it says nothing."""

    customer_id: str = ""
    rep_id: str = ""
    deal_id: str = ""
    begun_at: datetime | None = None


def read_list(folder: Path, zone: ZoneInfo) -> dict[str, Listed]:
    """By the recording's file name. Empty without a list. Raises ValueError when there is one that can't be read."""
    for name in LISTS:
        if (path := folder / name).is_file():
            rows = _rows(path)
            return {Path(file).name: _listed(row, zone) for row in rows if (file := _cell(row, "recording"))}
    return {}


def _rows(path: Path) -> list[Mapping[str, object]]:
    text = path.read_bytes().decode("utf-8-sig")
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(text)))
    rows = json.loads(text)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{path.name}: a list of objects is expected")
    return rows


def _listed(row: Mapping[str, object], zone: ZoneInfo) -> Listed:
    started = _cell(row, "started")
    begun = datetime.fromisoformat(started) if started else None
    begun = begun.replace(tzinfo=zone) if begun and begun.tzinfo is None else begun
    return Listed(_cell(row, "customer"), _cell(row, "rep"), _cell(row, "deal"), begun)


def _cell(row: Mapping[str, object], name: str) -> str:
    found = (row[key] for key in _NAMES[name] if row.get(key))
    return str(next(found, "")).strip()
