"""From a Reply to the calls that say it, as JSON, in order. Pure.

Kinds of payload: {"call": "chat.postMessage" | "chat.update", "body": {...}}, {"call": "views.publish", "body":
{"user_id"}, "card": {"id", "blocks"}} for a card of the Home tab, and {"call": "files.upload", "body": {"channel",
"thread_ts"?}, "file": {"path", "name", "media_type"}}. What makes a repeat recognisable is added by `sending`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.common.language import card_language, language
from adapters.common.text import clean
from adapters.slack import blocks
from adapters.slack.blocks import Block
from adapters.slack.card import card_blocks, fallback, sources
from adapters.slack.mrkdwn import escape, to_mrkdwn
from adapters.slack.places import place
from adapters.slack.split import split_mrkdwn
from adapters.slack.translate import HOME
from bot.contracts.adapter import Payload
from bot.contracts.card import Card
from bot.contracts.reply import OutgoingFile, Reply
from config.locales import t

TEXT = 3500  # of one message: Slack advises 4000, and refuses more when a message is changed


def render(reply: Reply) -> list[Payload]:
    """The calls for one reply: an update in place first, then text, card, what didn't fit into the card, files."""
    where = place(reply.to.conversation).fields()
    text = _texts(where, reply)
    card = _card(where, reply) if reply.card else []
    files = [_file(where, file) for file in reply.files]
    updates = bool(card) and card[0]["call"] != "chat.postMessage"
    return [*card, *text, *files] if updates else [*text, *card, *files]


def message(where: Mapping[str, str], text: str, shown: Sequence[Block] = ()) -> Payload:
    """One chat.postMessage. Links aren't unfolded: what a page says of itself isn't our answer."""
    body: dict[str, Any] = {**where, "text": text, "unfurl_links": False, "unfurl_media": False}
    return {"call": "chat.postMessage", "body": {**body, "blocks": list(shown)} if shown else body}


def _texts(where: Mapping[str, str], reply: Reply) -> list[Payload]:
    parts = split_mrkdwn(to_mrkdwn(clean(reply.text)).strip(), TEXT)
    if not reply.citations or reply.card:  # a card brings its own sources, and they unfold with it
        return [message(where, part) for part in parts]
    small = sources(reply.citations, language(reply.text))
    last = parts[-1] if parts else ""
    shown = [*blocks.sections(last), *small]
    first = [message(where, part) for part in parts[:-1]]
    return [*first, message(where, last or blocks.as_text(small, TEXT), shown)]


def _card(where: Mapping[str, str], reply: Reply) -> list[Payload]:
    card = reply.card
    if card is None:
        return []
    shown, more = card_blocks(card)
    first = _update(card, reply, shown) or message(where, fallback(card), shown)
    if reply.update and not reply.update.news:
        return [first]  # what had no room in the card stands below it already
    title = t("slack.card.continued", card_language(card), title=escape(clean(card.headline)[:100]))
    return [first, *(message(where, title, page) for page in more)]


def _update(card: Card, reply: Reply, shown: list[Block]) -> Payload | None:
    """The call that changes the card where it was pressed; None when nobody knows where that was."""
    handle = reply.update.handle if reply.update else ""
    if handle.startswith(HOME):
        user = handle.removeprefix(HOME)
        return {"call": "views.publish", "body": {"user_id": user}, "card": {"id": card.id, "blocks": shown}}
    channel, _, stamp = handle.partition(":")
    if not channel or not stamp:
        return None
    body = {"channel": channel, "ts": stamp, "text": fallback(card), "blocks": shown}
    return {"call": "chat.update", "body": body}


def _file(where: Mapping[str, str], file: OutgoingFile) -> Payload:
    about = {"path": file.path, "name": file.name, "media_type": file.media_type}
    return {"call": "files.upload", "body": dict(where), "file": about}
