"""docs/imports.md says what the import takes: its tables are held against storage/imports, its examples are loaded."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.database import Database
from storage.imports.chats import import_chats
from storage.imports.consents import import_consents
from storage.imports.contacts import import_contacts
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals, import_stages
from storage.imports.layout import load_layout
from storage.imports.people import ROWS as MOST_PEOPLE
from storage.imports.people import import_people
from storage.imports.quotes import import_quotes
from storage.imports.report import ImportReport
from storage.imports.sheet import MEGABYTES
from storage.imports.sheet import ROWS as MOST_ROWS
from storage.imports.table import LONGEST, LONGEST_TEXT

PAGE = (Path(__file__).parent.parent.parent / "docs" / "imports.md").read_text(encoding="utf-8")
TITLES = {
    "people": "## 人员",
    "customers": "## 客户",
    "deals": "## 商机 · Deals",
    "stages": "## 商机阶段",
    "contacts": "## 联系人",
    "quotes": "## 报价",
    "rooms": "## 聊天",
    "consents": "## 同意",
}
CHOICES = {
    "role": "people",
    "language": "people",
    "status": "people",
    "stage": "deals",
    "result": "deals",
    "decides": "contacts",
    "explained": "quotes",
    "consent": "rooms",
    "kind": "consents",
    "given": "consents",
}


def rows(part: str) -> list[list[str]]:
    """The cells of all tables in a part of the page, without heads."""
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def part(kind: str) -> str:
    """What stands under a heading."""
    return PAGE.split(TITLES[kind], 1)[1].split("\n## ", 1)[0]


def words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(" / "))


@pytest.mark.parametrize("kind", TITLES)
def test_every_column_is_documented_with_its_headers(kind: str) -> None:
    written = {cells[0].strip("`"): (words(cells[1]), cells[2]) for cells in rows(part(kind)) if len(cells) == 5}
    fields = load_layout(kind).fields
    assert written == {name: (field.headers, field.need) for name, field in fields.items()}


@pytest.mark.parametrize("field", CHOICES)
def test_every_word_of_a_cell_is_documented(field: str) -> None:
    table = PAGE.split(f" `{field}` | 可以写", 1)[1].split("\n\n", 1)[0]
    written = {cells[0].strip("`"): words(cells[1]) for cells in rows(table)}
    assert written == dict(load_layout(CHOICES[field]).words(field))


def test_limits_are_the_real_ones() -> None:
    for limit in (
        f"{MEGABYTES} MB",
        f"{MOST_PEOPLE:,} 行",
        f"{MOST_ROWS:,} 行",
        f"{LONGEST} 个字",
        f"{LONGEST_TEXT:,} 个字",
    ):
        assert limit in PAGE


async def test_the_examples_can_be_imported(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'xiaoce.db'}")
    database.migrate()
    loads = {
        "people": (import_people, 2),
        "customers": (import_customers, 1),
        "deals": (import_deals, 1),
        "stages": (import_stages, 2),
        "contacts": (import_contacts, 2),
        "quotes": (partial(import_quotes, zone=ZoneInfo("Asia/Shanghai")), 1),
        "rooms": (_import_room, 1),
        "consents": (import_consents, 1),
    }
    examples = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    for (name, (load, count)), text in zip(loads.items(), examples, strict=True):
        file = tmp_path / name / "rooms.csv"
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        report = await load(database, file)
        assert (report.added, report.rejected) == (count, [])
    database.close()


async def _import_room(database: Database, rooms: Path) -> ImportReport:
    """The example of rooms beside a message in one of them."""
    said = {"msgid": "m1", "action": "send", "from": "wmC0001", "tolist": ["zhangmin"], "roomid": "wr00001"}
    message = {**said, "msgtime": 1772415000000, "msgtype": "text", "text": {"content": "太贵了"}}
    (rooms.parent / "2026-03.jsonl").write_text(json.dumps(message), encoding="utf-8")
    return await import_chats(database, rooms.parent, ZoneInfo("Asia/Shanghai"))
