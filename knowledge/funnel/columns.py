"""The columns of the two files that matter, read into Arrow: as text, with amounts and times beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from importlib import import_module
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from knowledge.funnel.cells import SCALE, Moments, Order, amount, currency, looks_like_days, missing, moments
from knowledge.funnel.faults import FunnelRefused
from knowledge.funnel.sheet import Row, Sheet, folded, open_sheet

_BATCH = 500  # rows at a time
_SAMPLE = 200  # rows that are looked at to find out which column has the days
_LEAD_DAYS = (
    *("first_contact_date", "first_contact", "首次接触时间", "首次接触日期", "首次接触", "首触时间"),
    *("lead_date", "线索日期", "线索时间", "created_at", "created", "create_date", "created_date"),
    *("创建时间", "创建日期", "录入时间", "注册时间", "mql_date", "date", "日期"),
)
_WON_DAYS = (
    *("won_date", "won_at", "won_time", "赢单日期", "赢单时间", "成交日期", "成交时间"),
    *("close_date", "closed_date", "closed_at", "closed", "关闭日期", "签约日期", "签约时间"),
    *("signed", "signed_at", "contract_date", "deal_date", "order_date", "date", "日期"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be counted: names of columns. None: no value asked; days: to be found."""

    key: str
    group_by: tuple[str, ...]
    value: str | None = None
    won_key: str = ""  # where it's called otherwise there
    lead_date: str | None = None
    won_date: str | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """Which column has the days, and what became of it."""

    column: str = ""  # "": none
    found: bool = False  # by itself, not named in the question
    order: Order = "ymd"
    has_times: bool = False
    unreadable: tuple[tuple[int, str], ...] = ()  # line and text


@dataclass(frozen=True, slots=True)
class Read:
    """One file. The table has line, key, day; of leads g0, g1 …; of won deals raw, v, digest."""

    table: Any  # a pyarrow.Table, whose library has no types
    header: tuple[str, ...]
    rows: int  # all of them, without those that can't be read
    dates: Dates
    broken: tuple[tuple[int, str], ...]
    currencies: tuple[str, ...] = ()


class _Columns:
    """Some columns of a sheet, as lists."""

    def __init__(self, sheet: Sheet, places: Sequence[int | None], *, digests: bool = False) -> None:
        self.lines: list[int] = []
        self.broken: list[tuple[int, str]] = []
        self.cells: list[list[str]] = [[] for _ in places]
        self.digests: list[int] = []
        chosen = [(itemgetter(place), out) for place, out in zip(places, self.cells, strict=True) if place is not None]
        whole = self._whole(sheet)
        while batch := list(islice(whole, _BATCH)):  # a million rows: what is done for each is done in C
            for pick, out in chosen:
                out.extend(map(str.strip, map(pick, batch)))
            if digests:
                self.digests.extend(map(hash, map(tuple, batch)))

    def _whole(self, sheet: Sheet) -> Iterator[Sequence[str]]:
        """Rows with as many cells as the header, their lines noted; the others are noted as broken."""
        width, note = len(sheet.header), self.lines.append
        for line, last, cells in sheet.rows:
            if cells is None or (len(cells) != width and not _fits(cells, width)):
                # an open quote swallows the lines behind it: each of them is a row that is missing
                self.broken += [(swallowed, "") for swallowed in range(line, max(line, last) + 1)]
            elif any(cells):  # not ,,, as spreadsheets write below their last row
                note(line)
                yield cells


def read_leads(path: Path, question: Question, zone: tzinfo, stack: ExitStack) -> Read:
    """The leads. Raises FunnelRefused."""
    wanted = (question.key, *question.group_by)
    sheet = open_sheet(path, wanted, stack)
    places = [_need(sheet, name) for name in wanted]
    sheet, day, found = _with_day(sheet, question.lead_date, _LEAD_DAYS)
    read = _Columns(sheet, [*places, day])
    key, *groups = (_said(column) for column in read.cells[:-1])
    times, dates = _dates(sheet, day, found, read, zone)
    columns = {"line": _numbers(read.lines), "key": _texts(key), "day": _times(times, len(read.lines))}
    columns |= {f"g{at}": _texts(group) for at, group in enumerate(groups)}
    return Read(_table(columns), sheet.header, len(read.lines), dates, tuple(read.broken))


def read_won(path: Path, question: Question, zone: tzinfo, stack: ExitStack, leads: Sequence[str]) -> Read:
    """The won deals. `leads`: the other file's header, for hints. Raises FunnelRefused."""
    key_name = question.won_key or question.key
    wanted = (key_name, *filter(None, [question.value]))
    sheet = open_sheet(path, wanted, stack)
    if question.value and sheet.column(question.value) is None and folded(question.value) in map(folded, leads):
        raise FunnelRefused("value_in_leads", column=question.value, file=sheet.name)
    places = [_need(sheet, key_name), _need(sheet, question.value) if question.value else None]
    sheet, day, found = _with_day(sheet, question.won_date, _WON_DAYS)
    read = _Columns(sheet, [*places, day], digests=True)
    rows = len(read.lines)
    times, dates = _dates(sheet, day, found, read, zone)
    raw = _said(read.cells[1]) if question.value else [""] * rows
    named = {text: (amount(text), currency(text)) for text in set(raw)}
    columns = {
        "line": _numbers(read.lines),
        "key": _texts(_said(read.cells[0])),
        "day": _times(times, rows),
        "raw": _texts(raw),
        "v": _amounts([named[text][0] for text in raw]),
        "digest": _numbers(read.digests),
    }
    currencies = tuple(sorted({code for _, code in named.values() if code}))
    return Read(_table(columns), sheet.header, rows, dates, tuple(read.broken), currencies)


def _need(sheet: Sheet, name: str) -> int:
    place = sheet.column(name)
    if place is None:
        raise FunnelRefused("no_column", file=sheet.name, column=name, near=sheet.near(name) or "–")
    return place


def _fits(cells: Sequence[str], width: int) -> bool:
    """Empty cells may stand beyond the header's end. A row that is too short was cut off, or lost a cell somewhere."""
    return len(cells) > width and not any(cell.strip() for cell in cells[width:])


def _with_day(sheet: Sheet, named: str | None, usual: Sequence[str]) -> tuple[Sheet, int | None, bool]:
    """The sheet again, the column of days, and whether it was found by itself."""
    if named is not None:
        return (sheet, _need(sheet, named), False) if named else (sheet, None, False)
    rows: Iterator[Row] = sheet.rows
    sample = list(islice(rows, _SAMPLE))
    again = Sheet(sheet.name, sheet.header, sheet.header_line, chain(sample, rows))
    whole = [cells for _, _, cells in sample if cells and len(cells) == len(sheet.header)]
    days = [at for at in range(len(sheet.header)) if looks_like_days(cells[at].strip() for cells in whole)]
    names = [folded(name) for name in usual]
    known = [at for at in days if folded(sheet.header[at]) in names]
    if known:
        return again, min(known, key=lambda at: names.index(folded(sheet.header[at]))), True
    return again, days[0] if len(days) == 1 else None, True


def _dates(sheet: Sheet, day: int | None, found: bool, read: _Columns, zone: tzinfo) -> tuple[Moments | None, Dates]:
    if day is None:
        return None, Dates()
    texts = read.cells[-1]
    times = moments(texts, zone)
    bad = tuple((read.lines[at], texts[at]) for at in times.unreadable)
    return times, Dates(sheet.header[day], found, times.order, times.has_times, bad)


def _said(texts: list[str]) -> list[str]:
    """Cells that say nothing as ""."""
    silent = {text for text in set(texts) if missing(text)}
    return ["" if text in silent else text for text in texts] if silent else texts


def _arrow() -> Any:
    """Loaded when first needed, and without types of its own."""
    return import_module("pyarrow")


def _table(columns: dict[str, Any]) -> Any:
    return _arrow().table(columns)


def _texts(values: list[str]) -> Any:
    return _arrow().array(values, _arrow().string())


def _numbers(values: list[int]) -> Any:
    return _arrow().array(values, _arrow().int64())


def _times(times: Moments | None, rows: int) -> Any:
    values: list[datetime | None] = times.values if times else [None] * rows
    return _arrow().array(values, _arrow().timestamp("us"))


def _amounts(values: list[Decimal | None]) -> Any:
    """With as many digits after the point as the longest of them has."""
    exponents = [value.as_tuple().exponent for value in values if value is not None]
    scale = min(SCALE, max((-one for one in exponents if isinstance(one, int)), default=0))
    return _arrow().array(values, _arrow().decimal128(38, max(scale, 0)))
