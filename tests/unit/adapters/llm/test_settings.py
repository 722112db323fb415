"""What an operator may write under [llm], and what is said when it is wrong."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.llm import language_model
from adapters.llm.budget import MemoryLedger
from adapters.llm.notice import Notice
from bot.contracts.model import NoModel, Writing
from config.groups.llm import Llm
from config.groups.llm_providers import PROVIDERS
from tests.unit.adapters.llm.conftest import SHANGHAI, House, StillClock


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_is_complete_with_a_key_or_says_what_is_missing(provider: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Llm(enabled=True, provider=provider)
    missing = {"ollama": "llm.model", "server": "llm.base_url, llm.model"}.get(provider, "llm.api_key")
    assert missing in str(caught.value)
    whole = Llm(enabled=True, provider=provider, api_key="sk-x", model="m", base_url="http://127.0.0.1:1/v1")
    assert whole.model_name == "m"


@pytest.mark.parametrize("provider", [name for name, preset in PROVIDERS.items() if preset.base_url])
def test_presets_are_called_safely(provider: str) -> None:
    settings = Llm(provider=provider, base_url=PROVIDERS[provider].base_url)
    assert settings.address.startswith("https://") or "127.0.0.1" in settings.address
    assert settings.extra_fields == PROVIDERS[provider].extra


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x/v1",
        "api.deepseek.com",
        "http://api.deepseek.com/v1",
        "https://u:p@x.example/v1",
        "https://x.example/?key=1",
        "http://8.8.8.8/v1",
        "https://",
        "https://x.example:99999/v1",
    ],
)
def test_addresses_that_would_show_the_key_to_others_are_refused(address: str) -> None:
    with pytest.raises(ValidationError, match=r"llm\.base_url"):
        Llm(base_url=address)


@pytest.mark.parametrize(
    "address", ["https://x.example/v1/", "http://localhost:8000/v1", "http://10.1.2.3/v1", "http://ollama:11434/v1"]
)
def test_addresses_that_are_fine(address: str) -> None:
    assert Llm(base_url=address).address == address.rstrip("/")


@pytest.mark.parametrize("extra", ["{", "[1]", "3"])
def test_extra_must_be_an_object(extra: str) -> None:
    with pytest.raises(ValidationError, match=r"llm\.extra"):
        Llm(extra=extra)


async def test_without_a_model_everything_is_none(house: House) -> None:
    """D1: everything works without one."""

    async def nobody() -> tuple[str, ...]:
        return ()

    async def tell(notice: Notice) -> None:
        raise AssertionError(notice)

    model = language_model(
        Llm(), names=nobody, ledger=MemoryLedger(), report=tell, tally=house, clock=StillClock(), zone=SHANGHAI
    )
    assert isinstance(model, NoModel)
    assert not model.available
    assert await model.write(Writing("写", "资料")) is None
    assert await model.choose("哪个", {"a": "甲"}, "zh") is None
    assert await model.fill("填", "文字", Llm) is None
    assert await model.check() == []
    await model.close()
    assert house.calls == []
