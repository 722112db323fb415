"""Pulling the archive, with a child that dies, hangs and talks nonsense: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom_archive import client, reader
from adapters.wecom_archive.errors import Refused
from adapters.wecom_archive.ports import ArchivePorts, Asking, Opened, Place, Rejected
from adapters.wecom_archive.reader import ArchiveReader
from bot.contracts.errors import ConfigurationError, FetchFailed, IntakeUnavailable, TemporaryFailure
from tests.unit.adapters.wecom_archive.bench import NOW, Make, Shelf


async def test_everything_comes_once_and_in_order(make: Make) -> None:
    """In pulls of `batch`; another process that begins where this one stopped gets nothing again."""
    bench = await make(batch=2)
    for number in range(5):
        bench.archive.add(f"m{number}")
    assert [await bench.read() for _ in range(4)] == [True, True, False, False]
    assert bench.shelf.lines == ["m0", "m1", "m2", "m3", "m4"]
    again = await make(bench.shelf)
    assert not await again.read()
    assert bench.archive.pulls() == [0, 2, 4, 5, 5]
    assert bench.archive.children() == 2
    assert len(bench.shelf.lines) == 5


@pytest.mark.parametrize(("fault", "opened"), [("die once", 3), ("die", 4), ("garbage", 4), ("10006", 4)])
async def test_what_kills_the_library_is_passed_over_after_a_second_try(make: Make, fault: str, opened: int) -> None:
    """It is kept as a rejected row with seq and reason; what comes after it is read."""
    bench = await make()
    bench.archive.add("first")
    seq = bench.archive.add('{"msgid":"bad"}', fault=fault)
    bench.archive.add("last")
    await bench.read()
    once = fault == "die once"
    assert bench.shelf.lines == (["first", '{"msgid":"bad"}', "last"] if once else ["first", "last"])
    reason = "10006" if fault == "10006" else "died"
    assert bench.shelf.rejected == ([] if once else [Rejected(seq, "bad", reason)])
    assert bench.archive.opened() == (4 if once else opened)
    assert bench.shelf.at == Place(3)


async def test_a_child_that_hangs_is_killed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "OPEN_SECONDS", 0.5)
    bench = await make()
    bench.archive.add("slow", fault="hang")
    bench.archive.add("last")
    await bench.read()
    assert (bench.shelf.lines, [one.reason for one in bench.shelf.rejected]) == (["last"], ["died"])
    assert bench.archive.children() == 3


async def test_a_broken_seal_is_passed_over(make: Make) -> None:
    bench = await make()
    bench.archive.add("first")
    seq = bench.archive.add_unsealable()
    await bench.read()
    assert [(one.seq, one.reason) for one in bench.shelf.rejected] == [(seq, "seal")]
    assert bench.shelf.at == Place(2)


async def test_a_library_that_opens_nothing_loses_nothing(make: Make) -> None:
    """Ten messages and none of them readable: that isn't the messages."""
    bench = await make()
    for _ in range(reader.ALL_BAD):
        bench.archive.add("x", fault="10006")
    with pytest.raises(TemporaryFailure, match="10"):
        await bench.read()
    assert bench.shelf == Shelf()


async def test_without_its_key_a_message_waits_and_the_others_are_read(make: Make) -> None:
    """The place is kept over restarts; the warning names version, file and hours; with the key all of it is read."""
    bench = await make(batch=2)
    for number, version in enumerate((1, 2, 2, 1, 3, 1)):
        bench.archive.add(f"m{number}", version=version)
    while await bench.read():
        pass
    assert bench.shelf.lines == ["m0", "m3", "m5"]
    gap = bench.shelf.at.gap
    assert gap is not None
    assert (bench.shelf.at.seq, gap.before, set(gap.since)) == (6, 1, {2, 3})
    said = bench.reader.missed(gap, NOW)
    assert "120" in said
    assert str(bench.settings.keys_folder / "2.pem") in said
    bench.clock.advance(days=2)
    bench.archive.hand_out(2)
    later = await make(bench.shelf, batch=2)  # another process
    while await later.read():
        pass
    assert [line for line in bench.shelf.lines if line in {"m1", "m2"}] == ["m1", "m2"]
    gap = bench.shelf.at.gap
    assert gap is not None
    assert (bench.shelf.at.seq, gap.before, gap.since) == (6, 3, {3: NOW})
    assert later.reader.missed(gap, bench.clock.now()).count("72 小时") == 1
    pulls = len(bench.archive.pulls())
    assert not await later.read()
    assert len(bench.archive.pulls()) == pulls + 1, "and nothing is begun again without a reason"


async def test_after_five_days_what_wecom_has_deleted_is_given_up(make: Make) -> None:
    bench = await make()
    seq = bench.archive.add("m0", version=2)
    await bench.read()
    bench.clock.advance(days=5)
    await bench.read()
    assert bench.shelf.at.gap
    bench.clock.advance(hours=1)
    await bench.read()
    assert bench.shelf.at == Place(1)
    assert bench.shelf.rejected == [Rejected(seq, "", "expired")]


async def test_the_wrong_key_is_told_from_a_missing_one(make: Make) -> None:
    bench = await make()
    bench.archive.hand_out(2, other=True)
    bench.archive.add("m0", version=2)
    await bench.read()
    gap = bench.shelf.at.gap
    assert gap
    assert "对不上" in bench.reader.missed(gap, NOW)
    assert not await bench.read()
    bench.archive.hand_out(2)
    await bench.read()
    assert bench.shelf.lines == ["m0"]


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("10001", TemporaryFailure, "10001"),
        ("10009", ConfigurationError, "可信 IP"),
        ("10011", ConfigurationError, "证书"),
        ("77777", ConfigurationError, "77777"),
        ("errcode 301052", ConfigurationError, "已过期"),
        ("errcode 60020", ConfigurationError, "1.2.3.4"),
        ("errcode 45009", TemporaryFailure, "太频繁"),
        ("errcode 99", ConfigurationError, "99"),
    ],
)
async def test_every_code_has_a_remedy(make: Make, fault: str, error: type[Exception], words: str) -> None:
    bench = await make()
    bench.archive.add("m0")
    bench.archive.fail_pulls(fault)
    with pytest.raises(error, match=words):
        await bench.read()
    assert bench.shelf == Shelf()
    await bench.read()
    assert bench.shelf.lines == ["m0"]


async def test_a_message_that_can_not_be_stored_stops_no_other(make: Make) -> None:
    """Whatever is wrong with it; while the database is away nothing is passed over."""

    class Picky(Shelf):
        away = True

        async def keep(self, before: Place, after: Place, opened: Sequence[Opened], *rest: Any) -> bool:
            if self.away:
                raise IntakeUnavailable
            if any(one.line == "poison" for one in opened):
                raise ValueError
            return await super().keep(before, after, opened, *rest)

    shelf = Picky()
    bench = await make(shelf)
    for line in ("m0", "poison", "m2"):
        bench.archive.add(line)
    with pytest.raises(IntakeUnavailable):
        await bench.read()
    shelf.away = False
    await bench.read()
    assert (shelf.lines, shelf.at, shelf.rejected) == (["m0", "m2"], Place(3), [Rejected(2, "", "unstorable")])


async def test_who_agreed_is_asked_now_and_then_and_when_the_list_changes(make: Make) -> None:
    """A18: before the first message is read; again after a minute when WeCom couldn't be asked."""
    bench = await make(Shelf(asked=Asking((("zhangmin", "wm1"),))))
    rooms = bench.settings.rooms or Path()
    asked = 0

    async def ask(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise TemporaryFailure
        return {"agreeinfo": [{**body["info"][0], "agree_status": "Agree", "status_change_time": 7}]}

    reader_ = ArchiveReader(bench.settings, bench.clock, ArchivePorts(bench.shelf, ask), bench.sdk)
    counts = []
    for minutes, change in ((0, False), (1, False), (10, False), (0, True), (0, False), (30, False)):
        bench.clock.advance(minutes=minutes)
        if change:
            rooms.write_text("x")
        await reader_._check_in()
        counts.append((asked, len(bench.shelf.answers)))
    assert counts == [(1, 0), (2, 1), (2, 1), (3, 2), (3, 2), (4, 3)]


async def test_it_goes_on_by_itself_after_failures(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Network, a death in the middle of a pull, nonsense: one after the other, then all is read."""
    bench = await make(pull_seconds=1)
    bench.archive.add("m0")
    bench.archive.fail_pulls("10001", "die", "garbage", "10003")
    running = asyncio.create_task(bench.reader.run())
    async with asyncio.timeout(30):
        while not bench.shelf.lines:
            await asyncio.sleep(0.05)
    running.cancel()
    assert bench.archive.pulls() == [0] * 5
    assert bench.archive.children() == 3


async def test_a_media_file_comes_whole_or_not_at_all(make: Make) -> None:
    """In pieces of 512 KB; what the library doesn't know is refused, and what never ends is ended."""
    bench = await make()
    content = bytes(range(256)) * 5000  # 1.3 MB
    bench.archive.keep_file("f1", content)
    assert [len(piece) async for piece in bench.sdk.media("f1")] == [524_288, 524_288, 231_424]
    assert b"".join([piece async for piece in bench.sdk.media("f1")]) == content
    with pytest.raises(Refused, match="10005"):
        await anext(bench.sdk.media("f2"))
    bench.archive.keep_file("f3", content, stuck=True)
    with pytest.raises(FetchFailed):
        async for _ in bench.sdk.media("f3"):
            pass


async def test_who_comes_second_stores_nothing(make: Make) -> None:
    """Two processes that both believe they may pull: the place decides."""
    one = await make()
    one.archive.add("m0")

    class Overtaken(Shelf):
        async def keep(self, before: Place, *rest: Any) -> bool:
            self.at = Place(9)
            return await super().keep(before, *rest)

    other = await make(Overtaken())
    assert not await other.read()
    assert (other.shelf.lines, other.shelf.at) == ([], Place(9))
