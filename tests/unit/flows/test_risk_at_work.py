"""A5 in the bot: a dialogue that pauses is looked at as a whole; a high risk becomes one signal with its reasons."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.coaching import make_desk
from bot.contracts import Role
from bot.contracts.listening import Dialogue, Side, Source, Utterance
from bot.flows.listening import Ears, ListeningFlow
from bot.flows.risk import RiskFlow
from config.settings import load_settings
from knowledge.retrieval.embedder import make_embedder
from knowledge.risk.features import FEATURES
from knowledge.risk.prior import prior_model
from knowledge.risk.shelf import ModelShelf
from knowledge.risk.telling import KEPT, KIND
from knowledge.signals.calibration import Calibration
from knowledge.signals.detector import Detector
from knowledge.signals.load import load_kinds
from skills.coaching.cards import Maker, Shown
from skills.coaching.casework import Desk
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.people import PersonRecord
from storage.repositories.signals import StoredSignal
from storage.store import Store

NOW = datetime(2026, 3, 30, 2, tzinfo=UTC)  # Monday, ten in the morning
OURS, THEIRS = Side.OURS, Side.THEIRS
ROOM = "wr1:2026-W14"
PITCH = "我们的激光器是自己研发的，切割速度快，断面好，能耗低，服务网点全国有三十多个，备件二十四小时到货。" * 12
LOSING = (
    (OURS, "样件照片发您了", 60.0),
    (THEIRS, "收到，谢谢，很满意", 59.8),
    (OURS, "报价发您了", 59.5),
    (THEIRS, "好的", 59.3),
    (OURS, "配置清单也发您了", 59.0),
    (THEIRS, "好的", 58.8),
    (OURS, PITCH, 58.0),
    (THEIRS, "恒利达比你们便宜两成，你们太贵了", 40.0),
    (OURS, PITCH, 39.0),
    (THEIRS, "太失望了，你们这样我们没法合作", 3.0),
    (OURS, PITCH, 2.0),
)
CALM = (
    (THEIRS, "样件切得很好，很满意", 6.0),
    (OURS, "谢谢！您看下一步怎么安排？", 5.5),
    (THEIRS, "周三上午我们开会定，合同发我吧", 5.0),
    (OURS, "好的，周三上午十点见，合同今天发您", 4.0),
    (THEIRS, "好，王总也会参加", 3.0),
)


class Clock:
    at = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """The half-hourly look on stored dialogues, with the real detector and the model in use."""

    database: Database
    desk: Desk
    flow: ListeningFlow
    risk: RiskFlow
    clock: Clock
    shelf: ModelShelf
    told: list[str] = field(default_factory=list)

    async def say(self, said: Sequence[tuple[Side, str, float]], customer_id: str = "C1") -> None:
        """Messages of a room, each so many hours ago."""

        def keep(store: Store) -> None:
            record = DialogueRecord(ROOM, Source.CHAT, NOW, customer_id, "E1", begun_at=NOW, state="ready", room="wr1")
            store.dialogues.open(record)
            store.dialogues.add(ROOM, [_utterance(number, one) for number, one in enumerate(said)])

        await self.database.write(keep)

    async def watch(self) -> list[StoredSignal]:
        await self.flow.watch(self.clock.now())
        since, until = NOW - timedelta(days=9), NOW + timedelta(days=9)
        return await self.database.read(lambda store: store.signals.between(since, until, [KIND]))


def _utterance(number: int, said: tuple[Side, str, float]) -> Utterance:
    side, text, hours = said
    return Utterance(f"m{number}", text, side, at=NOW - timedelta(hours=hours))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def detector() -> Detector:
    return await Detector.make(load_kinds(), make_embedder("use"), {"恒利达": ["恒利达"]})


@pytest_asyncio.fixture
async def house(migrated_sqlite_url: str, tmp_path: Path, detector: Detector) -> AsyncIterator[House]:
    database, clock, desk = Database(migrated_sqlite_url), Clock(), make_desk(load_settings(data=tmp_path))

    def fill(store: Store) -> None:
        store.people.upsert(PersonRecord("E1", "张敏", Role.REP, "华东组", ("华东",)))
        store.customers.upsert(Customer("C1", "苏州泓达", owner_id="E1", annual_amount=Decimal(9_000_000)))

    async def make(_names: Any, _calibration: Calibration) -> Detector:
        return detector

    async def by_rules(_dialogue: Dialogue, _new: Sequence[str]) -> list[str]:
        return []

    await database.write(fill)
    told: list[str] = []

    async def consider(ids: Sequence[str]) -> None:
        told.extend(ids)

    unused: Any = None
    ears = Ears(make, dict, database)
    risk = RiskFlow(database, clock, ears.detector, tmp_path / "risk", desk.zone)
    flow = ListeningFlow(database, unused, clock, desk, ears, consider, unused, by_rules, risk.fired)
    yield House(database, desk, flow, risk, clock, ModelShelf(tmp_path / "risk"), told)
    database.close()


async def test_a_losing_conversation_gives_one_signal_with_its_reasons(house: House) -> None:
    """A5: twelve values or missing, each with its contribution; told at a high risk, once a day."""
    await house.say(LOSING)
    [signal] = await house.watch()
    features = json.loads(signal.facts[KEPT])["features"]
    assert list(features) == [one.key for one in FEATURES]
    assert features["voice_deviation"] == [None, 0.0]
    assert features["objection"][0] > 0.8
    assert features["objection"][1] > 0
    assert signal.id in house.told
    assert (signal.facts["percent"], signal.facts["of"]) == (f"{100 * signal.sureness:.0f}", "12")
    assert "推高风险" in signal.facts["top"]
    assert "拉低风险" not in signal.facts["top"]
    assert await house.watch() == [signal]
    prompts = await house.database.read(
        lambda s: house.desk.prompts(s, house.desk.affairs(s, s.signals.these(set(house.told))), NOW)
    )
    assert [(one.state, one.reason) for one in prompts if one.kind == KIND] == [("withheld", "not_top")]
    [alone] = await house.database.read(lambda s: house.desk.prompts(s, house.desk.affairs(s, [signal]), NOW))
    assert (alone.state, alone.person_id, alone.priority) == ("sent", "E1", "normal")


async def test_the_unfolded_card_shows_every_reason_and_what_is_missing(house: House) -> None:
    """A5, A8: one line first; unfolded the contributions with their sign, in the reader's language."""
    await house.say(LOSING)
    [signal] = await house.watch()
    shown = Shown(house.desk.kinds[KIND], signal.signal, "泓达")
    card = Maker("zh", "https://x", NOW).prompt(shown)
    assert card.headline == f"这段对话像要出问题：风险 {signal.facts['percent']}%"
    lines = {one.title: one.body for one in card.sections}["风险从哪来"].splitlines()
    assert lines[0].startswith("- +")
    assert lines[-1].startswith("- 缺 ")
    assert "音高与音量、停顿与耐心、打断" in lines[-1]
    known = int(signal.facts["known"])
    assert (len(lines), lines[-1].count("、")) == (known + 1, 12 - known - 1)
    english = Maker("en", "https://x", NOW).prompt(shown)
    assert "Missing (" in {one.title: one.body for one in english.sections}["Where the risk comes from"]


async def test_nothing_is_said_of_a_calm_one_of_nobodys_and_before_it_pauses(house: House) -> None:
    """A5, A6: silence is better than a false alarm."""
    await house.say(CALM)
    assert await house.watch() == []
    nobodys = Dialogue(ROOM, Source.CHAT, tuple(_utterance(n, one) for n, one in enumerate(LOSING)))
    assert await house.risk.fired(nobodys) == []
    house.clock.at = NOW - timedelta(hours=1, minutes=45)
    running = Dialogue(ROOM, Source.CHAT, nobodys.utterances, "C1", "E1")
    assert await house.risk.fired(running) == []
    house.clock.at = NOW
    assert len(await house.risk.fired(running)) == 1


async def test_the_model_in_use_decides(house: House) -> None:
    """A5, A6: a model without a threshold never warns, and a damaged one neither; prompts go on."""
    await house.say(LOSING)
    never = prior_model().model_copy(update={"version": 1, "high": None})
    house.shelf.keep(never, "")
    house.shelf.use(1)
    assert await house.watch() == []
    assert house.told != []
    house.shelf.path(1).write_text("{}")
    assert await house.watch() == []
