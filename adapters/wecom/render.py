"""From a Reply to the calls that say it, as JSON, in order. Pure.

Kinds of payload: {"call": "message/send" | "appchat/send" | "update_template_card", "body": {...}} and
{"call": "media+send", "body": {...}, "file": {"path", "name", "media_type"}}. Ids that make a repeat
recognisable are added by `sending`, since they come from the parcel.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapters.common.folding import shows_details
from adapters.common.text import clean
from adapters.common.wecom.card import shows_everything, template_card
from adapters.common.wecom.markdown import has_formatting, to_wecom
from adapters.common.wecom.split import numbered
from adapters.common.wecom.words import whole_text, with_citations
from adapters.wecom.translate import GROUP, USER
from bot.contracts.adapter import Payload
from bot.contracts.card import Card
from bot.contracts.reply import Address, OutgoingFile, Reply


def render(reply: Reply, agent_id: int, console: str) -> list[Payload]:
    """The calls for one reply: an update in place first, then text, card, the card's whole text, files."""
    envelope = _envelope(reply.to, agent_id)
    text = _texts(envelope, with_citations(reply))
    card = _card(envelope, reply, agent_id, console) if reply.card else []
    files = [_file(envelope, file) for file in reply.files]
    updates = bool(card) and card[0]["call"] == "update_template_card"
    return [*card, *text, *files] if updates else [*text, *card, *files]


def _envelope(to: Address, agent_id: int) -> Payload:
    """Call and addressee. A group chat (appchat) takes no agentid: only its own app can write to it."""
    if to.conversation.startswith(GROUP):
        return {"call": "appchat/send", "body": {"chatid": to.conversation.removeprefix(GROUP)}}
    user = to.conversation.removeprefix(USER)
    return {"call": "message/send", "body": {"touser": user, "agentid": agent_id}}


def _said(envelope: Payload, kind: str, content: Any) -> Payload:
    return {"call": envelope["call"], "body": {**envelope["body"], "msgtype": kind, kind: content}}


def _texts(envelope: Payload, text: str) -> list[Payload]:
    shown = to_wecom(clean(text)).strip()
    kind = "markdown" if has_formatting(shown) else "text"
    return [_said(envelope, kind, {"content": part}) for part in numbered(shown)]


def _card(envelope: Payload, reply: Reply, agent_id: int, console: str) -> list[Payload]:
    card = reply.card
    if card is None:
        return []
    drawn = _drawn(envelope, reply, card, console)
    if drawn is None:
        return _texts(envelope, whole_text(card))
    shown = _update(envelope, reply, agent_id, drawn) or _said(envelope, "template_card", drawn)
    follows = shows_details(card) and not shows_everything(card) and (reply.update is None or reply.update.news)
    return [shown, *(_texts(envelope, whole_text(replace(card, notice=""))) if follows else [])]


def _drawn(envelope: Payload, reply: Reply, card: Card, console: str) -> dict[str, Any] | None:
    """The template card; None where only words can say it. Group chats have no template cards."""
    if envelope["call"] == "appchat/send":
        return None
    return template_card(card, console, changes=bool(reply.update and reply.update.handle))


def _update(envelope: Payload, reply: Reply, agent_id: int, drawn: dict[str, Any]) -> Payload | None:
    """The call that changes the pressed card; None without the handle of a press, which WeCom demands."""
    if reply.update is None or not reply.update.handle:
        return None
    body = {
        "userids": [envelope["body"]["touser"]],
        "agentid": agent_id,
        "response_code": reply.update.handle,
        "template_card": drawn,
    }
    return {"call": "update_template_card", "body": body}


def _file(envelope: Payload, file: OutgoingFile) -> Payload:
    about = {"path": file.path, "name": file.name, "media_type": file.media_type}
    return {"call": "media+send", "send": envelope["call"], "body": envelope["body"], "file": about}
