"""Standard Webhooks: whether a body comes from whom it says, by any of that system's secrets, and is fresh.

The library signs. Its own `verify` asks the machine's clock and breaks off at the first odd signature in the header, so
comparing and the time are done here.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_LONGEST = 10_000  # characters of signatures: some twenty of them


class Unsigned(ValueError):
    """A signature is missing, wrong or old; the message says which (a word of `events.door`)."""


def is_signed(headers: Mapping[str, str]) -> bool:
    """Whether somebody means to prove themselves by a signature."""
    return SIGNATURE in headers


def verify(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime, tolerance: float) -> bool:
    """Whether one of the secrets signed this. `tolerance`: seconds. Raises Unsigned for what no secret could mend."""
    id_, said, signatures = headers.get(ID, ""), headers.get(TIME, ""), headers.get(SIGNATURE, "")
    if not id_ or not said or len(signatures) > _LONGEST:
        raise Unsigned("signature_incomplete")
    at = _moment(said)
    if abs(now - at) > timedelta(seconds=tolerance):
        raise Unsigned("signature_old" if at < now else "signature_ahead")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Unsigned("signature_wrong") from error
    given = [one.encode("utf-8", "replace") for one in signatures.split(" ") if one.startswith("v1,")]
    expected = [made.encode() for secret in secrets if (made := _sign(secret, id_, at, text))]
    # All are compared, whichever fits: how long it takes says nothing.
    same = [hmac.compare_digest(one, two) for one in given for two in expected]
    return any(same)


def is_secret(text: str) -> bool:
    """Whether it can sign: whsec_ and base64."""
    try:
        Webhook(text)
    except (ValueError, EmptyWebhookSecretError):
        return False
    return True


def _sign(secret: str, id_: str, at: datetime, text: str) -> str:
    return Webhook(secret).sign(id_, at, text) if is_secret(secret) else ""


def _moment(said: str) -> datetime:
    if not (said.isascii() and said.isdecimal()) or len(said) > 11:
        raise Unsigned("signature_incomplete")
    return datetime.fromtimestamp(int(said), UTC)
