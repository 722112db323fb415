"""Starting: the bot says that it is ready when questions are answered, with or without its embedding model."""

from __future__ import annotations

import asyncio
import sys
import types
from pathlib import Path

import pytest
import structlog
from langchain_core.embeddings import DeterministicFakeEmbedding

from bot.app import build
from bot.process import App
from config.settings import load_settings


class Remote(DeterministicFakeEmbedding):
    """A model behind a network that can go down."""

    size: int = 8

    def embed_query(self, text: str) -> list[float]:
        """As its parent, while the network is up."""
        if Remote.__dict__.get("down"):
            raise ConnectionError("no route")
        return super().embed_query(text)


async def _started(data: Path) -> App:
    settings = load_settings(
        data=data, console={"enabled": False}, retrieval={"embedder": "langchain:company_models.Remote"}
    )
    app = build(settings)
    app.migrate()
    await app.start(listen=False)
    return app


async def test_a_model_out_of_reach_delays_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of the former start is there, so keywords answer; the log says in one line what is missing."""
    module = types.ModuleType("company_models")
    module.Remote = Remote  # type: ignore[attr-defined]  # a module made for this test
    monkeypatch.setitem(sys.modules, "company_models", module)
    first = await _started(tmp_path)
    async with asyncio.timeout(60):
        await first.ready()
    await first.stop()

    monkeypatch.setattr(Remote, "down", True, raising=False)
    with structlog.testing.capture_logs() as logs:
        again = await _started(tmp_path)
        async with asyncio.timeout(20):
            await again.ready()
        found = await again.library.collection("examples").search("我的客户有哪些")
        await again.stop()
    assert found.hits
    assert [line["log_level"] for line in logs if "embedding model" in line["event"]] == ["warning"]
    assert not [line for line in logs if line["log_level"] == "error"]
