"""`xiaoce run --sample`: loads what is new, and prints the same links at every start."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import build
from bot.cli import sample_company
from bot.cli.sample_company import GUESTS, load_sample
from bot.cli.sample_links import LINKS_FILE
from bot.cli.signing_in import issue_token
from bot.contracts import Role
from bot.contracts.errors import ConfigurationError
from bot.process import App
from config.settings import load_settings
from storage.repositories.people import PersonRecord


@pytest_asyncio.fixture
async def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    """An installed bot that is not started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    app = build(load_settings(data=tmp_path / "data"))
    app.settings.data.mkdir()
    app.migrate()
    yield app
    for adapter in app.adapters.values():
        await adapter.close()
    await app.library.close()
    await asyncio.to_thread(app.database.close)


def _links_file(app: App) -> Path:
    return app.settings.data / LINKS_FILE


async def test_the_second_start_loads_nothing_and_keeps_the_links(
    app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1: whoever is signed in stays so; a new version of the sample is loaded."""
    first = await load_sample(app)
    assert "新增 34" in capsys.readouterr().out
    assert _links_file(app).stat().st_mode & 0o777 == 0o600
    assert sorted(json.loads(_links_file(app).read_text())) == sorted(GUESTS)
    assert await load_sample(app) == first
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sample_company, "LOADER", "another")
    assert await load_sample(app) == first
    assert "人员：新增 0" in capsys.readouterr().out


async def test_a_link_that_opens_nothing_is_replaced(app: App) -> None:
    """A link made by `xiaoce people token` meanwhile goes on working."""
    first = await load_sample(app)
    made = await issue_token(app.database, "E1001")  # ends the sample's own
    second = await load_sample(app)
    assert [old == new for old, new in zip(first.values(), second.values(), strict=True)] == [False, True, True]
    person = await app.database.read(lambda store: store.sign_ins.person_for(made))
    assert person is not None
    _links_file(app).write_text("{", encoding="utf-8")
    assert len(await load_sample(app)) == 3


async def test_another_companys_people_get_no_links(app: App) -> None:
    """Not even where somebody has the same number."""
    record = PersonRecord("E1001", "别家的人", Role.REP)
    await app.database.write(lambda store: store.people.upsert_all([record]))
    with pytest.raises(ConfigurationError, match="另一家公司"):
        await load_sample(app)
    assert not _links_file(app).exists()
