"""Backups: made while messages arrive, brought back whole or not at all; on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import select

from bot.contracts.errors import BadInput, ConfigurationError
from bot.contracts.person import OPERATOR
from bot.flows.engine_tables import make_engine_tables
from storage.backup.errors import BadBackup, NotEmpty, StillRunning
from storage.backup.making import make_backup
from storage.backup.manifest import FILES, Manifest
from storage.backup.restoring import restore_backup
from storage.database import Database
from storage.repositories.consents import Consent
from storage.repositories.machines import Machine
from storage.revision import known_revisions, revision
from storage.store import Store
from storage.tables import CardRow, DeliveryRow, FileRow, MessageRow, PressRow, TimelineRow
from tests.emulators.wecom.emulator import WecomEmulator
from tests.postgres_reuse import Reused
from tests.postgres_server import PostgresServer, name_of
from tests.scenarios.company import STAFF, TEXTS, load, reps
from tests.scenarios.world import phones, running, settings_for
from tests.unit.operations.test_retention import OLD, talk
from tests.unit.storage.talk import PRICE, customer
from tests.unit.storage.talk import talk as dialogue

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
QUESTION = "我有几个客户"  # answered by one message


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


@dataclass
class Place:
    """A data folder and a database."""

    data: Path
    url: str

    def open(self) -> Database:
        database = Database(self.url)
        self.data.mkdir(exist_ok=True)
        database.migrate()
        return database

    def back_up(self, target: Path, **how: bool) -> Manifest:
        database = Database(self.url)
        try:
            return make_backup(database, self.url, self.data, target, **how)
        finally:
            database.close()

    def restore(self, archive: Path, **how: bool) -> Manifest:
        return restore_backup(
            self.url, self.data, archive, prepare_engine=make_engine_tables, observe_seconds=0.3, **how
        )

    async def ask(self, work: Callable[[Store], object]) -> object:
        database = Database(self.url)
        try:
            return await database.read(work)
        finally:
            database.close()

    async def do(self, work: Callable[[Store], object]) -> None:
        database = self.open()
        try:
            await database.write(work)
        finally:
            database.close()


@dataclass
class Places:
    """Makes empty places of one kind."""

    kind: str
    folder: Path
    server: Callable[[], PostgresServer]
    prepared: Callable[[], Reused]
    urls: list[str] = field(default_factory=list)
    lent: list[str] = field(default_factory=list)

    def nothing(self, name: str) -> Place:
        """Not even tables."""
        if self.kind == "sqlite":
            return Place(self.folder / name, f"sqlite:///{self.folder / name / 'xiaoce.db'}")
        self.urls.append(self.server().new_database())
        return Place(self.folder / name, self.urls[-1])

    def new(self, name: str) -> Place:
        """Tables without rows; SQLite's are made when it is opened."""
        if self.kind == "sqlite":
            return self.nothing(name)
        self.lent.append(self.prepared().lend())
        return Place(self.folder / name, self.lent[-1])

    def give_back(self) -> None:
        for url in self.urls:
            self.server().drop(url)
        for url in self.lent:
            self.prepared().take_back(url)


@pytest.fixture(scope="module")
def prepared(postgres_server: PostgresServer) -> Reused:
    """PostgreSQL databases with our tables and the engine's."""
    url = postgres_server.new_database()
    database = Database(url)
    database.migrate()
    database.close()
    make_engine_tables(url)
    return Reused(postgres_server, name_of(url))


@pytest.fixture(params=BOTH)
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    given = request.getfixturevalue
    found = Places(request.param, tmp_path, lambda: given("postgres_server"), lambda: given("prepared"))
    yield found
    found.give_back()


async def filled(place: Place, word: str = "before") -> Place:
    """With a message, its answer, a file, a key, and things that no backup needs."""
    await place.do(lambda store: talk(store, word, OLD, data=place.data))
    await place.do(lambda store: store.audit.add("E1", "something", word, {}, OLD))
    for name, content in (("console.key", word), ("vectors/a/index", "made again"), ("chat.log", "of yesterday")):
        path = place.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return place


async def said(place: Place) -> set[str]:
    """Which messages are there."""

    def look(store: Store) -> set[str]:
        return set(store.session.exec(select(MessageRow.id)))

    return await place.ask(look)  # type: ignore[return-value]  # what `look` returns


async def test_what_was_backed_up_is_there_again(places: Places, tmp_path: Path) -> None:
    old, new = await filled(places.new("old")), places.nothing("new")
    made = old.back_up(tmp_path / "b.tar.gz")
    restored = new.restore(tmp_path / "b.tar.gz")
    assert restored == made
    assert await said(new) == {"before"}
    assert (new.data / "files" / "before").read_text() == "before"
    assert (new.data / "console.key").read_text() == "before"
    assert not (new.data / "vectors").exists(), "made again from the rows"
    assert not (new.data / "chat.log").exists()
    assert await new.ask(revision) == known_revisions()[0]


async def test_what_is_made_again_is_left_out(places: Places, tmp_path: Path) -> None:
    """Every process's index, joined weights and sign-in links; models that somebody trained or brought stay in."""
    place = await filled(places.new("old"))
    left_out = ["vectors-2/a/index", "vectors-2.lock", "vectors-17/x", "models/whisper-base-d01c3014881c/model.bin"]
    left_out += ["models/whisper-base-d01c3014881c.4711/model.bin", "sample_links.json"]
    kept = ["risk/model-1.json", "models/our-own/model.bin", "vectors-of-ours/x"]
    for name in [*left_out, *kept]:
        (place.data / name).parent.mkdir(parents=True, exist_ok=True)
        (place.data / name).write_text("content")
    names = {name.removeprefix(FILES) for name in place.back_up(tmp_path / "b.tar.gz").members}
    assert not names.intersection(left_out)
    assert names.issuperset(kept)


async def test_dialogues_consents_and_deals_are_there_again(places: Places, tmp_path: Path) -> None:
    """A18: also who agreed, and that numbers of consents go on, so that the last word stays the last."""

    def fill(store: Store) -> None:
        customer(store, owner="")
        dialogue(store)
        store.signals.add(PRICE, happened_at=OLD, found_at=OLD, dialogue_id="d1")
        store.consents.add(Consent("customer", "C1", True, OLD, "x", "test"))

    def look(store: Store) -> tuple[object, ...]:
        found = [signal.signal for signal in store.signals.visible_to(OPERATOR)]
        return store.dialogues.read("d1"), store.deals.get("O1"), found, store.consents.permits({"customer": "C1"})

    old, new = places.new("old"), places.new("new")
    await old.do(fill)
    old.back_up(tmp_path / "b.tar.gz")
    new.restore(tmp_path / "b.tar.gz")
    there = await new.ask(look)
    assert there == await old.ask(look)
    assert isinstance(there, tuple)
    assert all(there)
    await new.do(lambda store: store.consents.add(Consent("customer", "C1", False, OLD, "x", "test")))
    assert await new.ask(lambda store: store.consents.permits({"customer": "C1"})) is False


async def test_numbers_go_on_where_they_were(places: Places, tmp_path: Path) -> None:
    """A number of the timeline never comes twice: not even of rows that retention has deleted."""
    old, new = await filled(places.new("old")), places.new("new")
    for id_ in ("second", "third"):
        await old.do(lambda store, id_=id_: talk(store, id_, OLD, data=old.data))  # type: ignore[misc]  # a default only fixes the loop's value
    last = await old.ask(lambda store: store.messages.get("third").seq)  # type: ignore[union-attr]  # it is there
    await old.do(_delete_messages)
    old.back_up(tmp_path / "b.tar.gz")
    new.restore(tmp_path / "b.tar.gz")
    await new.do(lambda store: talk(store, "fourth", OLD, data=new.data))
    assert await new.ask(lambda store: store.messages.get("fourth").seq) > last  # type: ignore[operator,union-attr]  # numbers


async def test_a_backup_is_only_for_its_owner(places: Places, tmp_path: Path) -> None:
    """It holds keys and customers' data; a restored key is nobody else's either."""
    old, new = await filled(places.new("old")), places.new("new")
    old.back_up(tmp_path / "b.tar.gz")
    new.restore(tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0
    assert (new.data / "console.key").stat().st_mode & 0o077 == 0


async def test_making_and_restoring_are_noted(places: Places, tmp_path: Path) -> None:
    """D10."""
    old, new = await filled(places.new("old")), places.new("new")
    old.back_up(tmp_path / "b.tar.gz")
    new.restore(tmp_path / "b.tar.gz")
    entries = await new.ask(lambda store: [(e.action, e.subject) for e in store.audit.listing(OPERATOR)])
    assert ("backup.restored", "b.tar.gz") in entries  # type: ignore[operator]  # a list


async def test_nothing_is_overwritten_unasked(places: Places, tmp_path: Path) -> None:
    old, full = await filled(places.new("old")), await filled(places.new("full"), "mine")
    old.back_up(tmp_path / "b.tar.gz")
    with pytest.raises(NotEmpty, match="--replace"):
        full.restore(tmp_path / "b.tar.gz")
    assert await said(full) == {"mine"}
    with pytest.raises(BadInput, match="--replace"):
        old.back_up(tmp_path / "b.tar.gz")


async def test_replacing_leaves_nothing_of_what_was_there(places: Places, tmp_path: Path) -> None:
    old, full = await filled(places.new("old")), await filled(places.new("full"), "mine")
    old.back_up(tmp_path / "b.tar.gz")
    full.restore(tmp_path / "b.tar.gz", replace=True)
    assert await said(full) == {"before"}
    assert [path.name for path in (full.data / "files").iterdir()] == ["before"]
    assert (full.data / "console.key").read_text() == "before"


@pytest.mark.parametrize("damage", ["cut", "bit", "swapped", "added", "other", "empty"])
async def test_a_damaged_archive_changes_nothing(places: Places, tmp_path: Path, damage: str) -> None:
    archive, full = tmp_path / "b.tar.gz", await filled(places.new("full"), "mine")
    (await filled(places.new("old"))).back_up(archive)
    _spoil(archive, damage)
    with pytest.raises(BadBackup):
        full.restore(archive, replace=True)
    assert await said(full) == {"mine"}
    assert (full.data / "console.key").read_text() == "mine"
    assert not [path for path in full.data.iterdir() if path.name.startswith(".")], "nothing is left over"


async def test_a_backup_of_the_other_database_or_a_newer_program_is_refused(
    tmp_path: Path, postgres_server: PostgresServer, prepared: Reused
) -> None:
    lite, post = (
        Places(kind, tmp_path, lambda: postgres_server, lambda: prepared) for kind in ("sqlite", "postgresql")
    )
    old, empty = await filled(lite.new("old")), post.new("post")
    old.back_up(tmp_path / "b.tar.gz")
    with pytest.raises(ConfigurationError, match="sqlite"):
        empty.restore(tmp_path / "b.tar.gz")
    post.give_back()
    await old.do(lambda store: store.session.connection().exec_driver_sql("UPDATE alembic_version SET version_num='9'"))
    old_file = tmp_path / "newer.tar.gz"
    database = Database(old.url)
    make_backup(database, old.url, old.data, old_file)
    database.close()
    with pytest.raises(BadBackup, match="9"):
        lite.new("fresh").restore(old_file)


async def test_a_running_process_is_noticed(places: Places, tmp_path: Path) -> None:
    """A machine that beats: restoring under it would lose what it does next. One that stands still is dead."""
    full = await filled(places.new("full"))
    full.back_up(tmp_path / "b.tar.gz")
    database = full.open()
    here = Machine("", "instance", "host", 1, 1.0, 0, OLD)
    name = await database.write(lambda store: store.machines.join(here, lambda _machine: False))
    stop = asyncio.Event()

    async def live() -> None:
        while not stop.is_set():
            await database.write(lambda store: store.machines.beat(name, "instance"))
            await asyncio.sleep(0.05)

    beating = asyncio.create_task(live())
    with pytest.raises(StillRunning, match=name):
        await asyncio.to_thread(full.restore, tmp_path / "b.tar.gz", replace=True)
    stop.set()
    await beating
    database.close()
    full.restore(tmp_path / "b.tar.gz", replace=True)


async def test_a_folder_that_was_put_elsewhere_is_not_forgotten(places: Places, tmp_path: Path) -> None:
    """data/files as a link to a larger disk, on both sides; a link that leads in a circle ends."""
    old, new, larger = await filled(places.new("old")), places.new("new"), tmp_path / "larger"
    (old.data / "files").rename(larger)
    (old.data / "files").symlink_to(larger)
    (larger / "circle").symlink_to(larger)
    old.back_up(tmp_path / "b.tar.gz")
    (tmp_path / "larger2").mkdir()
    new.data.mkdir()
    (new.data / "files").symlink_to(tmp_path / "larger2")
    new.restore(tmp_path / "b.tar.gz")
    assert (tmp_path / "larger2" / "before").read_text() == "before"


async def test_a_target_that_makes_no_sense_is_refused(places: Places, tmp_path: Path) -> None:
    old = await filled(places.new("old"))
    with pytest.raises(BadInput, match="inside the data folder"):
        old.back_up(old.data / "b.tar.gz")
    with pytest.raises(BadInput, match="does not exist"):
        old.back_up(tmp_path / "nowhere" / "b.tar.gz")


async def test_a_full_disk_leaves_no_half_backup(places: Places, tmp_path: Path) -> None:
    """The file appears when it is whole."""
    old = await filled(places.new("old"))
    (old.data / "files" / "big").write_bytes(os.urandom(5_000_000))
    script = f"""
import resource, signal
from pathlib import Path
from storage.backup.making import make_backup
from storage.database import Database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))  # more than the database has
make_backup(Database({old.url!r}), {old.url!r}, Path({str(old.data)!r}), Path({str(tmp_path / "b.tar.gz")!r}))
"""
    done = await asyncio.to_thread(_run, script)
    assert "ConfigurationError" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "b.tar" in path.name or "backup" in path.name] == []


async def test_a_restore_that_is_killed_leaves_the_old_state_or_the_new_one(places: Places, tmp_path: Path) -> None:
    """kill -9 at several moments, spread over the whole restore; another try then succeeds."""
    old, full = await filled(places.new("old")), await filled(places.new("full"), "mine")
    (old.data / "files" / "more").write_bytes(os.urandom(500_000))
    old.back_up(tmp_path / "b.tar.gz")
    script = f"""
import os, sys
from pathlib import Path
from bot.flows.engine_tables import make_engine_tables
from storage.backup.restoring import restore_backup
import dbos, storage.migrations, storage.backup.postgres  # so that each life begins where the work begins
print("ready", flush=True)
while line := sys.stdin.readline():
    if (child := os.fork()) == 0:
        print(os.getpid(), flush=True)
        restore_backup({full.url!r}, Path({str(full.data)!r}), Path({str(tmp_path / "b.tar.gz")!r}), replace=True,
            prepare_engine=make_engine_tables, observe_seconds=0)
        os._exit(0)
    print("ended", os.waitpid(child, 0)[1], flush=True)
"""
    with _restoring(script) as run:
        await _killed_again_and_again(run, full, 7 if places.kind == "sqlite" else 4)
    full.restore(tmp_path / "b.tar.gz", replace=True)
    assert await said(full) == {"before"}
    assert not [path for path in full.data.iterdir() if path.name.startswith(".")]


async def _killed_again_and_again(run: Callable[[float | None], float], full: Place, times: int) -> None:
    seconds, seen = run(None), set()
    for part in range(times):
        await _back_to_mine(full)
        run(seconds * part / (times - 1))
        state = frozenset(await said(full))
        seen.add(state)
        assert state in {frozenset({"mine"}), frozenset({"before"})}
        wanted = full.data / "files" / next(iter(state))
        assert wanted.read_text() == next(iter(state)), "every file that a row names is there"
    assert frozenset({"mine"}) in seen


@pytest.mark.timeout(300)
async def test_what_was_acknowledged_before_a_backup_under_load_is_answered_once_after_it(
    places: Places, tmp_path: Path
) -> None:
    """Messages go on arriving while the backup is made, and nobody waits for it. The restored bot owes exactly the
    answers that hadn't been sent at that moment."""
    place, again = places.new("bot"), places.new("again")
    members = [member.wecom for member in reps(60)]
    async with phones() as first:
        people = [*STAFF, *reps(60)]
        await load(settings_for(place.data, first, 8080, database={"url": place.url}), tmp_path, people, TEXTS[:1])
        async with running(place.data, first, database={"url": place.url}) as world:
            first.faults.slow(0.2, times=1000, path="/cgi-bin/message/send")  # so that something is always under way
            acknowledged, slowest = await _under_load(world.emulator, place, tmp_path / "b.tar.gz", members)
            await world.quiet()
        assert first.violations == []
    assert 5 <= len(acknowledged) < len(members), "the backup was made in the middle"
    assert slowest < 3
    await asyncio.to_thread(again.restore, tmp_path / "b.tar.gz")
    had = await _sent_to(again)
    assert acknowledged <= await _senders(again)
    assert had < await _senders(again), "something was owed at that moment"
    async with phones() as second, running(again.data, second, database={"url": again.url}) as world:
        await world.quiet()
        for member in sorted(await _senders(again)):
            assert len(second.ledger.delivered_to(member)) == (0 if member in had else 1), member


async def _under_load(
    emulator: WecomEmulator, place: Place, target: Path, members: list[str]
) -> tuple[set[str], float]:
    """Every member asks once, and in the middle a backup is made. Who had been acknowledged; the slowest ack."""
    acknowledged: set[str] = set()
    times: list[float] = []

    async def ask(member: str) -> None:
        began = time.perf_counter()
        assert (await emulator.callbacks.send_text(member, QUESTION)).ok
        times.append(time.perf_counter() - began)
        acknowledged.add(member)

    async def load_() -> None:
        async with asyncio.TaskGroup() as asking:
            for member in members:
                asking.create_task(ask(member))
                await asyncio.sleep(0.03)

    loading = asyncio.create_task(load_())
    while len(acknowledged) < 20:
        await asyncio.sleep(0.01)
    before = set(acknowledged)
    await asyncio.to_thread(place.back_up, target)
    await loading
    return before, max(times)


async def _senders(place: Place) -> set[str]:
    def look(store: Store) -> set[str]:
        return {str(row.body["sender"]) for row in store.session.exec(select(MessageRow))}

    return await place.ask(look)  # type: ignore[return-value]  # what `look` returns


async def _sent_to(place: Place) -> set[str]:
    """Whose answer was delivered at the moment of the backup."""

    def look(store: Store) -> set[str]:
        sent = store.deliveries.listing("sent", 1000)
        answers = [store.messages.get(one.message_id) for one in sent]  # None: told of its own accord, as by a brief
        return {str(one.message.sender) for one in answers if one}

    return await place.ask(look)  # type: ignore[return-value]  # what `look` returns


async def _back_to_mine(place: Place) -> None:
    def change(store: Store) -> None:
        _delete_messages(store)
        talk(store, "mine", OLD, data=place.data)

    await place.do(change)


def _delete_messages(store: Store) -> None:
    for rows in (MessageRow, DeliveryRow, CardRow, PressRow, FileRow, TimelineRow):
        store.session.connection().execute(delete(rows))


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


@contextmanager
def _restoring(script: str) -> Iterator[Callable[[float | None], float]]:
    """Runs it, in a process of its own, and kills it so long after it has begun; None: lets it end. How long it ran.

    The process that is killed is a child of one that has imported everything, which is most of a restore otherwise.
    """
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as process:
        assert process.stdin
        assert process.stdout
        said, told = process.stdout, process.stdin
        assert said.readline() == b"ready\n"

        def run(seconds: float | None) -> float:
            told.write(b"again\n")
            told.flush()
            child, began = int(said.readline()), time.perf_counter()
            if seconds is not None:
                time.sleep(seconds)
                with suppress(ProcessLookupError):  # it was quicker
                    os.kill(child, signal.SIGKILL)
            end, status = said.readline().split()
            assert end == b"ended"
            assert seconds is not None or status == b"0", "it succeeds when it is left alone"
            return time.perf_counter() - began

        yield run
        told.close()


def _spoil(archive: Path, how: str) -> None:
    whole = archive.read_bytes()
    if how == "cut":
        archive.write_bytes(whole[: len(whole) * 2 // 3])
    elif how == "bit":
        half = len(whole) // 2
        archive.write_bytes(whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :])
    elif how == "other":
        archive.write_bytes(b"no archive at all")
    elif how == "empty":
        archive.write_bytes(b"")
    else:
        _rewrite(archive, how)


def _rewrite(archive: Path, how: str) -> None:
    """A well-formed archive whose content isn't what the manifest says."""
    with tarfile.open(archive) as source:
        members = [(entry, source.extractfile(entry).read()) for entry in source]  # type: ignore[union-attr]  # plain files
    with gzip.open(archive, "wb") as file, tarfile.open(fileobj=file, mode="w") as target:
        for entry, content in members:
            changed = content.replace(b"before", b"behind") if how == "swapped" and "files/" in entry.name else content
            if how == "added" and entry.name == "manifest.json":
                _add(target, "data/../../escaped", b"x")
            _add(target, entry.name, changed)


def _add(target: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    target.addfile(entry, io.BytesIO(content))
