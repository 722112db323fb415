"""The playbook's console pages, rendered in the real frame."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from bot.contracts import Address, Context, Page, PageRequest, PageResult, Person
from config.settings import Settings
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.library import Library
from skills.talktracks.feedback import UNSAID, keep_gap, keep_reason
from skills.talktracks.pages import playbook_pages
from skills.talktracks.skill import TalkTracksSkill
from skills.talktracks.thread import Shown
from storage.database import Database
from tests.unit.skills.house import NOW, OPS, REP, Chat, fill, open_database, open_playbook

pytestmark = pytest.mark.asyncio(loop_scope="session")
ID = "discount-again"


class StillClock:
    """It is always NOW."""

    def now(self) -> Any:
        return NOW


class Console:
    """Asks a page as the console adapter does, and renders what it answers."""

    def __init__(self, database: Database, playbook: Playbook, data: Path) -> None:
        self.pages = playbook_pages(database, playbook, StillClock())
        settings = Settings(data=data)
        self._view = View(settings, Seal(load_key(data), StillClock()), self.pages)

    async def ask(self, route: str, viewer: Person = OPS, **request: Any) -> tuple[PageResult, str]:
        page = next(page for page in self.pages if page.route == route)
        result = await page.show(PageRequest(viewer, viewer.language, **request))
        return result, self._html(page, result, viewer) if result.template else ""

    def _html(self, page: Page, result: PageResult, viewer: Person) -> str:
        response = self._view.page(
            result.template,
            Visitor(viewer, "mark-of-csrf"),
            viewer.language,
            folder=page.templates,
            path=page.route,
            **result.values,
        )
        return str(response.text)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own(library: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Database, Playbook]]:
    """A playbook of our own, because these tests change it."""
    folder = tmp_path_factory.mktemp("pages")
    database = open_database(folder)
    await database.write(fill)
    yield database, await open_playbook(database, library, folder)
    database.close()


@pytest.fixture
def console(own: tuple[Database, Playbook], tmp_path: Path) -> Console:
    """The console with the playbook's pages."""
    return Console(*own, tmp_path)


async def text_of(database: Database) -> str:
    stored = await database.read(lambda store: store.playbook.get(ID, "zh"))
    assert stored is not None
    return stored.text


async def revision_of(database: Database) -> int:
    stored = await database.read(lambda store: store.playbook.get(ID, "zh"))
    assert stored is not None
    return stored.revision


async def test_list_filters_and_shows_lights(console: Console) -> None:
    result, html = await console.ask("/playbook")
    assert "客户说太贵了" in html
    assert "对手恒力达" in html
    assert 'class="badge bad"' in html  # promo-fair-2025 has ended
    shown = [(row.light == "red", row.card.language) for row in result.values["rows"]]
    assert shown == sorted(shown, key=lambda one: (one[0], one[1] != "zh")), "those that are offered, in Chinese, first"
    assert '<details class="filters" >' in html
    assert '<details class="filters" open>' in (await console.ask("/playbook", query={"light": "red"}))[1]
    result, html = await console.ask("/playbook", query={"kind": "competitor", "language": "zh"})
    assert {row.card.id for row in result.values["rows"]} == {"competitor-henglida", "competitor-huachen"}
    result, _ = await console.ask("/playbook", query={"q": "ＨＬＤ", "light": "green"})
    assert {row.card.id for row in result.values["rows"]} == {"competitor-henglida"}
    result, html = await console.ask("/playbook", query={"q": "<script>alert(1)</script>"})
    assert result.values["rows"] == []
    assert "<script>alert" not in html


async def test_everybody_reads_a_card_with_its_revisions(console: Console) -> None:
    result, html = await console.ask("/playbook/{id}", REP, path={"id": ID}, query={"language": "zh"})
    assert "让过价了还要再打折" in html
    assert "<ol>" in html
    assert "mark-of-csrf" in html
    assert f"/playbook/{ID}/edit" not in html
    assert len(result.values["revisions"]) >= 1
    _, html = await console.ask("/playbook/{id}", path={"id": ID}, query={"language": "zh"})
    assert f"/playbook/{ID}/edit?language=zh" in html


async def test_missing_cards(console: Console) -> None:
    for id_ in ("no-such-card", "../../etc/passwd", "", "<script>"):
        result, _ = await console.ask("/playbook/{id}", path={"id": id_})
        assert (result.template, result.redirect, result.status) == ("", "", 404)
    result, _ = await console.ask("/playbook/{id}", path={"id": "agri-season"}, query={"language": "en"})
    assert result.redirect == "/playbook/agri-season?language=zh"


async def test_only_owner_and_sales_ops_edit(console: Console, own: tuple[Database, Playbook]) -> None:
    """D9: also when the form is sent without the page."""
    before = await text_of(own[0])
    for method in ("GET", "POST"):
        form = {"text": before.replace("打折", "打骨折"), "revision": "1", "do": "save"}
        request = {"path": {"id": ID}, "query": {"language": "zh"}, "method": method, "form": form}
        result, html = await console.ask("/playbook/{id}/edit", REP, **request)
        assert result.status == 403
        assert "<textarea" not in html
    assert await text_of(own[0]) == before
    card = own[1].card(ID, "zh")
    assert card is not None
    owner = Person("E77", card.owner, REP.role)
    result, html = await console.ask("/playbook/{id}/edit", owner, path={"id": ID}, query={"language": "zh"})
    assert result.status == 200
    assert 'name="csrf" value="mark-of-csrf"' in html


async def test_faults_are_shown_with_their_line(console: Console, own: tuple[Database, Playbook]) -> None:
    before = await text_of(own[0])
    broken = before.replace("valid_until: 2028-12-31", "valid_until: 2028-02-31")
    line = broken.splitlines().index("valid_until: 2028-02-31") + 1
    form = {"text": broken.replace("\n", "\r\n"), "revision": str(await revision_of(own[0])), "do": "save"}
    result, html = await console.ask(
        "/playbook/{id}/edit", path={"id": ID}, query={"language": "zh"}, method="POST", form=form
    )
    assert result.status == 422
    assert f"第 {line} 行" in html
    assert "2028-02-31" in html
    assert await text_of(own[0]) == before


async def test_check_does_not_save(console: Console, own: tuple[Database, Playbook]) -> None:
    before = await text_of(own[0])
    form = {"text": before.replace("打折", "打骨折"), "revision": "1", "do": "check"}
    result, html = await console.ask(
        "/playbook/{id}/edit", path={"id": ID}, query={"language": "zh"}, method="POST", form=form
    )
    assert result.status == 200
    assert "检查通过" in html
    assert await text_of(own[0]) == before


async def test_saving_raises_the_version_and_is_audited_and_found(
    console: Console, own: tuple[Database, Playbook]
) -> None:
    """D10, and the next question sees the new text."""
    database, playbook = own
    before, revision = await text_of(database), await revision_of(database)
    card = playbook.card(ID, "zh")
    assert card is not None
    changed = before.replace("- 再便宜五万我就签", "- 再便宜五万我就签\n  - 老板说砍到吉利数六六六才肯盖章")
    form = {"text": changed.replace("\n", "\r\n"), "revision": str(revision), "do": "save"}
    request = {"path": {"id": ID}, "query": {"language": "zh"}, "method": "POST", "form": form}
    result, _ = await console.ask("/playbook/{id}/edit", **request)
    assert result.redirect == f"/playbook/{ID}?language=zh", result.values
    assert "\r" not in await text_of(database)
    new = playbook.card(ID, "zh")
    assert new is not None
    assert new.version == card.version + 1
    entry = (await database.read(lambda store: store.audit.listing(OPS, limit=1)))[0]
    assert (entry.actor, entry.action, entry.subject) == ("O1", "playbook.edit", ID)
    assert entry.detail["revision"] == revision + 1
    found = await playbook.find("老板说砍到吉利数六六六才肯盖章", language="zh", today=NOW.date())
    assert found.best is not None
    assert found.best.id == ID
    result, html = await console.ask("/playbook/{id}/edit", **request)
    assert result.status == 409  # the same form again: somebody saved since
    assert "有人刚刚保存了" in html


async def test_revisions_say_who_wrote_them(console: Console, own: tuple[Database, Playbook]) -> None:
    """D10: by name, not by employee number; what a command did is said so."""
    card = {"path": {"id": "wait-and-see"}, "query": {"language": "zh"}}
    _, html = await console.ask("/playbook/{id}", **card)
    assert "· 周敏 ·" in html
    text = (await own[0].read(lambda store: store.playbook.get("wait-and-see", "zh"))).text  # type: ignore[union-attr]  # it is there
    await own[1].edit("wait-and-see", "zh", text.replace("## 避免", "## 避免\n- 不要催。"), "operator", seen_revision=1)
    _, html = await console.ask("/playbook/{id}", **card)
    assert "· 命令行 ·" in html


async def test_the_editor_asks_before_text_is_lost(console: Console, own: tuple[Database, Playbook]) -> None:
    """The page's script guards the form, also when the page itself came with text that isn't saved."""
    request: dict[str, Any] = {"path": {"id": ID}, "query": {"language": "zh"}}
    _, html = await console.ask("/playbook/{id}/edit", **request)
    assert 'data-guard=""' in html
    assert "/static/console/guard.js" in html
    form = {"text": (await text_of(own[0])).replace("打折", "打骨折"), "revision": "1", "do": "check"}
    _, html = await console.ask("/playbook/{id}/edit", method="POST", form=form, **request)
    assert 'data-guard="unsaved"' in html


async def test_gaps_for_sales_ops(console: Console, own: tuple[Database, Playbook]) -> None:
    database, playbook = own
    for person in (REP, REP, OPS):
        await Chat(TalkTracksSkill(database, playbook), database, person).say("打印机没墨了<b>找谁</b>")
    chat = Chat(TalkTracksSkill(database, playbook), database)
    [asked] = await chat.press(await chat.card("客户说太贵了怎么回"), "not_fit")
    assert asked.card is not None
    await chat.press(asked.card, "outdated")
    page = next(page for page in console.pages if page.route == "/playbook-gaps")
    assert REP.role not in page.roles
    assert OPS.role in page.roles
    result, html = await console.ask("/playbook-gaps")
    gap = result.values["gaps"][0]
    assert (gap.times, gap.people) == (3, 2)
    assert "&lt;b&gt;找谁" in html
    assert "内容过时 1" in html
    assert "未说原因" not in html


async def _questions(console: Console) -> dict[str, int]:
    result, _ = await console.ask("/playbook-gaps")
    return {gap.question: gap.times for gap in result.values["gaps"]}


async def test_gaps_are_settled(console: Console, own: tuple[Database, Playbook]) -> None:
    """D10: done ones come back when asked again, ignored ones don't; who settled them is in the audit log."""
    database, playbook = own
    chat = Chat(TalkTracksSkill(database, playbook), database)
    for question in ("传真机卡纸怎么修", "食堂今天吃什么菜"):
        await chat.say(question)
        assert question in await _questions(console)
    for question, how in (("传真机卡纸怎么修", "done"), ("食堂今天吃什么菜", "ignored"), ("传真机卡纸怎么修", "burn")):
        form = {"kind": "gap", "subject": question, "how": how}
        result, _ = await console.ask("/playbook-gaps", method="POST", form=form)
        assert result.redirect == "/playbook-gaps"
        assert (question in await _questions(console)) is False
    entries = await database.read(lambda store: store.audit.listing(OPS, limit=2))
    assert [(entry.actor, entry.action, entry.detail["how"]) for entry in entries] == [
        ("O1", "playbook.gap_closed", "ignored"),
        ("O1", "playbook.gap_closed", "done"),
    ]
    for question in ("传真机卡纸怎么修", "食堂今天吃什么菜"):
        await chat.say(question)
    questions = await _questions(console)
    assert questions.get("传真机卡纸怎么修") == 1
    assert "食堂今天吃什么菜" not in questions


async def test_a_card_marked_without_a_reason_is_listed(console: Console, own: tuple[Database, Playbook]) -> None:
    """A8: choosing a reason is optional. A reason that follows explains the press, and isn't counted beside it."""
    database, _ = own
    await console.ask("/playbook-gaps", method="POST", form={"kind": "misfit", "subject": ID, "how": "done"})
    context = Context(REP, Address("console", "E1"), "zh", NOW, {})
    for number, (question, reason) in enumerate((("甲", UNSAID), ("甲", "outdated"), ("乙", UNSAID))):
        shown = Shown(ID, "zh", question)
        await keep_reason(database, f"press-{number}", shown, reason, context)
    result, html = await console.ask("/playbook-gaps")
    found = {misfit.card: dict(misfit.reasons) for misfit in result.values["misfits"]}
    assert found[ID] == {"outdated": 1, UNSAID: 1}
    assert "未说原因 1" in html
    await console.ask("/playbook-gaps", method="POST", form={"kind": "misfit", "subject": ID, "how": "done"})
    result, _ = await console.ask("/playbook-gaps")
    assert ID not in {misfit.card for misfit in result.values["misfits"]}


async def test_no_customer_is_named_in_gaps(console: Console, own: tuple[Database, Playbook]) -> None:
    """D9, D10: not even one whom the asker may not see; nor telephone numbers."""
    context = Context(REP, Address("console", "E1"), "zh", NOW, {})
    question = "佛山铭科汽车零部件有限公司的铭科老板电话 13812345678 打不通"
    await keep_gap(own[0], "gap-of-another", Shown("", "zh", question), context)
    assert "***的***老板电话 *** 打不通" in await _questions(console)
