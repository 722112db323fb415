"""From a Card to blocks. Folded: source, headline, summary, buttons. Unfolded: facts, sections, sources too. Pure."""

from __future__ import annotations

import hashlib
from typing import Any

from adapters.common.folding import fold_key, shows_details
from adapters.common.language import card_language
from adapters.common.text import clean, shorten, units
from adapters.slack import blocks
from adapters.slack.blocks import Block
from adapters.slack.form import packed
from adapters.slack.mrkdwn import escape, is_web, link, plain, to_mrkdwn
from adapters.slack.translate import LINK
from bot.contracts.card import Action, Card, Citation, Fact
from config.locales import t

ACTION_ID, SUMMARY, SOURCES, FALLBACK = 255, 5000, 20, 1500
MOST_BUTTONS = 75  # three rows of 25


def card_blocks(card: Card) -> tuple[list[Block], list[list[Block]]]:
    """The blocks of the card's message, and of the messages that must follow because it has more to say."""
    head, tail = _head(card), _tail(card)
    here, more = blocks.share_out([*head, *tail], _details(card) if shows_details(card) else [])
    return [*head, *here, *tail], more


def fallback(card: Card) -> str:
    """What a notification and a screen reader say of the card, as mrkdwn."""
    lines = (_one_line(text) for text in (card.headline, card.notice, card.summary))
    said = escape("\n".join(line for line in lines if line))
    return blocks.fitting(said, FALLBACK) or t("slack.card.untitled", card_language(card))


def sources(citations: tuple[Citation, ...], lang: str) -> list[Block]:
    """Where it comes from, in small print."""
    if not citations:
        return []
    return blocks.context([t("slack.card.sources", lang), *(_cited(citation) for citation in citations[:SOURCES])])


def action_id(card_id: str, action: str) -> str:
    """What a press brings back: card and action. An id too long is replaced by its hash, which names no card."""
    found = f"{clean(card_id)}|{clean(action)}"
    if units(found) <= ACTION_ID:
        return found
    return f"{hashlib.sha256(found.encode('utf-8', 'replace')).hexdigest()}|{clean(action)[:40]}"


def _head(card: Card) -> list[Block]:
    summary = blocks.sections(blocks.fitting(_shown(card.summary), SUMMARY))
    return [*blocks.context([_shown(card.source)]), *_headline(card), *summary]


def _headline(card: Card) -> list[Block]:
    """A header; what is longer than one can hold follows whole as a paragraph."""
    words = _one_line(card.headline)
    if not words:
        return [] if card.summary.strip() else [blocks.header(t("slack.card.untitled", card_language(card)))]
    if units(words) > blocks.HEADER:
        return blocks.sections(blocks.fitting(f"*{escape(words)}*", blocks.SECTION))
    return [blocks.header(words)]


def _details(card: Card) -> list[Block]:
    found = blocks.fields([_fact(fact) for fact in card.facts if fact.label.strip() or fact.value.strip()])
    for section in card.sections:
        title = escape(_one_line(section.title))
        body = _shown(section.body)
        found += blocks.sections("\n".join(part for part in (f"*{title}*" if title else "", body) if part))
    return [*found, *sources(card.citations, card_language(card))]


def _tail(card: Card) -> list[Block]:
    return [*blocks.actions(_buttons(card)[:MOST_BUTTONS]), *blocks.context([_shown(card.notice)])]


def _fact(fact: Fact) -> str:
    label = escape(_one_line(fact.label))
    return "\n".join(part for part in (f"*{label}*" if label else "", _shown(fact.value) or "—") if part)


def _buttons(card: Card) -> list[Block]:
    """展开/收起 first, then the card's own, each key once; last the page that shows the whole."""
    fold = _fold(card)
    wanted = [*([fold] if fold else []), *card.actions]
    once = {action.key: action for action in reversed(wanted)}
    buttons = [_button(card, action) for action in wanted if once.get(action.key) is action]
    if is_web(card.url):
        buttons.append(_link(card, "whole", t("slack.card.open", card_language(card)), card.url))
    return buttons


def _fold(card: Card) -> Action | None:
    key = fold_key(card)
    return Action(key=key, label=t(f"slack.card.{key}", card_language(card))) if key else None


def _button(card: Card, action: Action) -> Block:
    if is_web(action.url):
        return _link(card, f"to_{action.key}", action.label or action.key, action.url)
    done = action.key == card.pressed
    label = _one_line(action.label) or action.key
    button: dict[str, Any] = {
        "type": "button",
        "text": blocks.plain_text(f"✓ {label}" if done else label, blocks.BUTTON),
        "action_id": action_id(card.id, action.key),
    }
    if action.style != "default" and not done:
        button["style"] = action.style
    form = packed(action.form) if action.form else ""
    return {**button, "value": form} if form else button


def _link(card: Card, name: str, label: str, url: str) -> Block:
    return {
        "type": "button",
        "text": blocks.plain_text(label, blocks.BUTTON),
        "action_id": shorten(f"{LINK}{action_id(card.id, name)}", ACTION_ID),
        "url": url,
    }


def _cited(citation: Citation) -> str:
    title = link(citation.url, citation.title or citation.url or "·")
    return f"{title} {escape(_one_line(citation.detail))}".strip()


def _shown(text: str) -> str:
    return to_mrkdwn(clean(text)).strip()


def _one_line(text: str) -> str:
    return " ".join(plain(clean(text)).split())
