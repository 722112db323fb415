"""D9: every route of the whole console, as every role, in a company where each row says whose it is.

A route that is added and isn't in `ROUTES` fails here: say who may open it, and this test sees to the rest.
"""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer

from bot.app import build
from bot.cli.signing_in import issue_token
from bot.contracts import Message
from bot.process import App
from config.settings import load_settings
from skills.talktracks.feedback import GAP
from storage.store import Store
from tests.scenarios.company import (
    ADMIN,
    ANNA,
    CUSTOMERS,
    DIRECTOR,
    EAST,
    JUNJIE,
    MIN,
    OPS,
    SOUTH,
    STAFF,
    Employee,
    load,
)
from tests.signing_in import follow_link

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANNEL_OWNER = Employee("E5001", "钱学文", "渠道负责人", "渠道组", "华北", "", "qianxuewen")
EVERYBODY = (*STAFF, CHANNEL_OWNER)
VIEWERS = {
    "rep": MIN,
    "manager": EAST,
    "director": DIRECTOR,
    "channel_owner": CHANNEL_OWNER,
    "ops": OPS,
    "admin": ADMIN,
}
ALL = frozenset(VIEWERS)
KEEPERS = frozenset({"ops", "admin"})
LEADERS = KEEPERS | {"manager", "director"}
AUTHORS = frozenset({OPS.name})  # the playbook says who keeps a card, so that people can ask (A15)

# Who sees whose rows, as the requirements say it (not as the code computes it).
PEOPLE_OF: Mapping[str, tuple[Employee, ...]] = {
    "rep": (MIN,),
    "manager": (EAST, MIN, ANNA),
    "director": (DIRECTOR, EAST, SOUTH, MIN, ANNA, JUNJIE),
    "channel_owner": (CHANNEL_OWNER,),
    "ops": EVERYBODY,
    "admin": EVERYBODY,
}


@dataclass(frozen=True)
class Route:
    """What is expected of one route. `stranger` is what somebody gets who isn't signed in."""

    roles: frozenset[str] = ALL
    path: str = ""  # with real values for the placeholders
    status: int = 200  # of those who may
    refused: int = 403  # of those who may not
    stranger: int = 303
    public: frozenset[str] = frozenset()  # names that stand there for everybody


ROUTES = {
    # the way in
    ("GET", "/sign-in"): Route(stranger=200),
    ("POST", "/sign-in"): Route(stranger=403),
    ("GET", "/sign-in/{way}"): Route(path="/sign-in/wecom", status=404, stranger=404),
    ("GET", "/sign-in/{way}/return"): Route(path="/sign-in/wecom/return", status=404, stranger=404),
    ("POST", "/sign-out"): Route(),
    ("GET", "/static/console"): Route(path="/static/console/base.css", stranger=200),
    # one's own
    ("GET", "/sessions"): Route(),
    ("POST", "/sessions"): Route(),
    ("GET", "/"): Route(),
    ("GET", "/chat/history"): Route(stranger=401),
    ("GET", "/chat/stream"): Route(stranger=401),
    ("GET", "/chat/files/{signed}"): Route(path="/chat/files/x.y", status=404),
    ("POST", "/chat/messages"): Route(stranger=401),
    ("POST", "/chat/presses"): Route(stranger=401),
    ("POST", "/chat/uploads"): Route(stranger=401),
    # skills' pages
    ("GET", "/playbook"): Route(public=AUTHORS),
    ("GET", "/playbook/{id}"): Route(path="/playbook/price-too-expensive?language=zh", public=AUTHORS),
    ("GET", "/playbook/{id}/edit"): Route(KEEPERS, "/playbook/price-too-expensive/edit?language=zh"),
    ("POST", "/playbook/{id}/edit"): Route(KEEPERS, "/playbook/price-too-expensive/edit?language=zh", status=422),
    ("GET", "/playbook-gaps"): Route(KEEPERS),
    ("POST", "/playbook-gaps"): Route(KEEPERS),
    ("GET", "/recordings"): Route(),
    ("GET", "/recordings/{id}"): Route(path="/recordings/x", status=404),
    ("POST", "/recordings/{id}"): Route(path="/recordings/x", status=404),
    ("GET", "/recordings/{id}/sound"): Route(path="/recordings/x/sound", status=404),
    ("GET", "/prompts"): Route(LEADERS),
    ("POST", "/prompts"): Route(LEADERS),
    ("GET", "/calibration"): Route(ALL - {"channel_owner"}),
    ("POST", "/calibration"): Route(ALL - {"channel_owner"}),
    ("GET", "/ramp"): Route(LEADERS),
    ("GET", "/ask"): Route(),
    ("GET", "/ask/export/{name}"): Route(path="/ask/export/answer.csv", status=404),
    ("GET", "/ask/subscriptions"): Route(),
    ("POST", "/ask/subscriptions"): Route(),
    ("GET", "/ask/open"): Route(KEEPERS),
    ("GET", "/brief"): Route(),
    ("GET", "/brief/slides/{name}"): Route(path="/brief/slides/x.pptx"),
    ("GET", "/brief/picture/{name}"): Route(path="/brief/picture/x.png"),
    ("GET", "/orders"): Route(),
    ("GET", "/orders/{key}"): Route(path="/orders/x", status=404),
    ("GET", "/events/map"): Route(),
    ("GET", "/events/map/{type}"): Route(path="/events/map/order.confirmed"),
    ("GET", "/funnel"): Route(LEADERS | {"channel_owner"}),
    ("GET", "/patterns"): Route(LEADERS),
    ("POST", "/patterns"): Route(LEADERS),
    ("GET", "/patterns/dialogues/{id}"): Route(LEADERS, "/patterns/dialogues/x", status=404),
    ("GET", "/rules"): Route(),
    ("POST", "/rules"): Route(status=422),
    ("GET", "/rules/{id}"): Route(path="/rules/x", status=404),
    ("POST", "/rules/{id}"): Route(path="/rules/x", status=404),
    ("GET", "/quality"): Route(),
    ("GET", "/quality/{gate}"): Route(path="/quality/customer.industry.filled"),
    ("GET", "/duplicates"): Route(KEEPERS | {"manager"}),
    ("POST", "/duplicates"): Route(KEEPERS | {"manager"}),
    ("GET", "/sources"): Route(KEEPERS | {"channel_owner"}),
    ("POST", "/sources"): Route(KEEPERS | {"channel_owner"}),
    ("GET", "/sources/{name}"): Route(KEEPERS | {"channel_owner"}, "/sources/x", status=404),
    ("POST", "/sources/{name}"): Route(KEEPERS | {"channel_owner"}, "/sources/x", status=404),
    ("GET", "/sources/{name}/mapping"): Route(KEEPERS | {"channel_owner"}, "/sources/x/mapping", status=404),
    ("POST", "/sources/{name}/mapping"): Route(KEEPERS | {"channel_owner"}, "/sources/x/mapping", status=404),
    ("GET", "/events"): Route(KEEPERS, refused=404),
    ("GET", "/events/export/events.csv"): Route(KEEPERS, refused=404),
    ("GET", "/events/quarantine"): Route(KEEPERS, refused=404),
    ("POST", "/events/quarantine"): Route(KEEPERS, refused=404),
    ("GET", "/events/{seq}"): Route(path="/events/1", status=404),
    ("GET", "/systems"): Route(KEEPERS, refused=404),
    ("POST", "/systems"): Route(KEEPERS, status=422, refused=404),
    ("GET", "/systems/{name}"): Route(path="/systems/x", status=404),
    ("POST", "/systems/{name}"): Route(path="/systems/x", status=404),
    ("GET", "/systems/{name}/rehearsal"): Route(path="/systems/x/rehearsal", status=404),
    ("POST", "/systems/{name}/rehearsal"): Route(path="/systems/x/rehearsal", status=404),
    ("GET", "/systems/{name}/rehearsal/{id}"): Route(path="/systems/x/rehearsal/r1", status=404),
    ("GET", "/sla"): Route(),
    ("POST", "/sla"): Route(),
    ("GET", "/lineage"): Route(),
    ("GET", "/lineage/{entity}"): Route(path="/lineage/payment"),
    ("GET", "/attribution"): Route(ALL - {"rep"}),
    ("POST", "/attribution"): Route(ALL - {"rep"}, status=422),
    ("GET", "/attribution/journeys"): Route(ALL - {"rep"}, status=404),
    ("GET", "/attribution/journeys/{key}"): Route(ALL - {"rep"}, "/attribution/journeys/deal:x", status=404),
    ("GET", "/attribution/export/attribution.csv"): Route(ALL - {"rep"}),
    ("GET", "/behaviour"): Route(frozenset({"rep", "manager", "director"})),
}
READS = [key for key in ROUTES if key[0] == "GET"]
WRITES = [key for key in ROUTES if key[0] == "POST"]


@dataclass
class House:
    """The real pages on a real database, and a browser for everybody."""

    app: App
    application: web.Application
    server: TestServer
    tokens: dict[str, str]

    def stranger(self, **headers: str) -> ClientSession:
        return ClientSession(self.server.make_url("/"), cookie_jar=CookieJar(unsafe=True), headers=headers)

    async def sessions_of_others(self, role: str) -> set[str]:
        """Their ids, which their own pages show."""
        others = [person.id for person in EVERYBODY if person is not VIEWERS[role]]
        found = await self.app.database.read(
            lambda store: [one for id_ in others for one in store.web_sessions.of(id_)]
        )
        assert len({session.person_id for session in found}) == len(others)
        return {session.id for session in found}

    @asynccontextmanager
    async def browser(self, role: str) -> AsyncIterator[ClientSession]:
        async with self.stranger() as client:
            page = await follow_link(client, self.tokens[VIEWERS[role].id])
            found = re.search(r'<meta name="csrf" content="(\w+)">', page)
            assert found
            client.headers["X-CSRF"] = found[1]
            yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("company")
    settings = load_settings(data=folder / "data")
    await load(settings, folder, EVERYBODY)
    app = build(settings)
    await app.playbook.refresh()
    await app.database.write(lambda store: _talk(store, app))
    tokens = {person.id: await issue_token(app.database, person.id) for person in EVERYBODY}
    application = web.Application()

    async def receive(messages: Any) -> None:
        raise AssertionError(f"a probe got through: {messages}")

    app.adapters["console"].mount(application, receive)
    server = TestServer(application)
    await server.start_server()
    house = House(app, application, server, tokens)
    for person in EVERYBODY:  # everybody has a session of their own that the others must not see
        async with house.stranger(**{"User-Agent": "slack"}) as client:
            await follow_link(client, tokens[person.id])
    yield house
    await server.close()
    await app.library.close()
    app.database.close()


def _talk(store: Store, app: App) -> None:
    """Each person wrote something, and asked something that the playbook lacks."""
    now = app.clock.now()
    for person in EVERYBODY:
        said = Message(f"m-{person.id}", "console", f"user:{person.id}", person.id, "text", now, text=_said(person))
        store.messages.add(said, now)
        detail = {"question": _asked(person), "language": "zh", "message": said.id}
        store.audit.add(person.id, GAP, "playbook", detail, now)


def _said(person: Employee) -> str:
    return f"私聊内容{person.id}甲"


def _asked(person: Employee) -> str:
    return f"没有答案的问题{person.id}乙"


def _forbidden(role: str) -> set[str]:
    """Whatever belongs to others: what must be in no answer to this role."""
    viewer, seen = VIEWERS[role], PEOPLE_OF[role]
    others = [person for person in EVERYBODY if person is not viewer]
    hidden = [person for person in EVERYBODY if person not in seen]
    private = {_said(person) for person in others}
    names = {person.name for person in hidden} | {_asked(person) for person in hidden}
    return private | names | {row[1] for row in CUSTOMERS if row[6] not in {person.id for person in seen}}


async def test_every_route_is_in_the_table(house: House) -> None:
    """Add a new page to ROUTES, with who may open it."""
    found = set()
    for route in house.application.router.routes():
        if route.method != "HEAD" and route.resource:
            found.add((route.method, route.resource.canonical))
    assert found == set(ROUTES)


@pytest.mark.parametrize("role", VIEWERS)
async def test_no_page_shows_rows_of_others(house: House, role: str) -> None:
    secrets = _forbidden(role) | await house.sessions_of_others(role)
    assert len(secrets) > len(EVERYBODY)
    async with house.browser(role) as client:
        for key in READS:
            expected = ROUTES[key]
            status, text = await _read(client, expected.path or key[1])
            assert status == (expected.status if role in expected.roles else expected.refused), (key, role)
            assert [secret for secret in secrets - expected.public if secret in text] == [], (key, role)
            own = _said(VIEWERS[role])
            if key[1] == "/chat/history":
                assert own in text  # the probe sees what there is to see


async def test_the_probe_finds_what_is_there(house: House) -> None:
    """The test above can fail: whoever may see everything does."""
    async with house.browser("ops") as client:
        _, text = await _read(client, "/playbook-gaps")
        assert all(_asked(person) in text for person in EVERYBODY)


@pytest.mark.parametrize("role", VIEWERS)
async def test_no_write_gets_through_without_the_mark_or_the_role(house: House, role: str) -> None:
    """CSRF on every unsafe request, JSON ones too; with the mark, the role still counts."""
    async with house.browser(role) as client:
        mark = client.headers.pop("X-CSRF")
        for method, route in WRITES:
            expected, path = ROUTES[method, route], ROUTES[method, route].path or route
            for body in ({"json": {"id": "x", "text": "x"}}, {"data": {"session": "others", "csrf": "0" * 40}}):
                response = await client.post(path, allow_redirects=False, **body)
                assert response.status == 403, (route, role)
            if role not in expected.roles:
                form = {"csrf": mark, "do": "save", "text": "x", "kind": "gap", "subject": "x", "how": "done"}
                assert (await client.post(path, data=form, allow_redirects=False)).status == expected.refused, (
                    route,
                    role,
                )


@pytest.mark.parametrize("role", sorted(KEEPERS))
async def test_keepers_may_write(house: House, role: str) -> None:
    """So that the refusals above are about the others, not about a broken form."""
    async with house.browser(role) as client:
        for path, form, status in (
            ("/playbook-gaps", {"kind": "x", "subject": "x", "how": "x"}, 303),
            ("/playbook/price-too-expensive/edit?language=zh", {"do": "check", "text": "x", "revision": "1"}, 422),
        ):
            assert (await client.post(path, data=form, allow_redirects=False)).status == status


async def test_strangers_see_nothing(house: House) -> None:
    everything = _forbidden("channel_owner") | {_said(CHANNEL_OWNER), _asked(CHANNEL_OWNER)}
    async with house.stranger() as client:
        for (method, route), expected in ROUTES.items():
            path = expected.path or route
            response = await client.request(method, path, allow_redirects=False)
            assert response.status == expected.stranger, (method, route)
            if response.status == 303:
                assert response.headers["Location"].startswith("/sign-in?next=")
            text = await response.text()
            assert [secret for secret in everything if secret in text] == [], route


@pytest.mark.parametrize("id_", ["..%2F..%2Fetc", "'", "1 OR 1=1", "E1002", "%00", "x" * 3000])
async def test_strange_ids_find_nothing_and_break_nothing(house: House, id_: str) -> None:
    async with house.browser("rep") as client:
        for path in (f"/playbook/{id_}", f"/playbook/{id_}/edit", f"/chat/files/{id_}", f"/chat/history?before={id_}"):
            response = await client.get(path)
            assert response.status in {400, 403, 404}, path


async def _read(client: ClientSession, path: str) -> tuple[int, str]:
    """Status and text; of the stream what comes at first."""
    async with client.get(path, allow_redirects=path == "/sign-in") as response:
        if response.content_type != "text/event-stream":
            return response.status, _readable(_words_in(await response.read()))
        text = b""
        try:
            async with asyncio.timeout(0.3):
                async for chunk in response.content.iter_any():
                    text += chunk
        except TimeoutError:
            return response.status, _readable(text.decode())
    raise AssertionError("the stream ended by itself")


def _words_in(body: bytes) -> str:
    """Of slides what their parts say; a picture has no words that a program could read."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as slides:
            return "\n".join(slides.read(name).decode() for name in slides.namelist() if name.endswith(".xml"))
    return "" if body.startswith(b"\x89PNG") else body.decode()


def _readable(text: str) -> str:
    """JSON writes 张 as \\u5f20: a probe that looked for 张 would find nothing, ever."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
