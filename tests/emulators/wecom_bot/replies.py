"""The shapes of what the bot says, and which may be said when."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from tests.emulators.wecom.cards import Card, check_card, refuse
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.media import MEGABYTE
from tests.emulators.wecom.schema import Fields, Items, Number, Spec, Text
from tests.emulators.wecom.world import World

Payload = dict[str, Any]
CONTENT_BYTES, IMAGE_BYTES, QUESTION_BYTES = 20480, 10 * MEGABYTE, 200
FLAG = Number(low=0, high=1)
FEEDBACK = Fields({"id": Text(required=True, max_bytes=256)})
IMAGE = Fields({"base64": Text(required=True), "md5": Text(required=True)}, required=True)
STREAM: dict[str, Spec] = {
    "id": Text(required=True),
    "finish": FLAG,
    "content": Text(max_bytes=CONTENT_BYTES),
    "feedback": FEEDBACK,
}
PICTURES: dict[str, Spec] = {"msg_item": Items(Fields({"msgtype": Text(choices=("image",)), "image": IMAGE}), most=10)}
MARKDOWN = Fields({"content": Text(required=True, max_bytes=CONTENT_BYTES), "feedback": FEEDBACK}, required=True)
MEDIA = Fields({"media_id": Text(required=True)}, required=True)
VIDEO = Fields({**MEDIA.of, "title": Text(max_bytes=64), "description": Text(max_bytes=512)}, required=True)
CARD = Fields(required=True)  # checked by rules of its own
TEXT = Fields({"content": Text(required=True)}, required=True)

Shapes = dict[str, dict[str, Spec]]
HTTP_STREAM = Fields({**STREAM, **PICTURES}, required=True)
FILES: Shapes = {kind: {kind: VIDEO if kind == "video" else MEDIA} for kind in ("image", "file", "voice", "video")}
REFRESHED: Shapes = {
    "stream": {"stream": HTTP_STREAM},
    "stream_with_template_card": {"stream": HTTP_STREAM, "template_card": Fields()},
}
BY_CALLBACK: Shapes = {**REFRESHED, "template_card": {"template_card": CARD}}
BY_RESPONSE_URL: Shapes = {"markdown": {"markdown": MARKDOWN}, "template_card": {"template_card": CARD}}
WELCOME: Shapes = {"text": {"text": TEXT}, "template_card": {"template_card": CARD}}
UNASKED: Shapes = {**BY_RESPONSE_URL, **FILES}
BY_SOCKET: Shapes = {**UNASKED, "stream": {"stream": Fields(STREAM, required=True)}}  # no msg_item, no stream with card
UPDATE = Fields(
    {
        "response_type": Text(required=True, choices=("update_template_card",)),
        "userids": Items(Text()),
        "template_card": CARD,
    }
)
ADDRESS: dict[str, Spec] = {"chatid": Text(required=True), "chat_type": Number(low=0, high=2)}


def check_reply(payload: Payload, shapes: Shapes, world: World, extra: dict[str, Spec] | None = None) -> str:
    """The msgtype of a right reply; 40008 for a type that can't be used here, 40058 for a wrong shape."""
    msgtype = payload.get("msgtype")
    if not isinstance(msgtype, str) or msgtype not in shapes:
        raise ApiError(40008, f"{msgtype!r} is not possible here, only {', '.join(sorted(shapes))}")
    shape = Fields({"msgtype": Text(), **(extra or {}), **shapes[msgtype]})
    refuse(shape.check(_without_card(payload), ""), world.record)
    if "template_card" in payload:
        check_bot_card(payload["template_card"], world)
    if "stream" in payload:
        _check_stream(payload["stream"])
    if msgtype in FILES:
        world.media.require(payload[msgtype]["media_id"], msgtype)
    return msgtype


def check_update(payload: Payload, world: World) -> Card:
    """The card that replaces the pressed one."""
    refuse(UPDATE.check(_without_card(payload), ""), world.record)
    return check_bot_card(payload["template_card"], world, update=True)


def check_bot_card(card: Any, world: World, *, update: bool = False) -> Card:
    """A template card as the AI bot may send it: feedback and questions more, file links less than an app's."""
    if not isinstance(card, dict):
        raise ApiError(40058, "template_card: must be an object")
    refuse(FEEDBACK.check(card["feedback"], "template_card.feedback") if "feedback" in card else iter(()), world.record)
    if any(item.get("type") == 2 for item in _dicts(card.get("horizontal_content_list"))):
        raise ApiError(40058, "template_card.horizontal_content_list.type: 2 is for apps only")
    if any("type" in button for button in _dicts(card.get("button_list"))):
        raise ApiError(40058, "template_card.button_list.type: for apps only")
    plain = {name: value for name, value in card.items() if name != "feedback"}
    if isinstance(card.get("jump_list"), list):
        plain["jump_list"] = [_plain_jump(jump) for jump in card["jump_list"]]
    check_card(plain, world.record, world.media, update=update)
    return card


def _plain_jump(jump: Any) -> Any:
    """A jump that asks the bot a question (type 3) is unknown to apps."""
    if not isinstance(jump, dict) or jump.get("type") != 3:
        return jump
    question = jump.get("question")
    if not isinstance(question, str) or not 0 < len(question.encode()) <= QUESTION_BYTES:
        raise ApiError(40058, f"template_card.jump_list.question: 1 to {QUESTION_BYTES} bytes")
    return {name: value for name, value in jump.items() if name not in ("question", "type")}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _without_card(payload: Payload) -> Payload:
    return {**payload, "template_card": {}} if "template_card" in payload else payload


def _check_stream(stream: Payload) -> None:
    if stream.get("msg_item") and not stream.get("finish"):
        raise ApiError(40058, "stream.msg_item: only with finish=true")
    for item in stream.get("msg_item", ()):
        image_of(item["image"])


def image_of(image: Payload) -> bytes:
    """The picture inside a msg_item, if it is one: jpg or png, 10 MB, its md5 as told."""
    try:
        raw = base64.b64decode(image["base64"], validate=True)
    except binascii.Error as error:
        raise ApiError(40058, "msg_item.image.base64") from error
    if len(raw) > IMAGE_BYTES or not raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise ApiError(40009, "jpg or png of at most 10 MB")
    if hashlib.md5(raw, usedforsecurity=False).hexdigest() != image["md5"]:
        raise ApiError(40058, "msg_item.image.md5 does not match")
    return raw
