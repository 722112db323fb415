"""A small company, a small playbook, and a chat that keeps what a conversation keeps."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from bot.contracts import Address, Card, Context, Message, Outcome, Person, Press, Remember, Reply, Role, Skill
from bot.contracts.skill import Claims
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.library import Library
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.people import PersonRecord
from storage.store import Store

NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
SAMPLE = Path("config/sample_company/playbook")
IDS = {
    "price-too-expensive", "discount-again", "competitor-cheaper", "after-sales-worry", "wait-and-see", "agri-season",
    "auto-takt-trace", "payment-overdue", "quote-presentation", "promo-fair-2025", "care-renewal", "kickback-request",
}  # fmt: skip

REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
OTHER_REP = Person("E2", "王磊", Role.REP, "华南组", ("华南",), "M2")
MANAGER = Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",), "D1")
DIRECTOR = Person("D1", "沈国华", Role.DIRECTOR, "东南大区", ("华东", "华南"))
OPS = Person("O1", "周敏", Role.SALES_OPS, "销售运营部")
PEOPLE = (REP, OTHER_REP, MANAGER, DIRECTOR, OPS)
CUSTOMERS = (
    Customer("C1", "苏州泓达农业机械有限公司", "泓达农机", "农机", "江苏", "华东", Decimal(3_200_000), "E1", tier="B"),
    Customer("C2", "无锡曜源电梯部件有限公司", "曜源电梯", "电梯", "江苏", "华东", Decimal(900_000), "E1", tier="C"),
    Customer(
        "C3", "佛山铭科汽车零部件有限公司", "铭科", "汽车零部件", "广东", "华南", Decimal(8_000_000), "E2", tier="A"
    ),
    Customer("C4", "杭州|睿格*钣金*制品有限公司", "睿格", "钣金加工", "浙江", "华东", None, "E1"),
)


def fill(store: Store) -> None:
    """Put the company into a database."""
    store.people.upsert_all([_record(person) for person in PEOPLE])
    store.customers.upsert_all(CUSTOMERS)


def open_database(folder: Path) -> Database:
    """A migrated SQLite database."""
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    database.migrate()
    return database


def small_folder(folder: Path) -> Path:
    """A dozen talk-tracks of the sample company, with their English versions, and two competitors."""
    for part, names in (("talktracks", IDS), ("competitors", {"henglida", "huachen"})):
        (folder / part).mkdir(parents=True)
        for path in (SAMPLE / part).glob("*.md"):
            if path.name.split(".")[0] in names:
                shutil.copy(path, folder / part)
    return folder


async def open_playbook(database: Database, library: Library, folder: Path) -> Playbook:
    """The small playbook, imported and indexed in a collection named after the folder."""
    playbook = Playbook(database, library.collection(folder.name))
    report = await playbook.import_folder(small_folder(folder / "files"), "O1")
    assert report.faults == ()
    assert await playbook.refresh() == ()
    return playbook


class Chat:
    """One person's conversation with one skill: memory and cards are kept as bot.flows keeps them."""

    _numbers = count()

    def __init__(self, skill: Skill, database: Database, person: Person = REP, language: str = "zh") -> None:
        self.skill = skill
        self.person = person
        self.language = language
        self.now = NOW
        self.to = Address("console", f"{person.id}-{next(self._numbers)}")
        self._database = database
        self.memory: dict[str, object] = {}

    async def say(self, text: str) -> list[Reply]:
        """Say something; the replies."""
        return await self._happen(self._message("text", text))

    async def claims(self, text: str) -> bool:
        """Whether the skill, having answered last, knows a text to be its own."""
        context = Context(self.person, self.to, self.language, self.now, self.memory)
        return isinstance(self.skill, Claims) and await self.skill.claims(text, context)

    async def press(self, card: Card, action: str) -> list[Reply]:
        """Press a button; the replies."""
        press = Press(card.id, action, handle=f"handle-{next(self._numbers)}")
        return await self._happen(self._message("press", "", press))

    async def card(self, text: str) -> Card:
        """Say something that is answered by one card."""
        replies = await self.say(text)
        cards = [reply.card for reply in replies if reply.card]
        assert len(cards) == 1, replies
        return cards[0]

    def forget(self) -> None:
        """As after a long time."""
        self.memory = {}

    def _message(self, kind: str, text: str, press: Press | None = None) -> Message:
        self.now += timedelta(seconds=1)
        number = next(self._numbers)
        return Message(
            f"m-{number}",
            self.to.channel,
            self.to.conversation,
            self.person.id,
            kind,  # type: ignore[arg-type]  # one of MessageKind
            self.now,
            text=text,
            press=press,
        )

    async def _happen(self, message: Message) -> list[Reply]:
        context = Context(self.person, self.to, self.language, self.now, self.memory)
        outcomes = await self.skill.handle(message, context)
        await self._database.write(lambda store: self._keep(store, message, outcomes))
        return [outcome for outcome in outcomes if isinstance(outcome, Reply)]

    def _keep(self, store: Store, message: Message, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Remember):
                store.conversations.remember(self.to, self.skill.name, outcome.values, self.now)
                self.memory = store.conversations.memory(self.to, self.skill.name)
            elif isinstance(outcome, Reply) and outcome.card and outcome.update:
                store.cards.replace(outcome.card, self.now)
            elif isinstance(outcome, Reply) and outcome.card:
                store.cards.add(outcome.card, self.skill.name, self.to, self.person.id, message.id, self.now)


def _record(person: Person) -> PersonRecord:
    return PersonRecord(
        person.id,
        person.name,
        person.role,
        person.team,
        person.regions,
        person.manager_id,
        accounts={"console": person.id},
    )
