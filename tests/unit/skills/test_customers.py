"""D9: answers about customers come only from rows that the asker may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contracts import Context, Message, Person, Press, Role
from bot.contracts.skill import Ask
from skills.customers.skill import CustomersSkill
from storage.database import Database
from storage.repositories.customer_people import CustomerPerson
from storage.repositories.customers import Customer
from storage.repositories.people import PersonRecord
from tests.unit.skills.house import DIRECTOR, MANAGER, OPS, OTHER_REP, REP, Chat, fill, open_database

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
        assert line.replace(r"\|", "").count("|") == 6


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
        ("西藏有多少客户", "西藏：您能查看的客户共 0 家。"),
        ("火星有多少客户", "“火星”这个条件我没看懂，没有用它筛选。\n您能查看的客户共 3 家。"),
        ("多少A级客户", "A 级：您能查看的客户共 0 家。"),
        ("B级和C级客户有几家", "B 级、C 级：您能查看的客户共 2 家。"),
        ("农业行业有多少客户", "农机：您能查看的客户共 1 家。"),
        ("苏州有几家客户", "苏州：您能查看的客户共 1 家。"),
        ("江苏和浙江的客户有多少", "江苏、浙江：您能查看的客户共 3 家。"),
        ("年采购额100万以上的客户有几家", "年采购额 100 万元以上：您能查看的客户共 1 家。"),
        ("江蘇省有多少客戶", "江苏：您能查看的客户共 2 家。"),
    ],
)
async def test_conditions(chat: Chat, text: str, answer: str) -> None:
    [reply] = await chat.say(text)
    assert reply.text == answer


async def test_follow_up_keeps_the_question(chat: Chat) -> None:
    await chat.say("华东有多少客户")
    [reply] = await chat.say("那农机呢")
    assert reply.text == "农机：您能查看的客户共 1 家。"


@pytest.mark.parametrize(
    ("text", "headline", "names"),
    [
        ("江苏的客户", "江苏：共 2 家", ["泓达", "曜源"]),
        ("无锡的客户", "无锡：共 1 家", ["曜源"]),
        ("汽车行业的客户", "汽车零部件：共 1 家", ["铭科"]),
        ("最大的客户", "年采购额最大的 3 家", ["铭科", "泓达", "曜源"]),
        ("前两大客户", "年采购额最大的 2 家", ["铭科", "泓达"]),
        ("江苏采购额最高的一家客户", "江苏：年采购额最大的 1 家", ["泓达"]),
        ("最小的客户", "年采购额最小的 3 家", ["曜源", "泓达", "铭科"]),
        ("张敏的A级或B级客户", "B 级、A 级 · 张敏：共 1 家", ["泓达"]),
    ],
)
async def test_lists(company: Database, text: str, headline: str, names: list[str]) -> None:
    card = await Chat(CustomersSkill(company), company, OPS).card(text)
    assert card.headline.replace("A 级、B 级", "B 级、A 级") == headline
    rows = card.sections[0].body.splitlines()[2:]
    assert [name for row in rows for name in ("泓达", "曜源", "铭科", "睿格") if name in row] == names


async def test_narrowing_keeps_the_conditions(chat: Chat) -> None:
    await chat.say("江苏有多少客户")
    [reply] = await chat.say("其中B级的有几家")
    assert reply.text == "江苏 · B 级：您能查看的客户共 1 家。"
    assert (await chat.card("有哪些")).headline == "江苏 · B 级：共 1 家"


async def test_an_english_question_is_answered_in_english(chat: Chat) -> None:
    [reply] = await chat.say("How many customers do I have in East China?")
    assert reply.text == "East China: 3 of the customers you can see."


async def test_english(company: Database) -> None:
    chat = Chat(CustomersSkill(company), company, language="en")
    [reply] = await chat.say("How many customers do I have in East China?")
    assert reply.text == "East China: 3 of the customers you can see."
    card = await chat.card("list my elevator customers")
    assert card.headline == "elevators: 1"
    assert "CNY 0.90 m" in card.summary
    card = await chat.card("agriculture customers in Jiangsu")
    assert card.headline == "Jiangsu · agricultural machinery: 1"
    card = await chat.card("my two largest customers")
    assert card.headline == "The 2 with the largest yearly purchases"


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


@pytest.mark.parametrize(
    "text",
    [
        "曜源电梯",
        "曜源",
        "查一下曜源电梯",
        "曜源电梯的情况",
        "曜源电梯怎么样",
        "无锡曜源电梯部件有限公司",
        "曜源电梯的采购额是多少",
    ],
)
async def test_named_customer_is_shown(chat: Chat, text: str) -> None:
    card = await chat.card(text)
    assert card.headline == "无锡曜源电梯部件有限公司"
    assert [fact.value for fact in card.facts] == ["电梯", "江苏 · 华东", "C 级", "90 万元", "您"]
    assert "曜源电梯说太贵了怎么回" in card.summary


async def test_who_works_there_is_shown(company: Database, chat: Chat) -> None:
    """D9: with the customer, to whoever sees it; those who decide first, names are no markup."""
    people = [CustomerPerson(f"P{n}", "C4", f"赵*{n}", title="采购", decides=n == 6) for n in range(7)]
    await company.write(lambda store: store.customer_people.upsert_all(people))
    fact = (await chat.card("睿格")).facts[-1]
    assert (fact.label, fact.value) == (
        "联系人",
        r"赵\*6 · 采购 · 决策人；赵\*0 · 采购；赵\*1 · 采购；赵\*2 · 采购；赵\*3 · 采购；…另有 2 人",
    )


async def test_going_on_from_a_customer(chat: Chat) -> None:
    card = await chat.card("曜源电梯")
    [reply] = await chat.press(card, "same_province")
    assert reply.card is not None
    assert reply.card.headline == "江苏：共 2 家"
    [reply] = await chat.press(card, "same_industry")
    assert reply.card is not None
    assert reply.card.headline == "电梯：共 1 家"


async def test_an_objection_is_asked_by_button(company: Database, chat: Chat) -> None:
    card = await chat.card("曜源电梯")
    press = Message("m", "console", chat.to.conversation, "E1", "press", chat.now, press=Press(card.id, "objection"))
    context = Context(REP, chat.to, "zh", chat.now, chat.memory)
    assert await chat.skill.handle(press, context) == [Ask("曜源电梯说太贵了怎么回")]


async def test_several_names_are_offered(company: Database) -> None:
    """D9: to pick from; a picked one is looked up again with the picker's eyes."""
    chat = Chat(CustomersSkill(company), company, OPS)
    card = await chat.card("查一下有限公司")
    assert [action.key for action in card.actions] == ["pick_1", "pick_2", "pick_3", "pick_4"]
    [reply] = await chat.press(card, "pick_2")
    assert reply.card is not None
    assert reply.card.headline == "苏州泓达农业机械有限公司"
    chat.person = OTHER_REP
    [reply] = await chat.press(card, "pick_2")
    assert reply.text.startswith("没有找到这个客户")


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(tmp_path: Path) -> AsyncIterator[Chat]:
    """A rep with 45 customers."""
    database = open_database(tmp_path)
    await database.write(lambda store: store.people.upsert_all([PersonRecord("E1", "张敏", Role.REP)]))
    many = [Customer(f"C{n:02}", f"第{n:02}家", annual_amount=Decimal(100 - n), owner_id="E1") for n in range(45)]
    await database.write(lambda store: store.customers.upsert_all(many))
    yield Chat(CustomersSkill(database), database)
    database.close()


async def test_pages_by_button(crowd: Chat) -> None:
    card = await crowd.card("我的客户有哪些")
    assert [action.key for action in card.actions] == ["page_2"]
    [reply] = await crowd.press(card, "page_2")
    assert reply.update is not None
    assert reply.card is not None
    assert reply.card.id == card.id
    assert reply.card.sections[0].title.startswith("第 21–40 家（共 45 家")
    assert "第20家" in reply.card.sections[0].body
    assert [action.key for action in reply.card.actions] == ["page_1", "page_3"]
    [reply] = await crowd.press(reply.card, "page_3")
    assert reply.card is not None
    assert reply.card.sections[0].body.count("\n") == 6


async def test_pages_by_typing(crowd: Chat) -> None:
    await crowd.card("我的客户有哪些")
    card = await crowd.card("下一页")
    assert card.unfolded
    assert "第20家" in card.sections[0].body
    assert "第40家" in (await crowd.card("更多")).sections[0].body
    [reply] = await crowd.say("下一页")
    assert reply.text == "后面没有了，已经是最后一页。"
    assert "第20家" in (await crowd.card("上一页")).sections[0].body


async def test_no_list_has_no_pages(chat: Chat) -> None:
    [reply] = await chat.say("下一页")
    assert reply.text.startswith("还没有可以翻页的列表")


async def test_an_old_card_says_so(chat: Chat) -> None:
    card = await chat.card("我的客户有哪些")
    chat.forget()
    [reply] = await chat.press(card, "page_2")
    assert reply.text == "这张卡片太旧了，请再问一次。"


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


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("客户", "您能查看的客户共 3 家"),
        ("所有客户", "您能查看的客户共 3 家"),
        ("全部客户", "您能查看的客户共 3 家"),
        ("Which customers are mine?", "Customers you can see: 3"),
        ("who is my biggest customer", "The customer with the largest yearly purchases"),
        ("我最大的客户是谁", "年采购额最大的 1 家"),
    ],
)
async def test_everyday_ways_to_ask_for_a_list(chat: Chat, text: str, headline: str) -> None:
    """A8: claimed by this skill, and answered without a word that was not understood."""
    assert await chat.claims(text)
    [reply] = await chat.say(text)
    assert (reply.text, reply.card and reply.card.headline) == ("", headline)


@pytest.mark.parametrize(
    "text", ["客户嫌贵", "请客户吃饭", "客户来了", "他们嫌贵怎么办", "新客户怎么开发", "团队怎么带", "导出按钮在哪"]
)
async def test_what_is_not_about_the_list_is_left_to_others(chat: Chat, text: str) -> None:
    assert not await chat.claims(text)


async def test_an_export_is_not_there_yet(chat: Chat) -> None:
    """Said honestly, with the list."""
    for text in ("导出我的客户", "把客户名单导出成Excel", "export my customers"):
        assert await chat.claims(text)
        [reply] = await chat.say(text)
        assert reply.text in {
            "还不能导出成文件，先把名单列在这里。",
            "There is no export to a file yet; here is the list.",
        }
        assert reply.card is not None
        assert "泓达" in reply.card.sections[0].body


async def test_who_has_the_most_customers(company: Database) -> None:
    """D9: among the owners of the customers that the asker may see; a follow-up keeps the question."""
    chat = Chat(CustomersSkill(company), company, DIRECTOR)
    card = await chat.card("团队里谁的客户最多")
    assert card.headline == "张敏的客户最多：3 家（共 2 位负责人）"
    assert card.summary.splitlines() == ["张敏：3 家，年采购额 410 万元", "王磊：1 家，年采购额 800 万元"]
    assert (await chat.card("那华南呢")).headline == "华南：王磊的客户最多：1 家（共 1 位负责人）"
    [reply] = await Chat(CustomersSkill(company), company).say("团队里谁的客户最多")
    assert reply.text == "您能查看的客户都由您自己负责：3 家。"


async def test_who_is_in_the_team(company: Database) -> None:
    """D9: the people whom the asker may see; a rep sees nobody else."""
    for text in ("我的团队有谁", "who is on my team"):
        card = await Chat(CustomersSkill(company), company, MANAGER).card(text)
        assert card.summary.startswith("张敏 · ")
        assert "王磊" not in repr(card)
    [reply] = await Chat(CustomersSkill(company), company, REP).say("我的团队有谁")
    assert reply.text == "您在华东组。同事名单只对主管和总监开放。"
    assert reply.card is None


async def test_the_public_pool(tmp_path: Path) -> None:
    """Customers without an owner, for whoever may see them."""
    database = open_database(tmp_path)
    await database.write(fill)
    await database.write(lambda store: store.customers.upsert(Customer("C9", "常州无主机械有限公司", region="华东")))
    card = await Chat(CustomersSkill(database), database, OPS).card("公海客户有哪些")
    assert card.headline == "公海：共 1 家"
    assert (await Chat(CustomersSkill(database), database, OPS).card("没人负责的客户有哪些")).headline == card.headline
    [reply] = await Chat(CustomersSkill(database), database, REP).say("公海客户有哪些")
    assert reply.text == "您能查看的范围内没有公海客户。"
    database.close()


async def test_customers_that_were_added_last_month(tmp_path: Path) -> None:
    """By the date of creation, in the company's time zone; without such dates it says so."""
    database = open_database(tmp_path)
    await database.write(fill)
    chat = Chat(CustomersSkill(database), database)
    assert await chat.claims("上个月新增的客户")
    [reply] = await chat.say("上个月新增的客户")
    assert reply.text.startswith("客户资料里没有创建日期")
    new = [
        Customer(f"N{n}", f"新户{n}", owner_id="E1", created=date.fromisoformat(day))
        for n, day in enumerate(("2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01"))
    ]
    await database.write(lambda store: store.customers.upsert_all(new))
    card = await chat.card("上个月新增的客户")
    assert card.headline == "2026-06-01 至 2026-06-30 建档：共 2 家"
    [reply] = await chat.say("今年新增了多少客户")
    assert reply.text == "2026-01-01 至 2026-07-15 建档：您能查看的客户共 4 家。"
    [reply] = await chat.say("那本月呢")
    assert reply.text == "2026-07-01 至 2026-07-15 建档：您能查看的客户共 1 家。"
    database.close()


async def test_it_means_the_customer_shown_last(chat: Chat) -> None:
    """D4: 它, 那…呢; after a list nobody knows which one "it" is."""
    assert (await chat.card("曜源电梯最近怎么样")).headline == "无锡曜源电梯部件有限公司"
    for text in ("它的年采购额是多少", "它属于什么行业", "what is its yearly purchase volume"):
        assert await chat.claims(text)
        assert (await chat.card(text)).headline == "无锡曜源电梯部件有限公司"
    assert (await chat.say("它是谁负责"))[0].text == "无锡曜源电梯部件有限公司：由您负责。"
    assert await chat.claims("那苏州泓达呢")
    assert (await chat.card("那苏州泓达呢")).headline == "苏州泓达农业机械有限公司"
    await chat.card("我的客户有哪些")
    assert not await chat.claims("它的年采购额是多少")
    assert (await chat.say("它的年采购额是多少"))[0].text == "您说的是哪一家客户？请说出名称。"


async def test_the_owner_stands_near_the_name(company: Database) -> None:
    """Wide tables are cut at the right."""
    card = await Chat(CustomersSkill(company), company, MANAGER).card("团队的客户")
    assert card.sections[0].body.startswith("| 客户 | 年采购额 | 负责人 |")


async def test_who_saw_which_customers_is_kept(chat: Chat, company: Database) -> None:
    """D10."""
    await chat.say("曜源电梯是谁负责")
    newest = (await company.read(lambda store: store.audit.listing(OPS, limit=1)))[0]
    assert (newest.actor, newest.action, newest.detail["customers"]) == ("E1", "customers.one", ["C2"])
