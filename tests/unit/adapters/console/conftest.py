"""A small company behind the console: people, a history in memory, and a bot that answers what tests tell it."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.console import ConsoleAdapter, ConsolePorts, HistoryEntry, IdentityProvider, Opening, Session
from adapters.console.translate import address_of
from bot.contracts import Card, Message, Page, Parcel, Person, Reply, Role
from bot.contracts.card import Action, Citation, Fact, Section
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.reply import CardUpdate
from config.groups.signin import Signin
from config.settings import Console, Settings, Web
from tests.signing_in import follow_link

REP = Person("u1", "李晓梅", Role.REP, team="east")
MANAGER = Person("u2", "Anna Schmidt", Role.MANAGER, language="en")


@dataclass
class StillClock:
    """A clock that moves only when told."""

    at: datetime = field(default_factory=lambda: datetime(2025, 3, 3, 2, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def talk_track(**changes: Any) -> Card:
    """The card of A8: one line first, the rest on request."""
    card = Card(
        id="card-1",
        headline="先认同预算，再把价差摊到单件成本",
        summary="客户比的是单价，您要带他算的是三年总成本。",
        source="话术库 · 价格异议",
        facts=(Fact("适用阶段", "报价、谈判"), Fact("近 90 天赢单率", "用过 46%，没用过 31%")),
        sections=(
            Section(
                "怎么说", "> 王总，这个价差摊到每件是 **0.12 元**。\n\n1. 先复述客户的预算\n2. 再问停机一小时损失多少"
            ),
            Section(
                "对比", "| 项目 | 我们 | 竞品 |\n|---|---|---|\n| 质保 | 36 个月 | 12 个月 |\n| 响应 | 4 小时 | 次日 |"
            ),
        ),
        actions=(Action("useful", "有用", "primary"), Action("not_useful", "没用"), Action("mute", "打断我了")),
        citations=(Citation("第三方测试报告 2025-02", "https://example.com/report", "检测中心，第 3 版"),),
    )
    return replace(card, **changes)


@dataclass
class Desk:
    """What the console is given, and what came out of it. `answer` says what the bot replies."""

    clock: StillClock
    people: dict[str, Person] = field(default_factory=lambda: {"token-rep": REP, "token-manager": MANAGER})
    accounts: dict[tuple[str, str], Person] = field(default_factory=dict)
    opened: dict[str, tuple[Opening, Session]] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    entries: dict[str, list[HistoryEntry]] = field(default_factory=dict)
    received: list[Message] = field(default_factory=list)
    adapter: ConsoleAdapter | None = None
    broken: bool = False
    quiet: bool = False

    async def holder(self, token: str) -> Person | None:
        return self.people.get(token)

    async def begin(self, opening: Opening, former: str) -> str | None:
        person = self._holder(opening)
        if person is None:
            return None
        self.opened.pop(former, None)
        key, now = f"key-{secrets.token_hex(8)}", self.clock.now()
        session = Session(f"s-{key}", person, opening.way, opening.device, opening.address, now, now)
        self.opened[key] = (opening, session)
        return key

    async def session(self, key: str) -> Session | None:
        if key not in self.opened:
            return None
        opening, session = self.opened[key]
        person = self._holder(opening)
        return replace(session, person=person) if person and person.id == session.person.id else None

    async def seen(self, session_id: str, address: str) -> None:
        for key, (opening, session) in list(self.opened.items()):
            if session.id == session_id:
                self.opened[key] = (opening, replace(session, seen_at=self.clock.now(), address=address))

    async def sessions(self, person: Person) -> Sequence[Session]:
        return [session for _, session in self.opened.values() if session.person.id == person.id]

    async def end(self, person: Person, ids: Collection[str]) -> None:
        for key, (_, session) in list(self.opened.items()):
            if session.id in ids and session.person.id == person.id:
                del self.opened[key]

    async def spend(self, mark: str) -> bool:
        fresh = mark not in self.spent
        self.spent.add(mark)
        return fresh

    async def tidy(self) -> None:
        self.spent.clear()

    def _holder(self, opening: Opening) -> Person | None:
        return self.people.get(opening.proof) or self.accounts.get((opening.way, opening.proof))

    async def before(self, person: Person, before_seq: int | None, limit: int) -> Sequence[HistoryEntry]:
        known = self.entries.get(person.id, [])
        return [entry for entry in known if before_seq is None or entry.seq < before_seq][-limit:]

    async def receive(self, messages: Sequence[Message]) -> None:
        if self.broken:
            raise IntakeUnavailable
        for message in messages:
            if all(known.id != message.id for known in self.received):
                await self._take(message)

    async def say(self, reply: Reply) -> HistoryEntry:
        """Store and deliver a reply as the flows do."""
        assert self.adapter
        person_id = reply.to.conversation.removeprefix("user:")
        for payload in self.adapter.render(reply):
            entry = self.store(person_id, "out", payload=payload)
            await self.adapter.send(Parcel(entry.id, reply.to, payload))
        return entry

    def store(self, person_id: str, direction: Any, entry_id: str = "", **fields: Any) -> HistoryEntry:
        """Add to the history, as another process would, without telling the adapter."""
        entries = self.entries.setdefault(person_id, [])
        seq = len(entries) + 1
        at = fields.pop("at", self.clock.now())
        entries.append(HistoryEntry(entry_id or f"parcel-{seq}", seq, direction, at, **fields))
        return entries[-1]

    async def _take(self, message: Message) -> None:
        self.received.append(message)
        names = tuple(file.name for file in message.attachments)
        self.store(message.sender, "in", message.id, text=message.text, attachments=names)
        if not self.quiet:
            for reply in self._answer(message):
                await self.say(reply)

    def _answer(self, message: Message) -> list[Reply]:
        to = address_of(message.sender)
        if message.press is None:
            return [Reply(to, card=talk_track())]
        changes = {
            "unfold": {"unfolded": True},
            "fold": {"unfolded": False},
            "useful": {"unfolded": True, "pressed": "useful", "notice": "谢谢，已记下。"},
        }[message.press.action]
        update = CardUpdate(message.press.card_id, message.press.handle)
        return [Reply(to, card=talk_track(**changes), update=update)]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", web=Web(upload_limit_mb=1), console=Console(session_hours=8))


@pytest.fixture
def pages(tmp_path: Path) -> list[Page]:
    """Tests that need skills' pages override this."""
    return []


@pytest.fixture
def signin() -> Signin:
    """Tests that need other limits override this."""
    return Signin(idle_minutes=720)


@pytest.fixture
def providers() -> tuple[IdentityProvider, ...]:
    """Tests that need ways to sign in override this."""
    return ()


@pytest.fixture
def desk(
    settings: Settings,
    clock: StillClock,
    pages: list[Page],
    signin: Signin,
    providers: tuple[IdentityProvider, ...],
) -> Desk:
    desk = Desk(clock)
    ports = ConsolePorts(desk, desk, providers)
    desk.adapter = ConsoleAdapter(settings, clock, ports, pages, signin, "127.0.0.1")
    return desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A browser without a session."""
    app = web.Application()
    assert desk.adapter
    desk.adapter.mount(app, desk.receive)
    app.router.add_get("/other/callback", _elsewhere)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def rep(client: TestClient[web.Request, web.Application]) -> TestClient[web.Request, web.Application]:
    """A browser in which the sales rep is signed in; every POST carries the CSRF mark."""
    return await signed_in(client, "token-rep")


async def signed_in(client: Any, token: str) -> Any:
    """Follow the link, press the button, and take the CSRF mark from the page, as the script does."""
    page = await follow_link(client, token)
    found = re.search(r'<meta name="csrf" content="(\w+)">', page)
    assert found
    client.session.headers["X-CSRF"] = found.group(1)
    return client


async def _elsewhere(request: web.Request) -> web.Response:
    """A route of another adapter."""
    if request.query:
        raise web.HTTPNotFound
    return web.Response(text="ok")
