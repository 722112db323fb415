"""A language model on the emulated endpoint, with everything around it that the composition root gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.llm.adapter import LanguageModel
from adapters.llm.budget import Ledger, MemoryLedger
from adapters.llm.notice import Notice
from config.groups.llm import Llm
from tests.emulators.llm import LlmEmulator
from tests.emulators.llm.emulator import KEY, MODEL

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = ("王小明", "苏州华辰精密机械有限公司", "华辰", "Acme Robotics", "汉诺威精机")


@dataclass
class StillClock:
    """A clock that moves only when told."""

    at: datetime = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """What surrounds the model: names, ledger, and where notices go."""

    emulator: LlmEmulator
    names: Collection[str] = NAMES
    ledger: Ledger = field(default_factory=MemoryLedger)
    clock: StillClock = field(default_factory=StillClock)
    notices: list[Notice] = field(default_factory=list)
    opened: list[LanguageModel] = field(default_factory=list)
    calls: list[tuple[str, int, int]] = field(default_factory=list)  # how they ended, tokens asked and written
    judgements: list[bool] = field(default_factory=list)

    def model(self, **settings: Any) -> LanguageModel:
        """A model with these settings; short times, so that tests are quick."""
        given = {
            "enabled": True, "provider": "server", "model": MODEL, "base_url": self.emulator.base_url, "api_key": KEY,
            "seconds": 10, "first_token_seconds": 5, "draft_seconds": 0.1,
        }  # fmt: skip
        model = LanguageModel(
            Llm(**(given | settings)),
            names=self._known,
            ledger=self.ledger,
            report=self._report,
            tally=self,
            clock=self.clock,
            zone=SHANGHAI,
        )
        self.opened.append(model)
        return model

    def model_called(self, model: str, result: str, *, seconds: float, asked: int, written: int) -> None:
        """See `adapters.llm.tally.Tally`."""
        assert model == MODEL
        assert seconds >= 0
        self.calls.append((result, asked, written))

    def model_judged(self, model: str, *, used: bool) -> None:
        """See `adapters.llm.tally.Tally`."""
        assert model == MODEL
        self.judgements.append(used)

    def kinds(self) -> list[str]:
        """What was told, in order."""
        return [notice.kind for notice in self.notices]

    async def _known(self) -> Collection[str]:
        return self.names

    async def _report(self, notice: Notice) -> None:
        self.notices.append(notice)


@pytest.fixture
async def emulator() -> AsyncIterator[LlmEmulator]:
    emulator = await LlmEmulator().start()
    yield emulator
    await emulator.stop()


@pytest.fixture
async def house(emulator: LlmEmulator) -> AsyncIterator[House]:
    house = House(emulator)
    yield house
    for model in house.opened:
        await model.close()


@pytest.fixture
def drafts() -> tuple[list[str], Callable[[str], Awaitable[None]]]:
    """Where drafts go, and what puts them there."""
    shown: list[str] = []

    async def show(text: str) -> None:
        shown.append(text)

    return shown, show
