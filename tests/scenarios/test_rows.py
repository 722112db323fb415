"""D9: nobody reads a customer's name that isn't theirs: every role, at every door, in the whole sample company.

Who may see whom is worked out here from the company's own lists, as the requirements say it, not from the code's WHERE.
"""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import open_playbook
from bot.contracts.person import OPERATOR
from config.sample_company.generate import generate
from config.settings import load_settings
from skills.customers.examples import EXAMPLES
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.people import import_people
from tests.emulators.llm import LlmEmulator
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.browser import browser, words
from tests.scenarios.company import playbook
from tests.scenarios.slack import SlackMember
from tests.scenarios.thinking import saying, thinks
from tests.scenarios.world import QUICK, World, phones, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUTING = Path(__file__).parents[1] / "evals" / "routing" / "questions.jsonl"
MORE = (
    "列出所有客户",
    "全部客户的年采购额",
    "各区域各有多少客户",
    "每个销售各有多少客户",
    "公海客户有哪些",
    "把客户名单导出成表格",
    "list all customers of the company",
)
VIEWERS = {
    "rep": "E1001",
    "manager": "E2001",
    "director": "E3001",
    "channel_owner": "E5001",
    "ops": "E4001",
    "admin": "E9001",
}
SEE_ALL = {"ops", "admin"}
FEW = 10  # questions for those to whom nothing is forbidden: enough to see that they read of everybody's
INVENTED = "苏州云上无名设备有限公司"
Row = Mapping[str, str]


def customer_questions() -> list[str]:
    """Every question about customers that the project has, in both languages."""
    asked = [json.loads(line) for line in ROUTING.read_text(encoding="utf-8").splitlines() if line]
    routed = [question["text"] for question in asked if question["skill"] == "customers"]
    return list(dict.fromkeys([*routed, *(example.text for example in EXAMPLES), *MORE]))


@dataclass(frozen=True)
class Company:
    """The lists, and what follows from them."""

    data: Path
    people: list[Row]
    customers: list[Row]
    short: Mapping[str, str]  # number -> how the customer is called for short
    _forbidden: dict[str, frozenset[str]] = field(default_factory=dict)  # role -> names, worked out once

    def person(self, role: str) -> Row:
        """Who looks."""
        return next(row for row in self.people if row["工号"] == VIEWERS[role])

    def owned(self, role: str) -> list[Row]:
        """The customers that this role's person may see."""
        viewer = self.person(role)
        if role in SEE_ALL:
            return self.customers
        if role == "director":
            regions = viewer["大区"].split("、")
            return [row for row in self.customers if row["大区"] in regions]
        team = {viewer["工号"]}
        if role == "manager":
            team |= {
                row["工号"] for row in self.people if row["上级工号"] == viewer["工号"] or row["团队"] == viewer["团队"]
            }
        return [row for row in self.customers if row["负责人工号"] in team]

    def names(self, rows: Iterable[Row]) -> set[str]:
        """Full and short ones."""
        return {name for row in rows for name in (row["客户名称"], self.short[row["客户编号"]])}

    def forbidden(self, role: str) -> frozenset[str]:
        """Names that would tell of somebody else's customer; a short name may also be part of one's own."""
        if role not in self._forbidden:
            own = "\n".join(self.names(self.owned(role)))
            self._forbidden[role] = frozenset(name for name in self.names(self.customers) if name not in own)
        return self._forbidden[role]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The sample company, loaded as `xiaoce run --sample` loads it, with a part of its playbook."""
    folder = tmp_path_factory.mktemp("sample")
    await asyncio.to_thread(generate, folder / "lists", today=date(2026, 3, 18))
    people, customers = folder / "lists/hr/people.csv", folder / "lists/crm/customers.csv"
    settings = load_settings(data=folder / "data")
    settings.data.mkdir()
    database = Database(settings.database_url)
    try:
        database.migrate()
        assert not (await import_people(database, people)).rejected
        assert not (await import_customers(database, customers)).rejected
        await open_playbook(settings, database).import_folder(playbook(folder / "playbook"), "operator")
        everybody = await database.read(lambda store: store.customers.visible_to(OPERATOR, limit=10_000))
    finally:
        database.close()
    short = {customer.id: customer.short_name for customer in everybody}
    return Company(settings.data, _rows(people, "utf-8-sig"), _rows(customers, "gb18030"), short)


def _rows(path: Path, encoding: str) -> list[Row]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def llm() -> AsyncIterator[LlmEmulator]:
    """A model that listens to everything that leaves."""
    llm = await LlmEmulator().start()
    llm.says(saying())
    yield llm
    await llm.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def emulator() -> AsyncIterator[WecomEmulator]:
    """Nobody writes there; the bot is connected to it as always."""
    async with phones() as emulator:
        yield emulator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack(company: Company) -> AsyncIterator[SlackEmulator]:
    """The company's workspace."""
    users = {row["Slack账号"]: row["姓名"] for row in company.people if row["Slack账号"]}
    async with SlackEmulator(users=users, burst=QUICK[0]) as slack:
        yield slack


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    company: Company, emulator: WecomEmulator, slack: SlackEmulator, llm: LlmEmulator
) -> AsyncIterator[World]:
    """The running bot."""
    async with running(company.data, emulator, slack, llm=thinks(llm)) as world:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(world.app.adapters["slack"], "limit", QUICK)
            yield world


def member(world: World, company: Company, role: str) -> SlackMember:
    """This role's person in Slack."""
    return SlackMember(world, company.person(role)["Slack账号"])


def leaked(text: str, company: Company, role: str) -> list[str]:
    """Names in a text that this role may not read."""
    return sorted(name for name in company.forbidden(role) if name in text)


async def test_the_lists_make_every_role_different(company: Company) -> None:
    """The tests below can fail: everybody but those who see all has something that they may not see."""
    seen = {role: len(company.owned(role)) for role in VIEWERS}
    assert 0 < seen["rep"] < seen["manager"] < seen["director"] < seen["ops"] == len(company.customers) == 400
    assert all(company.forbidden(role) for role in VIEWERS if role not in SEE_ALL)


async def test_answers_name_permitted_customers_only(world: World, company: Company) -> None:
    """Every question about customers, asked by every role."""
    seen: dict[str, set[str]] = {role: set() for role in VIEWERS}

    async def ask(role: str) -> None:
        questions = customer_questions()
        for question in questions[:FEW] if role in SEE_ALL else questions:
            answer = (await member(world, company, role).say(question)).words
            assert answer, question
            assert leaked(answer, company, role) == [], (role, question)
            seen[role] |= {name for name in company.names(company.customers) if name in answer}

    await asyncio.gather(*map(ask, VIEWERS))
    for role in VIEWERS:
        assert bool(seen[role]) == bool(company.owned(role)), f"{role}: the probe saw what there is to see"
    assert seen["ops"] - company.names(company.owned("rep")), "who sees all reads of others' customers"


@pytest.mark.parametrize("role", [role for role in VIEWERS if role not in SEE_ALL])
@pytest.mark.parametrize("question", ["{}是谁负责", "查一下{}", "{}的情况", "who owns {}"])
async def test_somebody_else_s_customer_and_an_invented_one_get_the_same_answer(
    world: World, company: Company, role: str, question: str
) -> None:
    """An answer must not tell that there is such a customer."""
    theirs = next(row["客户名称"] for row in company.customers if row["客户名称"] in company.forbidden(role))
    one = member(world, company, role)
    invented = (await one.say(question.format(INVENTED))).words
    assert (await one.say(question.format(theirs))).words.replace(theirs, INVENTED) == invented


@pytest.mark.parametrize("role", VIEWERS)
async def test_the_console_names_permitted_customers_only(world: World, company: Company, role: str) -> None:
    """The chat, its history, and every page that can be opened without an id."""
    paths = {
        route.resource.canonical
        for route in world.app.server.application.router.routes()
        if route.method == "GET" and route.resource and "{" not in route.resource.canonical
    }
    async with browser(world, VIEWERS[role]) as window:
        said = words(await window.say("我的客户有哪些" if role in {"rep", "channel_owner"} else "前十大客户"))
        assert leaked(said, company, role) == []
        assert any(name in said for name in company.names(company.owned(role))) == bool(company.owned(role))
        assert {"/", "/chat/history", "/playbook", "/sessions"} <= paths
        for path in paths - {"/chat/stream"}:
            _, text = await window.page(path)
            text = json.dumps(json.loads(text), ensure_ascii=False) if text.startswith("{") else text
            assert leaked(text, company, role) == [], path


@pytest.mark.parametrize("role", VIEWERS)
async def test_the_home_tab_names_permitted_customers_only(world: World, company: Company, role: str) -> None:
    """What stands there, and what its buttons carry unseen."""
    shown = json.dumps(await member(world, company, role).home(), ensure_ascii=False)
    assert leaked(shown, company, role) == []
    named = any(name in shown for name in company.names(company.owned(role)))
    assert named == (role == "rep"), "who has customers of their own reads which; who leads reads whose, and how many"


async def test_the_language_model_is_told_no_customer_s_name_at_all(
    world: World, company: Company, llm: LlmEmulator
) -> None:
    """D10: not even a permitted one; whoever asks, and whatever was asked before in these conversations."""

    async def ask(role: str) -> None:
        one, own = member(world, company, role), company.owned(role)
        theirs = [row for row in company.customers if row["客户名称"] in company.forbidden(role)]
        for row in (*own[:1], *theirs[:1]):
            await one.say(f"{row['客户名称']}嫌贵怎么回")
            await one.say(f"{company.short[row['客户编号']]}那边又在磨叽，老板不点头，我想换个说法")

    before = len(llm.requests)
    await asyncio.gather(*map(ask, VIEWERS))
    told = [asked.data for asked in llm.requests[before:]]
    for question in ("嫌贵怎么回", "又在磨叽"):
        assert [text for text in told if question in text and "⟦" in text], "the question itself, with the name masked"
    names = company.names(company.customers)
    for text in {asked.everything for asked in llm.requests}:
        assert sorted(name for name in names if name in text) == []
