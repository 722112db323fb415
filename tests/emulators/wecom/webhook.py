"""The group robot: its own address, its own limits, no way to call back."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

from tests.emulators.wecom.cards import check_card, needs_callback, refuse
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.ledger import Entry, Outcome
from tests.emulators.wecom.media import MEGABYTE
from tests.emulators.wecom.messages import CONTENTS, MAX_ARTICLES, Payload
from tests.emulators.wecom.schema import Fields, Items, Text
from tests.emulators.wecom.world import World

TEXT_BYTES, MARKDOWN_BYTES, IMAGE_BYTES = 2048, 4096, 2 * MEGABYTE
MARKDOWN = Fields({"content": Text(required=True, max_bytes=MARKDOWN_BYTES)}, required=True)
SHAPES: dict[str, Fields] = {
    "text": Fields(
        {
            "content": Text(max_bytes=TEXT_BYTES),
            "mentioned_list": Items(Text()),
            "mentioned_mobile_list": Items(Text()),
        },
        required=True,
    ),
    "markdown": MARKDOWN,
    "markdown_v2": MARKDOWN,
    "image": Fields({"base64": Text(required=True), "md5": Text(required=True)}, required=True),
    "file": CONTENTS["file"],
    "voice": CONTENTS["voice"],
    "news": CONTENTS["news"],
    "template_card": Fields(required=True),
}


def check_key(world: World, key: str) -> None:
    """Refuse a key that no robot has (93000)."""
    if key not in world.company.webhook_keys:
        raise ApiError(93000)


def send(world: World, key: str, payload: Payload) -> Payload:
    """webhook/send: check, count, note."""
    check_key(world, key)
    msgtype = payload.get("msgtype")
    if msgtype not in SHAPES:
        raise ApiError(40008)
    _check(world, msgtype, payload)
    world.quotas.take_robot(key)
    for outcome in (Outcome.ACCEPTED, Outcome.DELIVERED):
        msgid = secrets.token_urlsafe(24)
        content = payload if outcome is Outcome.ACCEPTED else payload[msgtype]
        world.ledger.add(Entry(outcome, f"webhook:{key}", msgtype, content, msgid, world.clock.now()))
    return {}


def _check(world: World, msgtype: str, payload: Payload) -> None:
    shape = Fields({"msgtype": Text(), msgtype: SHAPES[msgtype]})
    checked = {**payload, msgtype: {}} if msgtype == "template_card" else payload
    refuse(shape.check(checked, ""), world.record)
    content = payload[msgtype]
    if msgtype == "text" and not content.get("content"):
        raise ApiError(44004)
    if msgtype == "image":
        _check_image(content)
    if msgtype in ("file", "voice"):
        world.media.require(content["media_id"], msgtype)
    if msgtype == "news" and not 1 <= len(content["articles"]) <= MAX_ARTICLES:
        raise ApiError(45008)
    if msgtype == "template_card" and needs_callback(check_card(content, world.record, world.media)):
        raise ApiError(40058, "a robot's cards are text_notice or news_notice without a menu")


def _check_image(content: Payload) -> None:
    try:
        raw = base64.b64decode(content["base64"], validate=True)
    except binascii.Error as error:
        raise ApiError(40058, "base64") from error
    if len(raw) > IMAGE_BYTES:
        raise ApiError(40009)
    if hashlib.md5(raw, usedforsecurity=False).hexdigest() != content["md5"]:
        raise ApiError(40058, "md5 does not match")
