"""D1: one answer waits for the model once, however often it is asked, and less where nobody sees it written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from adapters.llm.adapter import LanguageModel
from bot.contracts import Adapter
from bot.contracts.model import NoModel, OnDraft, Writing
from bot.flows.patience import Patience, PatientModel

TASK = Writing("写。", "资料")


@dataclass
class Slow(NoModel):
    """A model that takes its time, and notes how its calls end."""

    seconds: float
    ended: list[str] = field(default_factory=list)
    available: bool = True  # type: ignore[misc]  # NoModel's is a constant

    async def write(self, task: Writing, on_draft: OnDraft | None = None) -> str | None:
        try:
            await asyncio.sleep(self.seconds)
            if on_draft:
                await on_draft("草稿")
            self.ended.append("well")
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return "好"


@dataclass
class Platform:
    drafts: bool


def place(*, drafts: bool) -> Adapter:
    return cast(Adapter, Platform(drafts))


def patient(model: Slow) -> PatientModel:
    return PatientModel(cast(LanguageModel, model))


async def test_all_questions_of_one_answer_share_the_time() -> None:
    model = patient(Slow(0.15))
    with Patience(0.25, 9).one_answer(place(drafts=True)):
        assert await model.write(TASK) == "好"
        assert await model.write(TASK) is None, "0.1 s were left"
        assert not model.available
        assert await model.write(TASK) is None
    assert model.available
    assert await model.write(TASK) == "好", "outside nobody waits"
    await model.close()


@pytest.mark.parametrize(("drafts", "answer"), [(True, "好"), (False, None)])
async def test_less_where_nobody_sees_it_written(drafts: bool, answer: str | None) -> None:
    model = patient(Slow(0.1))
    with Patience(9, 0.02).one_answer(place(drafts=drafts)):
        assert await model.write(TASK) == answer
    await model.close()


async def test_what_comes_too_late_goes_on_unheard_and_shows_no_draft() -> None:
    """The model must find out that it is slow; its drafts would stand behind the answer."""
    slow, shown = Slow(0.1), []

    async def show(text: str) -> None:
        shown.append(text)

    model = patient(slow)
    with Patience(0.02, 0.02).one_answer(place(drafts=True)):
        assert await model.write(TASK, show) is None
    await asyncio.sleep(0.15)
    assert slow.ended == ["well"]
    assert shown == []
    await model.close()


async def test_answers_side_by_side_have_times_of_their_own() -> None:
    model, patience = patient(Slow(0.1)), Patience(0.3, 0.02)

    async def answer(*, drafts: bool) -> Any:
        with patience.one_answer(place(drafts=drafts)):
            return await model.write(TASK)

    assert await asyncio.gather(answer(drafts=True), answer(drafts=False)) == ["好", None]
    await model.close()


async def test_closing_and_cancelling_leave_nothing_behind() -> None:
    slow = Slow(30)
    model = patient(slow)
    with Patience(0.01, 0.01).one_answer(place(drafts=True)):
        await model.write(TASK)
    await model.close()
    asking = asyncio.create_task(model.write(TASK))
    await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await asyncio.sleep(0)
    assert slow.ended == ["cancelled", "cancelled"]
