"""Signatures of Standard Webhooks, as the library makes them (C3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from adapters.webhooks.signature import Unsigned, is_secret, verify

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ONE, TWO = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2VjcmV0LW9mLXRoZS1vbGQtZGF5cw=="
BODY = '{"单号": 1}'.encode()


def signed(*secrets: str, at: datetime = NOW, id_: str = "msg_1", body: bytes = BODY) -> dict[str, str]:
    """The headers of a message that these secrets sign."""
    signatures = " ".join(Webhook(secret).sign(id_, at, body.decode()) for secret in secrets)
    return {"webhook-id": id_, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signatures}


def test_one_good_signature_is_enough() -> None:
    """Also while one secret takes another's place, on either side."""
    assert verify(signed(ONE), BODY, [ONE], NOW, 300)
    assert verify(signed(TWO, ONE), BODY, [ONE], NOW, 300)
    assert verify(signed(ONE), BODY, [TWO, ONE], NOW, 300)
    assert verify(signed(ONE, at=NOW - timedelta(minutes=5)), BODY, [ONE], NOW, 300)


def test_another_body_id_or_secret_is_found() -> None:
    """What is signed is the id, the time and the bytes."""
    assert not verify(signed(TWO), BODY, [ONE], NOW, 300)
    assert not verify(signed(ONE), BODY + b" ", [ONE], NOW, 300)
    assert not verify(signed(ONE) | {"webhook-id": "msg_2"}, BODY, [ONE], NOW, 300)
    assert not verify(signed(ONE), BODY, [], NOW, 300)
    assert not verify(signed(ONE), BODY, ["no secret é"], NOW, 300)


@pytest.mark.parametrize("odd", ["", "v1", "v2,abc", "v1,%%%", "v1,é", ",", " ".join(["v1,x"] * 9)])
def test_odd_signatures_are_wrong_ones(odd: str) -> None:
    """They never break anything, and never hide a good one behind them."""
    headers = signed(ONE)
    assert not verify(headers | {"webhook-signature": odd}, BODY, [ONE], NOW, 300)
    good = f"{odd} {headers['webhook-signature']}"
    assert verify(headers | {"webhook-signature": good}, BODY, [ONE], NOW, 300)


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (signed(ONE, at=NOW - timedelta(seconds=301)), "signature_old"),
        (signed(ONE, at=NOW + timedelta(seconds=301)), "signature_ahead"),
        (signed(ONE) | {"webhook-timestamp": "yesterday"}, "signature_incomplete"),
        (signed(ONE) | {"webhook-timestamp": "9" * 40}, "signature_incomplete"),
        (signed(ONE) | {"webhook-timestamp": "-1"}, "signature_incomplete"),
        (signed(ONE) | {"webhook-id": ""}, "signature_incomplete"),
        (signed(ONE) | {"webhook-signature": "v1,x " * 9999}, "signature_incomplete"),
    ],
    ids=["stale", "ahead", "word", "digits", "negative", "no-id", "endless"],
)
def test_what_no_secret_could_mend_says_why(headers: dict[str, str], why: str) -> None:
    """Replays are bounded in time; within it (source, id) makes them duplicates."""
    with pytest.raises(Unsigned, match=why):
        verify(headers, BODY, [ONE], NOW, 300)


def test_which_secrets_can_sign() -> None:
    """whsec_ and Base64."""
    assert [is_secret(one) for one in (ONE, TWO, "whsec_", "", "whsec_é")] == [True, True, False, False, False]
