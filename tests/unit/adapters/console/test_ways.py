"""Signing in with WeCom and with Slack: real pages and calls of the emulators, and what an attacker would try."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import jwt
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.console.identity import identity_providers
from adapters.console.identity.errors import SignInFailed
from adapters.console.identity.http import Caller
from adapters.console.ports import IdentityProvider
from config.groups.signin import Signin
from config.groups.slack import Slack
from config.settings import Wecom
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.oauth import OUTSIDER
from tests.unit.adapters.console.conftest import MANAGER, REP, Desk, StillClock

WECOM_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/7.0.1 Language/zh wxwork/4.1.30 MacWechat"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
BASE = "http://127.0.0.1:8080"  # settings.public_url


@pytest_asyncio.fixture
async def wecom() -> AsyncIterator[WecomEmulator]:
    async with WecomEmulator(users={"lixiaomei": "李晓梅", "newcomer": "新人"}) as emulator:
        yield emulator
    assert emulator.violations == []


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(redirect_urls=[f"{BASE}/sign-in/slack/return"]) as emulator:
        yield emulator
    assert emulator.violations == []


@pytest.fixture
def providers(
    wecom: WecomEmulator, slack: SlackEmulator, signin: Signin, clock: StillClock
) -> tuple[IdentityProvider, ...]:
    company, space = wecom.company, slack.workspace
    app = Wecom(
        enabled=True,
        corp_id=company.corp_id,
        agent_id=company.agent_id,
        secret=company.secret,
        token=company.token,
        aes_key=company.aes_key,
        base_url=wecom.base_url,
    )
    slack_app = Slack(base_url=slack.base_url, client_id=space.client_id, client_secret=space.client_secret)
    places = {"wecom_authorize_url": wecom.base_url, "wecom_login_url": wecom.base_url}
    return identity_providers(signin.model_copy(update=places), app, slack_app, clock)


@pytest.fixture(autouse=True)
def accounts(desk: Desk) -> None:
    desk.accounts = {("wecom", "lixiaomei"): REP, ("slack", "U0ZHANGMIN"): MANAGER}


class Journey:
    """A browser that goes to the platform and comes back."""

    def __init__(self, client: Any, agent: str = LAPTOP) -> None:
        self.client = client
        self.headers = {"User-Agent": agent}

    async def get(self, path: str) -> aiohttp.ClientResponse:
        return await self.client.get(path, headers=self.headers, allow_redirects=False)

    async def out(self, path: str) -> str:
        """Set out; where the platform is."""
        response = await self.get(path)
        assert response.status == 303, await response.text()
        return response.headers["Location"]

    async def platform(self, address: str, user: str) -> str:
        """Agree there; the way back to us."""
        async with aiohttp.ClientSession(headers=self.headers) as session:
            target = address.partition("#")[0] + (f"&user={user}" if user else "")
            async with session.get(target, allow_redirects=False) as response:
                assert response.status == 302, await response.text()
                place = urlsplit(response.headers["Location"])
        assert f"{place.scheme}://{place.netloc}" == BASE
        return f"{place.path}?{place.query}"

    async def whole(self, path: str, user: str) -> aiohttp.ClientResponse:
        return await self.get(await self.platform(await self.out(path), user))


async def test_in_wecom_a_link_opens_signed_in_without_a_question(client, desk, wecom):
    """The phone's browser is recognised on its way, and lands on the page that the card named."""
    wecom.oauth.phone_user = "lixiaomei"
    phone = Journey(client, WECOM_PHONE)
    way = await phone.out("/?from=card")
    assert way == "/sign-in/wecom?next=/?from%3Dcard"
    address = await phone.out(way)
    assert urlsplit(address).path == "/connect/oauth2/authorize"
    assert address.endswith("#wechat_redirect")
    assert parse_qs(urlsplit(address).query)["scope"] == ["snsapi_base"]
    response = await phone.get(await phone.platform(address, ""))
    assert (response.status, response.headers["Location"]) == (303, "/?from=card")
    assert "李晓梅" in await (await phone.get("/")).text()
    [(opening, _)] = desk.opened.values()
    assert (opening.way, opening.device) == ("wecom", "WeCom · iPhone")


async def test_on_a_laptop_wecom_shows_its_qr_code(client):
    laptop = Journey(client)
    assert (await laptop.out("/")).startswith("/sign-in?next=")
    assert 'href="/sign-in/wecom?next=/' in await (await laptop.get("/sign-in")).text()
    address = await laptop.out("/sign-in/wecom")
    assert urlsplit(address).path == "/wwlogin/sso/login"
    assert parse_qs(urlsplit(address).query)["login_type"] == ["CorpApp"]
    assert (await laptop.get(await laptop.platform(address, "lixiaomei"))).headers["Location"] == "/"


async def test_slack_tells_who_it_is_by_a_signed_token(client):
    response = await Journey(client).whole("/sign-in/slack?next=/sessions", "U0ZHANGMIN")
    assert (response.status, response.headers["Location"]) == (303, "/sessions")
    assert "Anna Schmidt" in await (await client.get("/sessions")).text()


@pytest.mark.parametrize(("way", "user"), [("wecom", "newcomer"), ("slack", "U0LIWEI")])
async def test_an_account_that_is_on_no_list_gets_a_page_that_says_what_to_do(client, desk, way, user):
    response = await Journey(client).whole(f"/sign-in/{way}", user)
    page = await response.text()
    assert response.status == 403
    assert user in page
    assert "销售运营" in page
    assert desk.opened == {}


async def test_somebody_outside_the_company_is_told_so(client, desk):
    response = await Journey(client).whole("/sign-in/wecom", OUTSIDER)
    assert response.status == 403
    assert "不是本企业的成员" in await response.text()
    assert desk.opened == {}


async def test_whoever_declines_may_try_again(client):
    laptop = Journey(client)
    state = parse_qs(urlsplit(await laptop.out("/sign-in/slack?next=/sessions")).query)["state"][0]
    response = await laptop.get(f"/sign-in/slack/return?error=access_denied&state={state}")
    page = await response.text()
    assert response.status == 401
    assert "没有在Slack里确认" in page
    assert 'href="/sign-in/slack?next=/sessions"' in page


async def test_an_answer_counts_once(client, desk):
    """The state is spent, so is the code: neither a reload nor a new attempt with an old code opens anything."""
    laptop = Journey(client)
    back = await laptop.platform(await laptop.out("/sign-in/wecom"), "lixiaomei")
    cookies = {name: morsel.value for name, morsel in _jar(client).items()}
    assert (await laptop.get(back)).status == 303
    client.session.cookie_jar.clear()
    client.session.cookie_jar.update_cookies(cookies, client.make_url("/"))  # a thief with a copy of the browser
    replayed = await laptop.get(back)
    assert replayed.status == 400
    assert "已过期" in await replayed.text()
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(await laptop.out("/sign-in/wecom")).query)["state"][0]
    again = await laptop.get(f"/sign-in/wecom/return?code={code}&state={state}")
    assert again.status == 401
    assert "已失效或已用过" in await again.text()
    assert len(desk.opened) == 1


@pytest.mark.parametrize("way", ["wecom", "slack"])
async def test_the_platform_refuses_a_code_that_it_did_not_give(client, desk, way):
    laptop = Journey(client)
    state = parse_qs(urlsplit(await laptop.out(f"/sign-in/{way}")).query)["state"][0]
    response = await laptop.get(f"/sign-in/{way}/return?code=invented&state={state}")
    assert response.status == 401
    assert desk.opened == {}


async def test_an_answer_counts_in_the_browser_that_asked(client, desk):
    """Login CSRF: a link with somebody else's code, opened by the victim."""
    back = await Journey(client).platform(await Journey(client).out("/sign-in/wecom"), "lixiaomei")
    client.session.cookie_jar.clear()
    response = await Journey(client).get(back)
    assert response.status == 400
    assert desk.opened == {}


async def test_an_answer_of_one_platform_is_none_of_the_other(client, desk):
    laptop = Journey(client)
    back = await laptop.platform(await laptop.out("/sign-in/wecom"), "lixiaomei")
    assert (await laptop.get(back.replace("/wecom/", "/slack/"))).status == 400
    assert desk.opened == {}


async def test_an_answer_comes_within_ten_minutes(client, desk, clock):
    laptop = Journey(client)
    back = await laptop.platform(await laptop.out("/sign-in/wecom"), "lixiaomei")
    clock.forward(minutes=11)
    assert (await laptop.get(back)).status == 400
    assert desk.opened == {}


async def test_two_tabs_sign_in_side_by_side(client):
    laptop = Journey(client)
    first, second = [await laptop.out(f"/sign-in/wecom?next=/?tab={tab}") for tab in (1, 2)]
    for address, page in ((second, "/?tab=2"), (first, "/?tab=1")):
        response = await laptop.get(await laptop.platform(address, "lixiaomei"))
        assert response.headers["Location"] == page


async def test_attempts_do_not_pile_up_in_the_browser(client):
    for _ in range(20):
        await Journey(client).out("/sign-in/wecom")
    assert sum(name.startswith("xiaoce_attempt_") for name in _jar(client)) <= 9


async def test_going_back_after_signing_in_is_no_error(client):
    laptop = Journey(client)
    back = await laptop.platform(await laptop.out("/sign-in/wecom"), "lixiaomei")
    await laptop.get(back)
    assert (await laptop.get(back)).headers["Location"] == "/"


async def test_nobody_is_led_elsewhere_by_next(client):
    for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
        response = await Journey(client).whole(f"/sign-in/wecom?next={target}", "lixiaomei")
        assert response.headers["Location"] == "/"
        client.session.cookie_jar.clear()


async def test_signing_in_begins_at_the_address_to_which_the_platform_returns(client):
    response = await client.get(
        "/sign-in/wecom?next=/sessions", headers={"Host": "localhost:8080"}, allow_redirects=False
    )
    assert response.headers["Location"] == f"{BASE}/sign-in/wecom?next=/sessions"


async def test_a_new_sign_in_has_a_new_key_and_ends_the_old_session(client, desk):
    await Journey(client).whole("/sign-in/wecom", "lixiaomei")
    before = _jar(client)["xiaoce_session"].value
    await Journey(client).whole("/sign-in/wecom", "lixiaomei")
    assert _jar(client)["xiaoce_session"].value != before
    assert list(desk.opened) == [_jar(client)["xiaoce_session"].value]


async def test_a_session_ends_when_the_account_is_taken_away(client, desk):
    await Journey(client).whole("/sign-in/wecom", "lixiaomei")
    assert (await client.get("/chat/history")).status == 200
    desk.accounts.clear()
    assert (await client.get("/chat/history")).status == 401


async def test_a_stale_access_token_is_replaced_once(client, wecom):
    await Journey(client).whole("/sign-in/wecom", "lixiaomei")
    wecom.faults.revoke_token()
    assert (await Journey(client).whole("/sign-in/wecom", "lixiaomei")).status == 303
    assert len(wecom.requests_to("/cgi-bin/gettoken")) == 2


@pytest.mark.parametrize("errcode", [60020, 50001])
async def test_a_platform_that_refuses_us_is_no_fault_of_the_person(client, wecom, errcode):
    wecom.faults.fail(errcode, path="/cgi-bin/auth/getuserinfo")
    response = await Journey(client).whole("/sign-in/wecom", "lixiaomei")
    assert response.status == 502
    assert "企业微信拒绝了这次登录" in await response.text()


async def test_a_platform_that_is_away_is_said_to_be(client, wecom, slack):
    wecom.faults.status(503, path="/cgi-bin/auth/getuserinfo")
    slack.faults.status(503)
    for way, user in (("wecom", "lixiaomei"), ("slack", "U0ZHANGMIN")):
        response = await Journey(client).whole(f"/sign-in/{way}", user)
        assert response.status == 502
        assert "暂时连不上" in await response.text()


@pytest.mark.parametrize("errcode", [-1, 45009])
@pytest.mark.parametrize("call", ["gettoken", "auth/getuserinfo"])
async def test_a_busy_platform_is_away_for_a_moment_only(client, wecom, errcode, call):
    wecom.faults.fail(errcode, path=f"/cgi-bin/{call}")
    response = await Journey(client).whole("/sign-in/wecom", "lixiaomei")
    assert response.status == 502
    assert "暂时连不上" in await response.text()
    assert (await Journey(client).whole("/sign-in/wecom", "lixiaomei")).status == 303


async def test_an_answer_that_comes_in_pieces_is_read_to_its_end():
    """One read of a socket gives what has arrived so far: the keys of Slack come in several packets."""

    async def slowly(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in (b'{"access_', b'token": "t"}'):
            await response.write(piece)
            await asyncio.sleep(0.1)
        return response

    app = web.Application()
    app.router.add_get("/", slowly)
    caller = Caller()
    async with TestServer(app) as server:
        assert await caller.call("GET", str(server.make_url("/"))) == {"access_token": "t"}
        await caller.close()


async def test_a_wrong_secret_is_not_tried_again_and_again(client, wecom, providers):
    """WeCom bans an address that keeps trying for an hour: that would stop the bot's messages too."""
    object.__setattr__(wecom.company, "secret", "changed")
    for _ in range(3):
        assert (await Journey(client).whole("/sign-in/wecom", "lixiaomei")).status == 502
    assert len(wecom.requests_to("/cgi-bin/gettoken")) == 1


async def test_guessing_codes_is_braked(client, clock):
    laptop = Journey(client)
    statuses = []
    for number in range(12):
        state = parse_qs(urlsplit(await laptop.out("/sign-in/slack")).query)["state"][0]
        response = await laptop.get(f"/sign-in/slack/return?code=guess{number}&state={state}")
        statuses.append(response.status)
    assert statuses == [401] * 10 + [429] * 2
    assert response.headers["Retry-After"] == "60"


async def test_many_first_sign_ins_share_one_access_token(wecom, providers):
    codes = [wecom.oauth.agree("lixiaomei") for _ in range(20)]
    found = await asyncio.gather(*(providers[0].finish(code, "", "") for code in codes))
    assert set(found) == {"lixiaomei"}
    assert len(wecom.requests_to("/cgi-bin/gettoken")) == 1
    await providers[0].close()


async def test_an_unknown_way_is_no_page(client):
    assert (await client.get("/sign-in/qq")).status == 404
    assert (await client.get("/sign-in/qq/return")).status == 404


class TestForgedTokens:
    """What an id_token must be, one fault each; the server that gives them is a real socket with Slack's key."""

    KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @pytest_asyncio.fixture
    async def finish(self, clock: StillClock) -> AsyncIterator[Any]:
        """Exchange a code at a server whose id_token has these claims and this key."""
        made: dict[str, Any] = {}

        async def token(request: web.Request) -> web.Response:
            return web.json_response({"ok": True, "access_token": "xoxp-1", "id_token": made["token"]})

        async def keys(request: web.Request) -> web.Response:
            jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self.KEY.public_key(), as_dict=True)
            return web.json_response({"keys": [{**jwk, "kid": "k1", "alg": "RS256", "use": "sig"}]})

        app = web.Application()
        app.router.add_post("/api/openid.connect.token", token)
        app.router.add_get("/openid/connect/keys", keys)
        async with TestServer(app) as server:
            base = str(server.make_url("")).rstrip("/")
            slack_app = Slack(base_url=base, client_id="client", client_secret="secret")
            [provider] = identity_providers(Signin(slack_team="T1"), Wecom(), slack_app, clock)

            async def finish(key: Any = self.KEY, alg: str = "RS256", kid: str = "k1", **claims: Any) -> str:
                now = int(time.time())
                good = {
                    "iss": base,
                    "aud": "client",
                    "sub": "U1",
                    "iat": now,
                    "exp": now + 300,
                    "nonce": "nonce",
                    "https://slack.com/user_id": "U1",
                    "https://slack.com/team_id": "T1",
                }
                kept = {name: value for name, value in (good | claims).items() if value is not None}
                made["token"] = jwt.encode(kept, key, algorithm=alg, headers={"kid": kid})
                return await provider.finish("code", "nonce", "http://x/return")

            yield finish
            await provider.close()

    async def test_a_good_one_is_taken(self, finish):
        assert await finish() == "U1"

    @pytest.mark.parametrize(
        "fault",
        [
            {"iss": "https://evil.example"},
            {"aud": "another app"},
            {"exp": 1_000_000_000},
            {"exp": None},
            {"nonce": "another attempt"},
            {"nonce": None},
            {"https://slack.com/team_id": "T2"},
            {"key": OTHER},
            {"kid": "k2"},
            {"alg": "HS256", "key": "public key as a secret, 32 bytes long at least"},
            {"alg": "none", "key": ""},
        ],
        ids="-".join,
    )
    async def test_a_bad_one_is_refused(self, finish, fault):
        with pytest.raises(SignInFailed) as caught:
            await finish(**fault)
        assert caught.value.why in {"code_refused", "not_a_member"}


def _jar(client: TestClient[Any, Any]) -> Any:
    return client.session.cookie_jar.filter_cookies(client.make_url("/"))
