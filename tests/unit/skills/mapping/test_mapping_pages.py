"""B2, B3, D9: the canvas changes a definition, shows what that does, keeps versions; numbers lead to their rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from bot.contracts import Page, PageRequest, PageResult, Person, Role
from bot.contracts.clock import Clock
from bot.contracts.person import OPERATOR
from bot.loop_mapping import make_mapping
from bot.loop_sources import SourcesPart, make_sources
from config.settings import load_settings
from skills.mapping.form import choice
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.skills.house import Chat

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OPS = Person("O1", "周敏", Role.SALES_OPS)
OWNER = Person("C1", "钱学文", Role.CHANNEL_OWNER)
OTHER = Person("C2", "方晓", Role.CHANNEL_OWNER)
REP = Person("E1", "张敏", Role.REP)
DEFINITION = """source: payments
title: 财务 · 回款
system: finance
owner: C1
from: {kind: file, path: payments.csv}
to: payment
fields:
  # the number on the receipt
  id: receipt_no
  contract_id: contract_no
  amount: {from: amount, unit: 元}
"""
ROWS = """receipt_no,contract_no,amount,kind,region
SK1,HT-1,100,预付款,华东
SK2,HT-1,250.5,到货款,华东
SK3,HT-2,-20,退款,华南
"""


@dataclass
class StillClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class House:
    """The pages over a real database and a real file; loads are run by hand."""

    database: Database
    sources: SourcesPart
    pages: dict[str, Page]
    skill: Any
    view: View

    async def ask(self, route: str, viewer: Person = OPS, **how: Any) -> tuple[PageResult, str]:
        """The result of a page and its HTML ("" where there is none)."""
        path = how.pop("path", {})
        page = self.pages[route]
        result = await page.show(PageRequest(viewer, how.pop("language", "zh"), path=path, **how))
        if not result.template:
            return result, ""
        shown = self.view.page(
            result.template, Visitor(viewer, "x"), "zh", folder=page.templates, path=route, **result.values
        )
        return result, str(shown.text)

    async def post(self, form: dict[str, str], viewer: Person = OPS) -> tuple[PageResult, str]:
        """Send a form of the canvas."""
        return await self.ask(MAPPING, viewer, path={"name": "payments"}, method="POST", form=form)

    async def text(self) -> str:
        """The definition that holds."""
        found = await self.database.read(lambda store: store.sources.current("payments"))
        assert found
        return found.text


MAPPING, LINEAGE, ENTITY = "/sources/{name}/mapping", "/lineage", "/lineage/{entity}"
CANVAS = {
    "after": "1",
    "from:id": choice(("receipt_no",)),
    "from:contract_id": choice(("contract_no",)),
    "from:amount": choice(("amount",)),
    "unit:amount": "万元",
    "from:kind": choice(("kind",)),
    "words:kind": "退款 = refund",
    "from:region": "=",
    "const:region": "华东",
}


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """One source, loaded once."""
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    settings = load_settings()
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "payments.csv").write_text(ROWS, encoding="utf-8")
    clock: Clock = StillClock()
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.migrate()
    await database.write(_people)
    sources = make_sources(settings.model_copy(update={"sources": _patient(settings)}), clock, database, None)
    mapping = make_mapping(settings, clock, database, sources)
    await sources.definitions.apply(DEFINITION, "payments.yaml", "O1")
    await sources.flow.run("payments")
    view = View(settings, Seal(load_key(tmp_path), clock), mapping.pages)
    yield House(database, sources, {page.route: page for page in mapping.pages}, mapping.skill, view)
    database.close()


def _patient(settings: Any) -> Any:
    """A file that has just been written is complete."""
    return settings.sources.model_copy(update={"settle_seconds": 0})


def _people(store: Store) -> None:
    store.people.upsert_all([PersonRecord(one.id, one.name, one.role) for one in (OPS, OWNER, OTHER, REP)])


async def test_the_canvas_shows_fields_values_and_suggestions(house: House) -> None:
    result, html = await house.ask(MAPPING, path={"name": "payments"})
    assert result.status == 200
    for words in ("receipt_no", "SK1 · SK2", "回款金额", "＋ region", "名称相同", "第 1 版", "[&#34;region&#34;]"):
        assert words in html, words
    assert "100.00" in html, "the first rows as they are"


async def test_a_change_says_what_it_does_before_it_holds(house: House) -> None:
    """Sums before and after, records that change, rows that could not be taken; nothing is changed by looking."""
    _, html = await house.post({**CANVAS, "do": "preview"})
    assert "3 行：改变 2，新增 1，不能接收 0" in html or "3 行：改变 3" in html, html[html.find("会变成什么") :][:400]
    assert "3,505,000.00" in html or "3,305,000.00" in html, html[html.find("会变成什么") :][:900]
    assert await house.text() == DEFINITION
    _, html = await house.post({**CANVAS, "from:amount": choice(("kind",)), "do": "preview"})
    assert "不能接收 3" in html
    assert "不是金额" in html


async def test_saving_keeps_comments_and_maps_what_has_landed_anew(house: House) -> None:
    result, _ = await house.post({**CANVAS, "do": "save", "note": "万元"})
    assert result.redirect
    text = await house.text()
    assert "# the number on the receipt" in text
    assert "unit: 万元" in text
    await house.sources.flow.run("payments")
    kept = await house.database.read(lambda store: store.loop.records("payment", ["SK1", "SK3"]))
    assert (str(kept["SK1"]["amount"]), kept["SK1"]["region"], kept["SK3"]["kind"]) == ("1000000.00", "华东", "refund")
    _, html = await house.ask(MAPPING, path={"name": "payments"}, query={"version": "1"})
    assert "第 1 版 → 第 2 版" in html
    result, _ = await house.post({"do": "revert", "number": "1", "after": "2"})
    assert result.redirect
    assert await house.text() == DEFINITION


async def test_text_and_canvas_are_one_and_faults_have_their_place(house: House) -> None:
    result, html = await house.post({"do": "save", "after": "1", "text": DEFINITION.replace("unit: 元", "unit: 打")})
    assert result.status == 422
    assert "第 11 行" in html
    assert "不认识单位" in html
    result, html = await house.post({**CANVAS, "unit:amount": "打", "do": "preview"})
    assert 'data-field="amount"' in html
    result, html = await house.post({**CANVAS, "from:id": "", "do": "save"})
    assert result.status == 422
    assert "缺少必填的 id" in html
    good = DEFINITION.replace("title: 财务 · 回款", "title: 回款").replace("\n", "\r\n")
    result, _ = await house.post({"do": "save", "after": "1", "text": good})
    assert result.redirect
    assert "\r" not in await house.text()


async def test_whoever_was_slower_loses_nothing_silently(house: House) -> None:
    await house.post({**CANVAS, "do": "save"})
    result, html = await house.post({**CANVAS, "unit:amount": "", "do": "save"})
    assert result.status == 422
    assert "没有保存" in html
    assert "万元" in await house.text()
    result, html = await house.post({"do": "revert", "number": "77", "after": "2"})
    assert "没有这个版本" in html


async def test_a_channel_owner_changes_the_fields_of_their_own_source(house: House) -> None:
    """D9: not another's, and not where it is read from."""
    result, _ = await house.post({**CANVAS, "do": "save"}, OWNER)
    assert result.redirect
    moved = (await house.text()).replace("payments.csv", "../secret.csv")
    result, html = await house.post({"do": "save", "after": "2", "text": moved}, OWNER)
    assert "只能改 fields" in html
    result, _ = await house.ask(MAPPING, OTHER, path={"name": "payments"})
    assert result.status == 404
    result, _ = await house.post({"do": "save", "after": "2", "text": moved.replace("../", "")})
    assert result.redirect, "sales ops may"


async def test_a_preview_shows_nobody_more_than_they_may_see(house: House) -> None:
    """D9: neither another source's rows under its name, nor records of another entity by guessed numbers."""
    other = DEFINITION.replace("source: payments", "source: other").replace("owner: C1", "owner: O1")
    await house.sources.definitions.apply(other, "other.yaml", "O1")
    await house.sources.flow.run("other")
    for text in (other, DEFINITION.replace("source: payments", "source: other"), DEFINITION.replace("C1", "C2")):
        result, html = await house.post({"do": "preview", "after": "1", "text": text}, OWNER)
        assert result.status == 422
        assert "会变成什么" not in html
    await house.database.write(lambda store: store.loop.write("payment", [{"id": "SK9", "amount": Decimal("987654")}]))
    text = DEFINITION.replace("id: receipt_no", "id: {const: SK9}").replace(
        "to: payment", "key: receipt_no\nto: payment"
    )
    await house.database.write(lambda store: store.sources.save("payments", text, "O1", NOW))
    for viewer, seen in ((OWNER, False), (OPS, True)):
        _, html = await house.post({"do": "preview", "after": "2", "text": text}, viewer)
        assert ("987,654" in html or "2,962,962" in html) is seen


async def test_a_source_of_which_nothing_has_landed_is_looked_at(house: House) -> None:
    text = DEFINITION.replace("source: payments", "source: fresh")
    await house.sources.definitions.apply(text, "fresh.yaml", OPERATOR.id)
    _, html = await house.ask(MAPPING, path={"name": "fresh"})
    assert "SK1 · SK2" in html
    assert "命令行" in html, "who made the version, in the reader's words"
    await house.sources.definitions.apply(text.replace("payments.csv", "none.csv"), "fresh.yaml", "O1")
    result, html = await house.ask(MAPPING, path={"name": "fresh"})
    assert result.status == 200
    assert "none.csv" in html


async def test_a_definition_that_no_longer_holds_says_what_to_do(house: House) -> None:
    text = DEFINITION.replace("  id: receipt_no", "  gone: receipt_no")
    await house.database.write(lambda store: store.sources.save("payments", text, "O1", NOW))
    result, html = await house.ask(MAPPING, path={"name": "payments"})
    assert result.status == 422
    assert "没有字段“gone”" in html
    assert (await house.ask(MAPPING, OWNER, path={"name": "payments"}))[0].status == 404
    assert (await house.ask(LINEAGE))[0].status == 200


async def test_the_graph_and_the_trail_of_a_number(house: House) -> None:
    """B3: definition, mapping, source rows; of a record only for whoever may see it."""
    _, html = await house.ask(LINEAGE, REP, query={"focus": "metric:received"})
    for words in ("财务 · 回款", "已回款的金额之和", "未接入：回款 · 回款日期", '<path d="M'):
        assert words in html, words
    result, html = await house.ask(ENTITY, path={"entity": "payment"}, query={"record": "SK2"})
    assert result.status == 200
    for words in ("250.50", "250.5", "HT-1", "/lineage/contract?record=HT-1", "第 3 行"):
        assert words in html, words
    result, html = await house.ask(ENTITY, REP, path={"entity": "payment"}, query={"record": "SK2"})
    assert result.status == 404
    assert "250.5" not in html
    assert (await house.ask(ENTITY, path={"entity": "nothing"}))[0].status == 404
    await house.post({**CANVAS, "do": "save"})
    _, html = await house.ask(ENTITY, path={"entity": "payment"}, query={"record": "SK2"})
    trail = html[html.find("SK2 的来历") : html.find("来源行（")]
    assert "万元" not in trail, "the value was made by the version before, until the next load"


async def test_the_chat_says_where_numbers_come_from(house: House) -> None:
    chat = Chat(house.skill, house.database, OPS)
    for words, expected in (
        ("回款金额怎么来的", ("回款的回款金额", "财务 · 回款 · amount")),
        ("回款额这个数怎么来的", ("已回款的金额之和", "未接入")),
        ("SK2 这笔回款怎么来的", ("SK2", "250.5")),
        ("数据血缘", ("1 个数据来源",)),
        ("合同额怎么来的", ("合同金额之和", "未接入")),
    ):
        [reply] = await chat.say(words)
        card = reply.card
        assert card is not None
        said = "\n".join([card.headline, *(f"{one.title}\n{one.body}" for one in card.sections)])
        assert all(one in said for one in expected), (words, said)
    rep = Chat(house.skill, house.database, REP)
    [reply] = await rep.say("SK2 这笔回款怎么来的")
    assert reply.card is not None
    assert all("250.5" not in section.body for section in reply.card.sections)
