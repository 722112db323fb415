"""D9: answers about customers come only from rows that the asker may see."""

from __future__ import annotations

import pytest

from skills.customers.skill import CustomersSkill
from storage.database import Database
from tests.unit.skills.house import DIRECTOR, MANAGER, OPS, OTHER_REP, REP, Chat, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def chat(company: Database) -> Chat:
    """A rep's conversation."""
    return Chat(CustomersSkill(company), company)


async def test_my_customers(chat: Chat) -> None:
    card = await chat.card("我的客户有哪些")
    assert card.headline == "您能查看的客户共 3 家"
    assert card.summary.startswith("苏州泓达农业机械有限公司 · 农机 · 320 万元")
    assert "铭科" not in repr(card)


async def test_names_are_not_markup(chat: Chat) -> None:
    card = await chat.card("我的客户有哪些")
    assert r"杭州\|睿格\*钣金\*制品有限公司" in card.sections[0].body
    for line in card.sections[0].body.splitlines():
        assert line.replace(r"\|", "").count("|") == 7


@pytest.mark.parametrize(
    ("person", "count"), [(REP, 3), (OTHER_REP, 1), (MANAGER, 3), (DIRECTOR, 4), (OPS, 4)], ids=lambda p: str(p)[:20]
)
async def test_count_by_role(company: Database, person: Person, count: int) -> None:
    [reply] = await Chat(CustomersSkill(company), company, person).say("我现在一共有多少个客户？")
    assert reply.text == f"您能查看的客户共 {count} 家。"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("华东有多少客户", "华东：您能查看的客户共 3 家。"),
        ("华南有多少客户", "华南：您能查看的客户共 0 家。"),
        ("江苏的电梯行业客户有几家", "江苏 · 电梯：您能查看的客户共 1 家。"),
        ("B级客户有多少", "B 级：您能查看的客户共 1 家。"),
        ("西藏有多少客户", "“西藏”这个条件我没看懂，没有用它筛选。\n您能查看的客户共 3 家。"),
    ],
)
async def test_conditions(chat: Chat, text: str, answer: str) -> None:
    [reply] = await chat.say(text)
    assert reply.text == answer


async def test_follow_up_keeps_the_question(chat: Chat) -> None:
    await chat.say("华东有多少客户")
    [reply] = await chat.say("那农机呢")
    assert reply.text == "农机：您能查看的客户共 1 家。"


async def test_english(company: Database) -> None:
    chat = Chat(CustomersSkill(company), company, language="en")
    [reply] = await chat.say("How many customers do I have in East China?")
    assert reply.text == "East China: 3 of the customers you can see."
    card = await chat.card("list my elevator customers")
    assert card.headline == "elevators: 1"
    assert "CNY 0.90 m" in card.summary


@pytest.mark.parametrize(
    "text",
    ["苏州泓达农业机械有限公司是谁负责", "泓达农机归谁跟进？", "苏州泓达是谁负责", "who is responsible for 泓达农机?"],
)
async def test_owner(company: Database, text: str) -> None:
    [reply] = await Chat(CustomersSkill(company), company, MANAGER).say(text)
    assert reply.text == "苏州泓达农业机械有限公司：由张敏负责。"
    [reply] = await Chat(CustomersSkill(company), company, REP).say(text)
    assert reply.text == "苏州泓达农业机械有限公司：由您负责。"


async def test_not_permitted_looks_like_not_existing(company: Database) -> None:
    """D9: a customer of somebody else and one who doesn't exist get the very same answer."""
    for question in ("{}是谁负责", "{}", "{}有多大", "who owns {}"):
        answers = []
        for name in ("泓达农机", "泓远农机"):
            [reply] = await Chat(CustomersSkill(company), company, OTHER_REP).say(question.format(name))
            answers.append((reply.text, reply.card))
        assert answers[0] == answers[1]
        assert answers[0][0].startswith("没有找到这个客户")


async def test_named_customer_is_shown(chat: Chat) -> None:
    card = await chat.card("曜源电梯")
    assert "无锡曜源电梯部件有限公司" in card.summary


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😀",
        "客" * 10_000,
        "<b>是谁负责",
        "%是谁负责",
        "__是谁负责",
        "' OR 1=1 --是谁负责",
        "\ud800\x00是谁负责",
        "有限公司" * 50,
    ],
)
async def test_hostile_text_shows_nothing(company: Database, text: str) -> None:
    replies = await Chat(CustomersSkill(company), company, OTHER_REP).say(text)
    assert [reply.card for reply in replies] == [None]


async def test_who_saw_which_customers_is_kept(chat: Chat, company: Database) -> None:
    """D10."""
    await chat.say("曜源电梯是谁负责")
    newest = (await company.read(lambda store: store.audit.listing(OPS, limit=1)))[0]
    assert (newest.actor, newest.action, newest.detail["customers"]) == ("E1", "customers.one", ["C2"])
