"""A small company that writes with its customers, with the real detector; no app is started."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.contracts import Person, Role
from bot.contracts.listening import Side, Source, Utterance
from bot.flows.rules import PolicyView, RuleFlow
from config.settings import load_settings
from knowledge.retrieval.bundled_models import use as use_model
from knowledge.signals.detector import Detector
from knowledge.signals.load import load_kinds
from skills.coaching.casework import Desk
from skills.rules.desk import Asker, RuleDesk, Shown
from skills.rules.matching import Matcher
from skills.rules.preview import Past
from skills.rules.skill import RulesSkill
from skills.rules.subjects import Subjects
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.people import PersonRecord
from storage.repositories.prompts import Prompt
from storage.store import Store

NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Shanghai
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
OTHER = Person("E2", "王磊", Role.REP, "华南组", ("华南",), "M2")
MANAGER = Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",))
NAMES = {"恒力达": ("恒力达激光", "HLD")}
KINDS = load_kinds()


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Team:
    """Storage, rules and policy, put together as bot/rules.py and bot/coaching.py do it."""

    database: Database
    clock: Clock
    desk: Desk
    flow: RuleFlow
    rules: RuleDesk
    skill: RulesSkill

    def asker(self, person: Person = REP, language: str = "zh") -> Asker:
        return Asker(person, language, self.clock.at)

    async def rule(self, sentence: str, person: Person = REP) -> Shown:
        """A rule that is on."""
        shown = await self.rules.draft(sentence, self.asker(person))
        assert isinstance(shown, Shown), shown
        assert await self.rules.switch(shown.rule, "live", self.asker(person))
        return shown

    async def write(self, *said: Utterance, customer: str = "C1", day: int = 0) -> str:
        """The customer's room of that week."""
        begun = NOW - timedelta(days=day)
        id_, person = f"{customer}:{day}", "E2" if customer == "C3" else "E1"

        def keep(store: Store) -> None:
            store.dialogues.open(
                DialogueRecord(id_, Source.CHAT, begun, customer, person, begun_at=begun, state="ready", room=customer)
            )
            store.dialogues.add(id_, said)

        await self.database.write(keep)
        return id_

    async def hear(self, dialogue_id: str, *new: str) -> list[str]:
        """As the listening flow asks when something new was said."""
        dialogue = await self.database.read(lambda store: store.dialogues.read(dialogue_id))
        assert dialogue is not None
        return await self.flow.fired(dialogue, new or None)

    async def decided(self, ids: list[str]) -> list[Prompt]:
        """What the policy makes of signals."""

        def decide(store: Store) -> list[Prompt]:
            return self.desk.prompts(store, self.desk.affairs(store, store.signals.these(ids)), self.clock.at)

        return await self.database.read(decide)


def says(number: int, text: str, side: Side = Side.THEIRS, hours: float = 0) -> Utterance:
    """One message, a minute after the one before."""
    return Utterance(f"m{number}", text, side, "", NOW + timedelta(hours=hours, minutes=number))


def fill(store: Store) -> None:
    """Two teams; C1 is in the pilot, C2 isn't, C3 belongs to the other rep."""
    people = (REP, OTHER, MANAGER)
    store.people.upsert_all([PersonRecord(p.id, p.name, p.role, p.team, p.regions, p.manager_id) for p in people])
    store.customers.upsert_all(
        [
            Customer("C1", "苏州恒锐精密机械有限公司", "恒锐", annual_amount=Decimal(8_200_000), owner_id="E1"),
            Customer("C2", "无锡泓达金属制品有限公司", "泓达", annual_amount=Decimal(310_000), owner_id="E1"),
            Customer("C3", "佛山铭科汽车零部件有限公司", "铭科", annual_amount=Decimal(9_000_000), owner_id="E2"),
        ]
    )


@pytest.fixture(scope="session")
def detector() -> Detector:
    """With the real model."""
    return asyncio.run(Detector.make(KINDS, use_model(), NAMES))


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database, made once."""
    folder = tmp_path_factory.mktemp("filled")
    database = Database(load_settings(data=folder).database_url)
    database.migrate()
    asyncio.run(database.write(fill))
    database.close()
    return folder


@pytest_asyncio.fixture
async def team(filled: Path, tmp_path: Path, detector: Detector) -> AsyncIterator[Team]:
    """The amount alone decides about the pilot (TOP 0)."""
    shutil.copytree(filled, tmp_path / "data")
    settings = load_settings(data=tmp_path / "data", coaching={"top": 0, "most_rules": 2})
    database, clock = Database(settings.database_url), Clock()

    async def made() -> Detector:
        return detector

    desk = Desk(KINDS, settings.coaching, ZoneInfo(settings.time_zone))
    matcher = Matcher(made)
    rules = RuleDesk(Past(database, matcher, PolicyView(desk), desk.zone), Subjects(desk.kinds, made), 2)
    yield Team(database, clock, desk, RuleFlow(database, clock, matcher), rules, RulesSkill(rules, "http://x"))
    database.close()
