"""The console, for whoever has neither WeCom nor Slack: sign in, ask, press, read again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.cli.signing_in import issue_token
from bot.contracts.errors import BadInput
from bot.contracts.person import OPERATOR
from storage.imports.people import import_people
from tests.scenarios.browser import browser, card_id, words
from tests.scenarios.company import ADMIN, ANNA, EAST, JUNJIE, MIN, OPS, STAFF, Employee, write_people
from tests.scenarios.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_question_is_answered_in_the_open_window(world: World, rep: Employee) -> None:
    """A8, A15: the same card as in WeCom, by server-sent events, and again in the history."""
    async with browser(world, rep.id) as window:
        shown = await window.say("客户说太贵了怎么回")
        assert "先问贵在和什么比" in words(shown)
        opened = await window.press(card_id(shown), "unfold")
        assert opened[-1]["replaces"] == card_id(shown)
        assert "<details open" in opened[-1]["html"]
        assert "谢谢" in words(await window.press(card_id(shown), "useful"))
        assert [e["direction"] for e in await window.history()][:2] == ["in", "out"]
    async with browser(world, rep.id) as later:
        assert "先问贵在和什么比" in words(await later.history())


async def test_windows_show_the_same_to_one_person_and_nothing_to_another(world: World, rep: Employee) -> None:
    """What is said in one window is in the person's history; nobody else's window shows it."""
    other = world.newcomer()
    async with browser(world, rep.id) as window, browser(world, other.id) as elsewhere:
        assert await window.say("帮助")
        assert elsewhere.shown == []
        assert await elsewhere.history() == []


async def test_an_english_reader_is_answered_in_english(world: World) -> None:
    """A15 in the language of the person."""
    async with browser(world, ANNA.id) as window:
        assert "Customers you can see: 1." in words(await window.say("how many customers do I have"))


async def test_nothing_is_shown_without_signing_in(world: World) -> None:
    """D9: pages lead to the sign-in, calls answer 401, a wrong token lets nobody in."""
    async with aiohttp.ClientSession() as session:
        for path in ("/chat/history", "/chat/stream"):
            async with session.get(f"{world.url}{path}") as response:
                assert response.status == 401
        async with session.get(f"{world.url}/", params={"token": "guessed"}) as response:
            assert response.status == 401
        async with session.post(f"{world.url}/chat/messages", json={"text": "帮助"}) as response:
            assert response.status in {401, 403}
        async with session.get(f"{world.url}/playbook", allow_redirects=False) as response:
            assert response.status == 303


async def test_a_new_token_ends_the_old_one_at_once(world: World, rep: Employee) -> None:
    """D9: a token that was given to the wrong person can be taken back while they are signed in."""
    async with browser(world, rep.id) as window:
        assert (await window.page("/"))[0] == 200
        await issue_token(world.app.database, rep.id)
        async with window.session.get(f"{world.url}/chat/history") as response:
            assert response.status == 401


async def test_who_has_left_is_out_at_once_and_everywhere(world: World, rep: Employee, tmp_path: Path) -> None:
    """D9, D10: the list of people says 离职. Open windows, the sign-in link and WeCom end with the import."""
    database = world.app.database
    async with browser(world, rep.id) as window:
        assert (await window.page("/chat/history"))[0] == 200
        gone = write_people(tmp_path / "gone.csv", [replace(rep, status="离职")])
        assert (await import_people(database, gone)).changed == 1
        assert (await window.page("/chat/history"))[0] == 401
        await asyncio.wait_for(window.signed_out.wait(), 30)
        async with window.session.get(f"{world.url}/", params={"token": window.token}) as response:
            assert response.status == 401
        with pytest.raises(BadInput):
            await issue_token(database, rep.id)
        assert "还没有登记" in (await world.say(rep.wecom, "我的客户有哪些")).words

        back = write_people(tmp_path / "back.csv", [replace(rep, status="在职")])
        assert (await import_people(database, back)).changed == 1
        assert (await window.page("/chat/history"))[0] == 401, "what was ended stays so"
    async with browser(world, rep.id) as window:
        assert await window.say("帮助")
    entries = await database.read(lambda store: store.audit.listing(OPERATOR, 50, actions=("person.left",)))
    assert [(entry.subject, entry.detail) for entry in entries] == [(rep.id, {"sessions": 1})]


@pytest.mark.parametrize(
    "probe",
    [
        "东莞鼎峰电器有限公司是谁负责",
        "鼎峰归谁跟进",
        "我的客户有哪些",
        "华南有多少客户",
        "广东有多少客户",
        "黄俊杰的客户有哪些",
        "列出所有客户",
        "A级客户名单",
        "新能源行业的客户有多少",
        "鼎峰的客户说太贵了怎么回",
        "who is responsible for 东莞鼎峰电器有限公司",
        "云岭",
        "帮助",
    ],
)
async def test_a_rep_never_learns_of_another_teams_customers(world: World, probe: str) -> None:
    """D9: not by name, not by count, not by whose they are. A customer of others looks like one that isn't there."""
    for ask in (_in_wecom, _in_console):
        said = (await ask(world, MIN, probe)).replace(probe, "")
        for secret in ("东莞", "佛山", "深圳", "蓝桥", "云岭新能源", "黄俊杰负责", "940", "1,200", "260"):
            assert secret not in said, (secret, said)


async def test_a_hidden_customer_and_an_invented_one_get_the_same_answer(world: World) -> None:
    """D9: even the way of refusing tells nothing."""
    hidden = await _in_wecom(world, MIN, "东莞鼎峰电器有限公司是谁负责")
    invented = await _in_wecom(world, MIN, "东莞虚构电器有限公司是谁负责")
    assert hidden == invented


async def test_counts_follow_the_role(world: World) -> None:
    """D9: rep own, manager team, admin all."""
    for person, count in ((MIN, 2), (JUNJIE, 3), (EAST, 3), (ADMIN, 6)):
        assert f"共 {count} 家" in await _in_wecom(world, person, "我有多少客户"), person


async def test_a_card_of_somebody_else_can_not_be_pressed(world: World, rep: Employee) -> None:
    """D9: knowing a card's id opens nothing."""
    async with browser(world, JUNJIE.id) as owner:
        shown = await owner.say("我的客户有哪些")
        assert "鼎峰" in words(shown)
    async with browser(world, rep.id) as thief:
        for action in ("unfold", "useful", "not_fit", "pick_1"):
            got = words(await thief.press(card_id(shown), action))
            assert "鼎峰" not in got
            assert "失效或不是发给您的" in got


async def test_a_reason_that_was_asked_is_kept_with_its_note(world: World, rep: Employee) -> None:
    """A8: one press says why; telephone numbers and customers' names stay out of the log (D10)."""
    async with browser(world, rep.id) as window:
        shown = await window.say("客户说太贵了怎么回")
        assert 'data-form="not_fit"' in shown[-1]["html"]
        note = "东莞鼎峰电器有限公司早就签了，电话 13812345678"
        pressed = await window.press(card_id(shown), "not_fit", reason="outdated", note=note, role="admin")
        assert "谢谢" in words(pressed)
    entries = await world.app.database.read(lambda store: store.audit.listing(OPERATOR, 20, ["playbook.not_fit"]))
    detail = next(entry.detail for entry in entries if entry.actor == rep.id)
    assert detail["reason"] == "outdated"
    assert detail["note"].endswith("早就签了，电话 ***")
    assert not any(secret in str(detail) for secret in ("admin", "鼎峰", "138"))


async def test_answers_that_the_form_did_not_offer_do_not_count(world: World, rep: Employee) -> None:
    """D9, D10: a forged press is one without answers: the reasons are offered as buttons, nothing is switched."""
    async with browser(world, rep.id) as window:
        shown = await window.say("客户说太贵了怎么回")
        pressed = await window.press(card_id(shown), "not_fit", reason="<script>", other="x")
        assert 'data-key="wrong_stage"' in pressed[-1]["html"]
        settings = await window.say("我的设置")
        forged = await window.press(card_id(settings), "change", language="fr")
        assert forged[-1]["replaces"] == ""
        switched = await window.press(card_id(settings), "change", language="en")
        assert "English" in words(switched)


async def test_pages_keep_to_the_role(world: World) -> None:
    """D9: reps read the playbook, only its keepers edit it."""
    async with browser(world, MIN.id) as window:
        assert (await window.page("/playbook"))[0] == 200
        status, page = await window.page("/playbook/price-too-expensive/edit?language=zh")
        assert status in {403, 404}
        assert "textarea" not in page
        assert await window.submit("/playbook/price-too-expensive/edit?language=zh", {"text": "x"}) in {403, 404}


async def test_imports_edits_and_sign_ins_are_in_the_audit_log(world: World) -> None:
    """D10: who changed what, by name and time; what a token is stays out of it."""
    path = "/playbook/payment-overdue/edit?language=zh"
    text = await world.app.database.read(lambda store: store.playbook.get("payment-overdue", "zh"))
    assert text
    form = {"text": text.text.replace("## 要点\n", "## 要点\n先问清楚，"), "revision": str(text.revision), "do": "save"}
    async with browser(world, OPS.id) as window:
        assert await window.submit(path, form) == 303
    entries = await world.app.database.read(lambda store: store.audit.listing(OPERATOR, 10_000))
    assert {"import.people", "import.customers", "sign_in.issued"} <= {entry.action for entry in entries}
    assert (OPS.id, "payment-overdue") in {(e.actor, e.subject) for e in entries if e.action == "playbook.edit"}
    assert {e.actor for e in entries if e.action == "customers.list"} <= {p.id for p in STAFF}
    assert not any("token" in str(entry.detail).lower() for entry in entries)


async def _in_wecom(world: World, person: Employee, text: str) -> str:
    return (await world.say(person.wecom, text)).words


async def _in_console(world: World, person: Employee, text: str) -> str:
    async with browser(world, person.id) as window:
        return words(await window.say(text))
