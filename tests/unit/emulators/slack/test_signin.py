"""Sign in with Slack, as a browser and an app go through it."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.emulators.slack import ManualClock, SlackEmulator
from tests.unit.emulators.slack.support import USER, ApiClient

BACK = "http://127.0.0.1:8080/login/slack"


async def agree(api: ApiClient, **changed: str) -> tuple[int, str, dict[str, str]]:
    """Ask as an app does, press a name: status, page, and what came back to the app."""
    asked = {
        "response_type": "code",
        "scope": "openid profile email",
        "client_id": api.emulator.workspace.client_id,
        "redirect_uri": BACK,
        "state": "s&1",
        "nonce": "n1",
        **changed,
    }
    address = f"{api.emulator.base_url}/openid/connect/authorize"
    async with api.session.get(address, params=asked, allow_redirects=False) as response:
        back = parse_qs(urlsplit(response.headers.get("Location", "")).query)
        return response.status, await response.text(), {name: values[0] for name, values in back.items()}


async def token(api: ApiClient, code: str, /, **changed: str) -> dict[str, Any]:
    space = api.emulator.workspace
    given = {"client_id": space.client_id, "client_secret": space.client_secret, "code": code, "redirect_uri": BACK}
    return await api.form("openid.connect.token", token="", **{**given, **changed})


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_a_person_signs_in(api: ApiClient, emulator: SlackEmulator) -> None:
    status, page, _ = await agree(api)
    assert (status, "张敏" in page) == (200, True)
    status, _, back = await agree(api, user=USER)
    assert (status, back["state"]) == (302, "s&1")
    answer = await token(api, back["code"])
    assert answer["token_type"] == "Bearer"
    head, claims, signature = answer["id_token"].split(".")
    who = json.loads(decoded(claims))
    assert (who["https://slack.com/user_id"], who["nonce"], who["aud"]) == (USER, "n1", emulator.workspace.client_id)
    async with api.session.get(f"{emulator.base_url}/openid/connect/keys") as response:
        (key,) = (await response.json())["keys"]
    numbers = [int.from_bytes(decoded(key[name]), "big") for name in ("e", "n")]
    public = rsa.RSAPublicNumbers(*numbers).public_key()
    public.verify(decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    info = await api.call("openid.connect.userInfo", token=answer["access_token"])
    assert (info["name"], info["email"]) == ("张敏", "u0zhangmin@example.com")
    assert (await api.call("openid.connect.userInfo"))["error"] == "not_allowed_token_type"
    assert emulator.violations == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": "x"}, "invalid_client_id"),
        ({"scope": "email"}, "invalid_scope"),
        ({"response_type": "token"}, "response_type"),
        ({"redirect_uri": "javascript:alert(1)"}, "bad_redirect_uri"),
        ({"team": "T0OTHER"}, "invalid_team"),
        ({"colour": "red"}, "unknown parameters"),
    ],
)
async def test_wrong_questions(api: ApiClient, changed: dict[str, str], words: str) -> None:
    status, page, _ = await agree(api, user=USER, **changed)
    assert (status, words in page) == (400, True)


async def test_wrong_codes(api: ApiClient, clock: ManualClock) -> None:
    code = (await agree(api, user=USER))[2]["code"]
    errors = [
        (await token(api, code, **changed))["error"]
        for changed in (
            {"client_secret": "x"},
            {"client_id": "x"},
            {"redirect_uri": "http://other/"},
            {"code": "x"},
            {"grant_type": "password"},
        )
    ]
    assert errors == [
        "bad_client_secret",
        "invalid_client_id",
        "bad_redirect_uri",
        "invalid_code",
        "invalid_grant_type",
    ]
    assert (await token(api, code))["ok"]
    assert (await token(api, code))["error"] == "code_already_used"
    late = (await agree(api, user=USER))[2]["code"]
    clock.advance(minutes=11)
    assert (await token(api, late))["error"] == "invalid_code"


async def test_registered_redirect_urls(api: ApiClient) -> None:
    async with SlackEmulator(redirect_urls=[BACK]) as strict:
        other = ApiClient(strict, api.session)
        assert (await agree(other, user=USER))[0] == 302
        assert (await agree(other, user=USER, redirect_uri=BACK + "/x"))[0] == 400
