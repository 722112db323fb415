"""The list that a telephone system gives with its recordings: calls.json or calls.csv beside the files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from zoneinfo import ZoneInfo

LISTS = ("calls.json", "calls.csv")
_NAMES = {
    "recording": ("recording", "file", "录音", "文件"),
    "customer": ("customer_no", "customer_id", "customer", "客户编号", "客户"),
    "rep": ("rep_id", "person_id", "rep", "工号", "销售工号"),
    "deal": ("opportunity_no", "deal_id", "商机编号"),
    "started": ("started_at", "begun_at", "开始时间"),
    "channel": ("our_channel", "我方声道"),
    "consent": ("consent", "同意录音"),
}
_CHANNELS = {"left": "left", "左": "left", "0": "left", "right": "right", "右": "right", "1": "right"}
_ANSWERS = {**dict.fromkeys(("true", "yes", "是", "1"), True), **dict.fromkeys(("false", "no", "否", "0"), False)}
_PATTERN = frozenset("*?")


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says about one recording; "" or None where it says nothing."""

    customer_id: str = ""
    rep_id: str = ""
    deal_id: str = ""
    begun_at: datetime | None = None
    our_channel: str = ""  # left, right: of a recording with one person on each channel
    consent: bool | None = None  # what the customer answered when the call began; None: it isn't said


def listed_as(listed: Mapping[str, Listed], name: str) -> Listed:
    """What the list says about a file: under its name, and what it leaves open under the first pattern that fits."""
    exact = listed.get(name, Listed())
    fitting = (one for pattern, one in listed.items() if _PATTERN & set(pattern) and fnmatchcase(name, pattern))
    common = next(fitting, Listed())
    said = {one.name: getattr(exact, one.name) for one in fields(Listed)}
    return Listed(**{name: getattr(common, name) if value in {None, ""} else value for name, value in said.items()})


def read_list(folder: Path, zone: ZoneInfo) -> dict[str, Listed]:
    """By the recording's file name, or a pattern of names such as `out_*.wav`. Empty without a list.

    Raises ValueError when there is one that can't be read.
    """
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
    return Listed(_cell(row, "customer"), _cell(row, "rep"), _cell(row, "deal"), begun, _channel(row), _consent(row))


def _consent(row: Mapping[str, object]) -> bool | None:
    said = next((row[key] for key in _NAMES["consent"] if row.get(key) not in {None, ""}), None)
    if said is None or isinstance(said, bool):
        return said
    word = str(said).strip().lower()
    if word not in _ANSWERS:
        raise ValueError(f"consent: {word!r}; true (是, 1) or false (否, 0)")
    return _ANSWERS[word]


def _channel(row: Mapping[str, object]) -> str:
    said = _cell(row, "channel").lower()
    if said and said not in _CHANNELS:
        raise ValueError(f"our_channel: {said!r}; left (左, 0) or right (右, 1)")
    return _CHANNELS.get(said, "")


def _cell(row: Mapping[str, object], name: str) -> str:
    found = (row[key] for key in _NAMES[name] if row.get(key))
    return str(next(found, "")).strip()
