"""An event as it goes out: a CloudEvent 1.0 in structured or binary mode, signed as Standard Webhooks say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from cloudevents.core.bindings.http import HTTPMessage, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

from bot.contracts.event import Event

_JSON = JSONFormat()


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent to one subscription. Nothing of it is kept or logged: it has secrets in it."""

    url: str
    event: Event  # its data are of the version that the subscriber wants
    secrets: Sequence[str]  # whsec_…; all of them sign
    binary: bool = False

    def signed_with(self, *secrets: str) -> Letter:
        """The same, signed otherwise."""
        return replace(self, secrets=secrets)


def letter_id(event: Event) -> str:
    """The `webhook-id`: the same for each attempt, each replay and each subscriber, and in no other database another's.

    By it a subscriber knows what it has done already.
    """
    name = "\0".join((event.source, event.id))
    return f"evt_{sha256(name.encode()).hexdigest()[:32]}"


def message(letter: Letter, at: datetime) -> HTTPMessage:
    """Headers and body. `at`: now in UTC, as the signature says it. Raises ValueError: this can't be a CloudEvent."""
    cloud = CloudEvent(attributes(letter.event), dict(letter.event.data))
    written = to_binary(cloud, _JSON) if letter.binary else to_structured(cloud, _JSON)
    name, body = letter_id(letter.event), written.body.decode()
    signatures = " ".join(Webhook(secret).sign(name, at, body) for secret in letter.secrets)
    signed = {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }
    return HTTPMessage({**written.headers, **signed}, written.body)


def attributes(event: Event) -> dict[str, object]:
    """Of the envelope. `dataschema` says which version of which type the data are."""
    named: dict[str, object] = {
        **event.extensions,
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": event.time,
        "datacontenttype": "application/json",
    }
    if event.subject:
        named["subject"] = event.subject
    if event.version is not None:
        named["dataschema"] = f"urn:xiaoce:event:{event.type}:{event.version}"
    return named
