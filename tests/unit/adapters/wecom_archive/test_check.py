"""A18: who agreed, as WeCom says it; and what `xiaoce doctor` finds wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom_archive.adapter import WecomArchiveAdapter
from adapters.wecom_archive.consents import answers_of_wecom
from adapters.wecom_archive.ports import Answer, ArchivePorts, Asking
from bot.contracts.errors import ConfigurationError, PermanentFailure
from config.settings import load_settings
from tests.unit.adapters.wecom_archive.bench import NOW, Make, nobody


async def test_the_doctor_says_what_is_wrong(make: Make, tmp_path: Path) -> None:
    """A18: library, Init's code, keys, and the right to ask who agreed."""
    bench = await make()

    async def faults(ask: Any = nobody, **more: Any) -> list[str]:
        settings = bench.settings.model_copy(update=more)
        adapter = WecomArchiveAdapter(settings, "ww1", bench.clock, ArchivePorts(bench.shelf, ask))
        try:
            return await adapter.check(NOW)
        finally:
            await adapter.close()

    async def refuses(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raise PermanentFailure("60020")

    assert await faults() == []
    [said] = await faults(library=tmp_path / "nothing.so")
    assert "nothing.so" in said
    assert "No such file" in said
    [said] = await faults(proxy="", secret=bench.settings.proxy_password)
    assert "10000" in said
    [said] = await faults(keys=tmp_path / "nowhere")
    assert "nowhere" in said
    [said] = await faults(refuses)
    assert "60020" in said
    bench.archive.add("m0", version=2)
    await bench.read()
    [said] = await faults()
    assert "2.pem" in said


async def test_what_wecom_says_of_agreement_is_read_with_care() -> None:
    """A18: a hundred pairs at once; a default is no consent; of a group all must have agreed; one "no" is enough."""
    asked: list[tuple[str, Any]] = []
    statuses = {"wm0": "Agree", "wm1": "Disagree", "wm2": "Default_Agree"}
    rooms = {
        "all": ("Agree", "Agree"),
        "one": ("Agree", "Disagree"),
        "default": ("Agree", "Default_Agree"),
        "nobody": (),
    }

    async def ask(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        asked.append((path, body))
        if "roomid" in body:
            if body["roomid"] == "gone":
                raise PermanentFailure("no such room")
            said = rooms[body["roomid"]]
            return {"agreeinfo": [{"agree_status": status, "status_change_time": 5} for status in said]}
        known = [one for one in body["info"] if one["exteranalopenid"] in statuses]
        answers = [{**one, "agree_status": statuses[one["exteranalopenid"]], "status_change_time": 7} for one in known]
        return {"agreeinfo": [*answers, {"userid": "stranger", "agree_status": "Agree"}, "nonsense"]}

    pairs = tuple(("zhangmin", f"wm{number}") for number in range(101))
    found = await answers_of_wecom(Asking(pairs, ("gone", *rooms)), ask)
    at = datetime.fromtimestamp(7, UTC)
    assert found[:2] == [Answer(True, at, pair=pairs[0]), Answer(False, at, pair=pairs[1])]
    assert [(one.room, one.given) for one in found[2:]] == [("all", True), ("one", False)]
    assert [len(body["info"]) for path, body in asked if "info" in body] == [100, 1]
    assert json.dumps(asked[0][1]).count("exteranalopenid") == 100


def test_settings_that_are_missing_are_named() -> None:
    """Each by its own name, before anything is started."""
    with pytest.raises(ConfigurationError) as refused:
        load_settings(wecom_archive={"enabled": True, "keys": "keys"})
    named = ("wecom_archive.secret", "wecom_archive.library", "wecom_archive.rooms", "wecom_archive.corp_id")
    assert all(name in str(refused.value) for name in named[:3])
    assert "wecom_archive.keys" not in str(refused.value)
    whole = {"enabled": True, "secret": "s", "library": "x.so", "keys": "keys", "rooms": "rooms.csv"}
    with pytest.raises(ConfigurationError, match=named[3]):
        load_settings(wecom_archive=whole)
    assert load_settings(wecom_archive={**whole, "corp_id": "ww1"}).wecom_archive.enabled
