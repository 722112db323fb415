"""From a Reply to payloads, as JSON, in order. Pure. What a payload becomes depends on what WeCom still takes then.

{"call": "answer", "content": …, "card": …, "lead": …, "words": …}: text, card or both. `lead` is the line that stands
before a card which comes without text; `words` says the card where only one of both can be sent.
{"call": "update", "card": …, "task_id": …, "user": …}: the pressed card, changed for who pressed it.
{"call": "file", "file": {path, name, media_type}}: websocket only; callbacks can't be answered by files.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from adapters.common.folding import shows_details
from adapters.common.language import language
from adapters.common.text import clean
from adapters.common.wecom.card import shows_everything, template_card
from adapters.common.wecom.markdown import is_web, safe_links
from adapters.common.wecom.split import numbered, shorten_bytes, size, split_text
from adapters.common.wecom.words import whole_text, with_citations
from bot.contracts.adapter import Payload
from bot.contracts.card import Card
from bot.contracts.reply import OutgoingFile, Reply
from config.locales import t

CONTENT_BYTES = 20480
# WeCom folds what stands between: only a model's thoughts belong there, and we show none.
_THINK = re.compile(r"</?think>")


def for_callbacks(reply: Reply, console: str) -> list[Payload]:
    """A question has one stream and one response_url, so: everything in one payload, two when it is very long."""
    card, words = _drawn(reply, console)
    files = [_instead_of_file(file, console, language(reply.text)) for file in reply.files]
    texts = _two(_joined(with_citations(reply), words, *files), console)
    if _is_update(reply) and card:
        return [_update(reply, card), *({"call": "answer", "content": text} for text in texts)]
    if not card:
        return [{"call": "answer", "content": text} for text in texts]
    first = {"call": "answer", "content": texts[0] if texts else "", **_with_card(reply, card)}
    return [first, *({"call": "answer", "content": text} for text in texts[1:])]


def for_socket(reply: Reply, console: str) -> list[Payload]:
    """One call each: an update in place first, then text, card, files."""
    card, words = _drawn(reply, console)
    texts = numbered(_joined(with_citations(reply), words), CONTENT_BYTES)
    said: list[Payload] = [{"call": "answer", "content": text} for text in texts]
    files = [_file(file) for file in reply.files]
    if card and _is_update(reply):
        return [_update(reply, card), *said, *files]
    return [*said, *([{"call": "answer", "content": "", **_with_card(reply, card)}] if card else []), *files]


def fitting(text: str) -> str:
    """A draft that WeCom takes: safe, and not too long."""
    return shorten_bytes(_safe(text), CONTENT_BYTES)


def _drawn(reply: Reply, console: str) -> tuple[dict[str, Any] | None, str]:
    """The template card, and what must be said beside it because it has no room there or can't be a card."""
    card = reply.card
    if card is None:
        return None, ""
    drawn = template_card(card, console, changes=_is_update(reply))
    if drawn is None:
        return None, whole_text(card)
    follows = shows_details(card) and not shows_everything(card) and (reply.update is None or reply.update.news)
    return drawn, whole_text(replace(card, notice="")) if follows else ""


def _is_update(reply: Reply) -> bool:
    return bool(reply.update and reply.update.handle)


def _update(reply: Reply, card: dict[str, Any]) -> Payload:
    task_id, _, user = (reply.update.handle if reply.update else "").partition("|")
    return {"call": "update", "card": card, "task_id": task_id, "user": user}


def _with_card(reply: Reply, card: dict[str, Any]) -> dict[str, Any]:
    shown = reply.card or Card(id="", headline="")
    words = fitting(whole_text(shown))
    return {"card": card, "lead": fitting(clean(shown.headline.strip())) or words, "words": words}


def _two(text: str, console: str) -> list[str]:
    """At most two parts; what doesn't fit is said to be missing, and where to read it."""
    parts = split_text(text, CONTENT_BYTES) if text else []
    if len(parts) <= 2:
        return parts
    lang = language(text)
    rest = t("wecom_bot.cut.url", lang, url=console) if is_web(console) else t("wecom_bot.cut.plain", lang)
    return [parts[0], shorten_bytes(parts[1], CONTENT_BYTES - size(rest) - 2) + "\n\n" + rest]


def _joined(*parts: str) -> str:
    return _safe("\n\n".join(part.strip() for part in parts if part.strip()))


def _safe(text: str) -> str:
    return _THINK.sub("", safe_links(clean(text))).strip()


def _file(file: OutgoingFile) -> Payload:
    about = {"path": file.path, "name": file.name, "media_type": file.media_type}
    return {"call": "file", "file": about}


def _instead_of_file(file: OutgoingFile, console: str, lang: str) -> str:
    if is_web(console):
        return t("wecom_bot.file.url", lang, name=file.name, url=console)
    return t("wecom_bot.file.plain", lang, name=file.name)
