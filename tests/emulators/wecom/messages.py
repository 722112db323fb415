"""The payload of message/send: what each message type may carry, and what is cut without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.emulators.common.record import Record
from tests.emulators.wecom.cards import Card, check_card, needs_callback, refuse
from tests.emulators.wecom.company import Company
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.media import MediaStore
from tests.emulators.wecom.schema import Fields, Items, Number, Spec, Text

Payload = dict[str, Any]
TEXT_BYTES, TITLE_BYTES, DESCRIPTION_BYTES, URL_BYTES = 2048, 128, 512, 2048
MAX_ARTICLES = 8
DUPLICATE_WINDOW, LONGEST_DUPLICATE_WINDOW = 1800, 4 * 3600  # seconds

MEDIA_ID = Text(required=True)
FLAG = Number(low=0, high=1)
CONTENTS: dict[str, Fields] = {
    "text": Fields({"content": Text()}, required=True),
    "markdown": Fields({"content": Text()}, required=True),
    "image": Fields({"media_id": MEDIA_ID}, required=True),
    "voice": Fields({"media_id": MEDIA_ID}, required=True),
    "video": Fields({"media_id": MEDIA_ID, "title": Text(), "description": Text()}, required=True),
    "file": Fields({"media_id": MEDIA_ID}, required=True),
    "textcard": Fields(
        {
            "title": Text(required=True),
            "description": Text(required=True),
            "url": Text(required=True, max_bytes=URL_BYTES),
            "btntxt": Text(),
        },
        required=True,
    ),
    "news": Fields(
        {
            "articles": Items(
                Fields(
                    {
                        "title": Text(required=True),
                        "description": Text(),
                        "url": Text(max_bytes=URL_BYTES),
                        "picurl": Text(),
                        "appid": Text(),
                        "pagepath": Text(),
                    }
                ),
                required=True,
            )
        },
        required=True,
    ),
}
ENVELOPE: dict[str, Spec] = {
    "touser": Text(),
    "toparty": Text(),
    "totag": Text(),
    "msgtype": Text(required=True),
    "agentid": Number(),
    "enable_duplicate_check": FLAG,
    "duplicate_check_interval": Number(low=0, high=LONGEST_DUPLICATE_WINDOW),
}
SAFE: dict[str, Spec] = {"safe": Number(low=0, high=2)}
TRANSLATE: dict[str, Spec] = {"enable_id_trans": FLAG}
EXTRAS: dict[str, dict[str, Spec]] = {  # by message type, as the documentation lists them
    "text": {**SAFE, **TRANSLATE},
    "image": SAFE,
    "video": SAFE,
    "file": SAFE,
    "textcard": TRANSLATE,
    "news": TRANSLATE,
    "template_card": TRANSLATE,
}
CUTS = {"title": TITLE_BYTES, "description": DESCRIPTION_BYTES}


@dataclass(frozen=True)
class Message:
    """A message that passed the checks."""

    msgtype: str
    content: Payload  # as the member will see it
    truncated: str  # what was cut, or an empty string
    duplicate_window: timedelta | None  # None: don't check

    @property
    def card(self) -> Card | None:
        """The template card, if that is what it is."""
        return self.content if self.msgtype == "template_card" else None


def check_agent(payload: Payload, company: Company) -> None:
    """Refuse another app's id."""
    agent_id = payload.get("agentid")
    if agent_id is None:
        raise ApiError(41011)
    if isinstance(agent_id, bool) or not isinstance(agent_id, int):
        raise ApiError(40056)
    if agent_id != company.agent_id:
        raise ApiError(301002)


def check_message(payload: Payload, record: Record, media: MediaStore, callback_set: bool) -> Message:
    """The message inside the payload of message/send, or the error the real server gives."""
    msgtype = payload.get("msgtype")
    if msgtype != "template_card" and msgtype not in CONTENTS:
        raise ApiError(40008)
    shape = {**ENVELOPE, **EXTRAS.get(msgtype, {})}
    if msgtype == "template_card":
        refuse(Fields({**shape, msgtype: Fields(required=True)}).check(_without(payload, msgtype), ""), record)
        content, cut = check_card(payload.get(msgtype), record, media), ""
        if needs_callback(content) and not callback_set:
            raise ApiError(43012)
    else:
        refuse(Fields({**shape, msgtype: CONTENTS[msgtype]}).check(payload, ""), record)
        content, cut = _check_content(msgtype, payload[msgtype], media)
    return Message(msgtype, content, cut, _duplicate_window(payload))


def _without(payload: Payload, name: str) -> Payload:
    return {**payload, name: {}}  # its contents are checked by rules of their own


def _check_content(msgtype: str, content: Payload, media: MediaStore) -> tuple[Payload, str]:
    if msgtype in ("text", "markdown"):
        if not content.get("content"):
            raise ApiError(44004)
        return _cut(content, {"content": TEXT_BYTES})
    if msgtype in ("image", "voice", "video", "file"):
        media.require(content["media_id"], msgtype)
    if msgtype == "news":
        return _check_articles(content["articles"])
    return _cut(content, CUTS)


def _check_articles(articles: list[Payload]) -> tuple[Payload, str]:
    if not 1 <= len(articles) <= MAX_ARTICLES:
        raise ApiError(45008)
    if any(not article.get("url") and not article.get("appid") for article in articles):
        raise ApiError(40058, "news.articles.url: missing")
    cut = [_cut(article, CUTS) for article in articles]
    return {"articles": [article for article, _ in cut]}, "; ".join(text for _, text in cut if text)


def _cut(content: Payload, limits: dict[str, int]) -> tuple[Payload, str]:
    kept, said = dict(content), []
    for name, limit in limits.items():
        raw = str(content.get(name, "")).encode()
        if len(raw) > limit:
            kept[name] = raw[:limit].decode(errors="ignore")
            said.append(f"{name} had {len(raw)} bytes, cut at {limit}")
    return kept, "; ".join(said)


def _duplicate_window(payload: Payload) -> timedelta | None:
    if not payload.get("enable_duplicate_check"):
        return None
    return timedelta(seconds=payload.get("duplicate_check_interval", DUPLICATE_WINDOW))
