"""Sign in with Slack: OpenID Connect, from the page where a person agrees to the signed id_token."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.emulators.common.clock import Clock
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.workspace import Workspace

CODE_LIFE, TOKEN_LIFE = timedelta(minutes=10), timedelta(minutes=5)
KEY_ID = "emulated-key"


@dataclass
class Grant:
    """What a person agreed to; the code is good once, for ten minutes."""

    user: str
    redirect_uri: str
    nonce: str
    scope: str
    at: datetime
    used: bool = False


class SignIn:
    """Codes, tokens and the key that signs."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._workspace = workspace
        self._clock = clock
        self._grants: dict[str, Grant] = {}
        self.tokens: dict[str, Grant] = {}  # user tokens

    def agree(self, user: str, redirect_uri: str, nonce: str, scope: str) -> str:
        """A code, after the person has pressed the button."""
        code = f"{secrets.randbelow(10**13)}.{secrets.token_hex(24)}"
        self._grants[code] = Grant(user, redirect_uri, nonce, scope, self._clock.now())
        return code

    def exchange(self, code: str, redirect_uri: str) -> tuple[str, Grant]:
        """A user token for a code; raise what Slack answers to a wrong one."""
        grant = self._grants.get(code)
        if grant is None or self._clock.now() - grant.at > CODE_LIFE:
            raise SlackError("invalid_code")
        if grant.used:
            raise SlackError("code_already_used")
        if redirect_uri != grant.redirect_uri:
            raise SlackError("bad_redirect_uri")
        grant.used = True
        token = f"xoxp-{secrets.token_hex(24)}"
        self.tokens[token] = grant
        return token, grant

    def claims(self, grant: Grant) -> dict[str, Any]:
        """Who the person is, as far as the scopes allow."""
        space, user = self._workspace, grant.user
        scopes = grant.scope.replace(",", " ").split()
        claims: dict[str, Any] = {
            "sub": user,
            "https://slack.com/user_id": user,
            "https://slack.com/team_id": space.team_id,
        }
        if "email" in scopes:
            claims.update({"email": space.email_of(user), "email_verified": True})
        if "profile" in scopes:
            team = {"https://slack.com/team_name": space.team_name, "https://slack.com/team_domain": "emulated"}
            claims.update({"name": space.name_of(user), "locale": "zh-CN", **team})
        return claims

    def id_token(self, grant: Grant, issuer: str) -> str:
        """The claims, signed with RS256."""
        now = self._clock.now()
        times = {"iat": int(now.timestamp()), "exp": int((now + TOKEN_LIFE).timestamp())}
        claims = {"iss": issuer, "aud": self._workspace.client_id, **times, **self.claims(grant)}
        claims.update({"nonce": grant.nonce} if grant.nonce else {})
        head = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        signed = b".".join(_coded(json.dumps(part).encode()) for part in (head, claims))
        signature = self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return b".".join((signed, _coded(signature))).decode()

    def keys(self) -> dict[str, Any]:
        """The public key, as a JWK set."""
        numbers = self._key.public_key().public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        modulus, exponent = _coded(numbers.n.to_bytes(size, "big")), _coded(numbers.e.to_bytes(3, "big"))
        key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": KEY_ID}
        return {"keys": [{**key, "n": modulus.decode(), "e": exponent.decode()}]}

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _coded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
