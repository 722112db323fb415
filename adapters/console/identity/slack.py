"""Sign in with Slack: OpenID Connect."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from adapters.console.identity.errors import SignInFailed
from adapters.console.identity.http import Caller
from bot.contracts import Clock
from config.groups.signin import Signin
from config.groups.slack import Slack

if TYPE_CHECKING:
    from jwt import PyJWK, PyJWKSet

BAD_CODE = frozenset({"invalid_code", "code_already_used", "code_expired"})
KEYS_KEPT = timedelta(hours=1)
KEYS_PAUSE = timedelta(minutes=1)  # an unknown key is looked up again, but not at every forged token
LEEWAY_SECONDS = 60  # between Slack's clock and ours
USER, TEAM = "https://slack.com/user_id", "https://slack.com/team_id"


class SlackIdentity:
    """A Slack app as identity provider. The user token that comes with the id_token is thrown away."""

    name = "slack"

    def __init__(self, slack: Slack, signin: Signin, clock: Clock) -> None:
        self._slack = slack
        self._team = signin.slack_team
        self._clock = clock
        self._caller = Caller()
        self._keys: PyJWKSet | None = None
        self._keys_at = clock.now()

    def silent(self, user_agent: str) -> bool:
        """Slack opens links in the system's browser and always asks."""
        return False

    def start(self, state: str, nonce: str, redirect_uri: str, user_agent: str) -> str:
        """Slack's page where the person agrees."""
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._slack.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
        }
        team = {"team": self._team} if self._team else {}
        return f"{self._slack.base_url}/openid/connect/authorize?{urlencode({**query, **team})}"

    async def finish(self, code: str, nonce: str, redirect_uri: str) -> str:
        """The user's id, out of an id_token that Slack signed for us and for this attempt. Raises SignInFailed."""
        form = {
            "client_id": self._slack.client_id,
            "client_secret": self._slack.client_secret.get_secret_value(),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        answer = await self._caller.call("POST", f"{self._slack.base_url}/api/openid.connect.token", data=form)
        if answer.get("ok") is not True:
            error = str(answer.get("error", ""))
            raise SignInFailed("code_refused" if error in BAD_CODE else "setup", error)
        return self._account(await self._claims(str(answer.get("id_token", ""))), nonce)

    async def close(self) -> None:
        """Give back sockets."""
        await self._caller.close()

    def _account(self, claims: dict[str, Any], nonce: str) -> str:
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise SignInFailed("code_refused", "the id_token was made for another attempt")
        if self._team and claims.get(TEAM) != self._team:
            raise SignInFailed("not_a_member", "another workspace")
        return str(claims.get(USER) or claims["sub"])

    async def _claims(self, id_token: str) -> dict[str, Any]:
        import jwt

        try:
            key = await self._key(str(jwt.get_unverified_header(id_token).get("kid", "")))
            return jwt.decode(
                id_token,
                key,
                algorithms=["RS256"],
                audience=self._slack.client_id,
                issuer=self._slack.base_url,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )
        except (jwt.PyJWTError, KeyError) as error:  # KeyError: no such key
            raise SignInFailed("code_refused", f"id_token: {type(error).__name__}") from None

    async def _key(self, kid: str) -> PyJWK:
        """The public key that signed; looked up again when it's unknown. Raises PyJWTError."""
        age = self._clock.now() - self._keys_at
        known = self._keys is not None and any(key.key_id == kid for key in self._keys.keys)
        if self._keys is None or age > KEYS_KEPT or (not known and age > KEYS_PAUSE):
            self._keys = await self._fetched_keys()
            self._keys_at = self._clock.now()
        return self._keys[kid]

    async def _fetched_keys(self) -> PyJWKSet:
        from jwt import PyJWKSet

        return PyJWKSet.from_dict(await self._caller.call("GET", f"{self._slack.base_url}/openid/connect/keys"))
