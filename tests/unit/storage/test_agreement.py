"""A18: rooms of which WeCom says who agreed: by messages in the archive, by its interface, by an event."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from storage.database import Database
from storage.imports.rooms import SOURCE, WECOM, direct, note_agreement
from storage.store import Store
from tests.unit.storage.test_import_chats import MONDAY, ROOM, house, load, said, texts

__all__ = ["house"]  # a fixture

ASKED = ROOM.replace("是", "企业微信")
DIRECT = ",,C1,zhangmin,wm1,张工,企微"
PAIR = direct("zhangmin", "wm1")


def told(id_: str, kind: str, **more: Any) -> str:
    """The contact presses 同意 or 不同意."""
    part: dict[str, Any] = {kind: {"userid": "wm1", f"{kind}_time": 1}}
    return said(id_, "wm1", msgtype=kind, **part, **more)


async def noted(database: Database, room: str, *, given: bool, minutes: int) -> bool:
    at = MONDAY + timedelta(minutes=minutes)
    return await database.write(lambda store: note_agreement(store, room, given, at))


async def history(database: Database, room: str) -> list[tuple[str, bool]]:
    found = await database.read(lambda store: store.consents.history("room", room))
    return [(one.source, one.given) for one in found]


async def test_what_is_said_before_somebody_agrees_is_stored_nowhere(house: Database, tmp_path: Path) -> None:
    """And what is said afterwards is, from the very next message on, of two people who write directly."""
    lines = said("m1", "wm1", "之前", room=""), told("m2", "agree", minutes=1, room="")
    after = said("m3", "wm1", "之后", minutes=2, room="")
    report = await load(house, tmp_path / "a", *lines, after, rooms=(DIRECT,))
    assert (report.added, report.refused, report.rejected) == (1, 1, [])
    assert await texts(house) == {f"{PAIR}:2026-W10": ["之后"]}
    assert await history(house, PAIR) == [(WECOM, True)]


async def test_in_a_group_one_of_several_does_not_agree_for_all(house: Database, tmp_path: Path) -> None:
    report = await load(house, tmp_path / "a", told("m1", "agree"), said("m2", "wm1", minutes=1), rooms=(ASKED,))
    assert (report.added, report.refused) == (0, 1)
    assert await noted(house, "wr1", given=True, minutes=2)
    report = await load(house, tmp_path / "a", said("m3", "wm1", "好", minutes=3), rooms=(ASKED,))
    assert report.added == 1


async def test_a_no_in_the_archive_purges_at_once(house: Database, tmp_path: Path) -> None:
    """Also what stands before it in the same file; and the same file again changes nothing, whatever came since."""
    await load(house, tmp_path / "a", said("m1", "wm1", "早"))
    file = said("m2", "wm1", "中", minutes=1), told("m3", "disagree", minutes=2), said("m4", "wm1", "晚", minutes=3)
    report = await load(house, tmp_path / "a", *file)
    assert (report.added, report.refused) == (0, 1)
    assert await texts(house) == {"wr1:2026-W10": []}
    assert await noted(house, "wr1", given=True, minutes=4)
    next_week = said("m5", "wm1", "新", minutes=10_080)
    await load(house, tmp_path / "a", *file, next_week)
    await load(house, tmp_path / "a", *file, next_week)
    assert (await texts(house))["wr1:2026-W11"] == ["新"]
    assert await history(house, "wr1") == [(SOURCE, True), (WECOM, False), (WECOM, True)]


async def test_only_news_counts_and_our_own_no_outweighs(house: Database, tmp_path: Path) -> None:
    """Not what WeCom said before; what somebody took back stays taken back until WeCom has news."""
    assert await noted(house, "wr1", given=True, minutes=5)
    assert not await noted(house, "wr1", given=True, minutes=6)
    assert not await noted(house, "wr1", given=False, minutes=5)

    def revoke(store: Store) -> None:
        store.purging.revoke("room", "wr1", by="x", at=MONDAY, source="test")

    await house.write(revoke)
    assert not await noted(house, "wr1", given=True, minutes=7)
    report = await load(house, tmp_path / "a", said("m1", "wm1"), rooms=(ASKED,))
    assert (report.added, report.refused) == (0, 1)
    await load(house, tmp_path / "a", said("m1", "wm1"), rooms=(ROOM.replace("是", "否"),))
    await noted(house, "wr1", given=False, minutes=8)
    assert not await noted(house, "wr1", given=True, minutes=9)
    assert await house.read(lambda store: store.consents.state("room", "wr1")) is False


async def test_from_our_yes_to_wecoms_word(house: Database, tmp_path: Path) -> None:
    """The list's former "yes" ends, nothing is purged; one "否" of several rows still decides."""
    await load(house, tmp_path / "a", said("m1", "wm1", "早"))
    report = await load(house, tmp_path / "a", said("m2", "wm1", minutes=1), rooms=(ASKED,))
    assert (report.added, report.refused) == (0, 1)
    assert await texts(house) == {"wr1:2026-W10": ["早"]}
    await noted(house, "wr1", given=True, minutes=2)
    report = await load(house, tmp_path / "a", said("m2", "wm1", "晚", minutes=3), rooms=(ASKED,))
    assert report.added == 1
    second = "wr1,,C1,zhangmin,wm2,李工,否"
    report = await load(house, tmp_path / "a", said("m3", "wm1", minutes=4), rooms=(ASKED, second))
    assert (report.added, await texts(house)) == (0, {"wr1:2026-W10": []})
