"""From a Card to WeCom's template_card, within its limits. Pure.

Hard limits: 6 rows, 3 jumps, 6 buttons, button keys of 1024 bytes. Advised lengths (title 36, …) are kept as well,
counted in code points and cut between graphemes, so they hold however WeCom counts.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from adapters.wecom.markdown import is_web, one_line, plain
from adapters.wecom.split import clean, shorten, size
from bot.contracts.card import Action, Card, Citation
from config.locales import t

TITLE, DESC, SOURCE, SUB_TITLE, QUOTE = 36, 44, 20, 160, 200
ROW_NAME, ROW_VALUE, JUMP_TITLE = 10, 30, 26
ROWS, JUMPS, BUTTONS = 6, 3, 6
KEY_BYTES = 1024
_STYLES = {"primary": 1, "default": 2, "danger": 2}  # 1 is blue, 2 grey; what 3 and 4 look like is not documented


def template_card(card: Card, console: str) -> dict[str, Any]:
    """The card as WeCom wants it, without task_id. `console` is where a tap leads when the card names no page.

    Press buttons make it a button_interaction; without any it is a text_notice.
    """
    buttons = _buttons(card)
    title = _field(card.headline or card.summary or card.source, TITLE)
    out: dict[str, Any] = {
        "card_type": "button_interaction" if buttons else "text_notice",
        "source": {"desc": _field(card.source, SOURCE)},
        "main_title": {"title": title or t("wecom.card.untitled", language(card)), "desc": _field(card.notice, DESC)},
        "sub_title_text": _block(card.summary, SUB_TITLE),
        "quote_area": _quote(card),
        "horizontal_content_list": _rows(card, with_links=bool(buttons)),
        "button_list": buttons,
    }
    if not buttons:
        out["jump_list"] = _jumps(card)  # a button_interaction has none: there, links are rows
    url = card.url if is_web(card.url) else console
    if is_web(card.url) or not buttons:
        out["card_action"] = {"type": 1, "url": url}  # a text_notice must lead somewhere
    if not out["source"]["desc"]:
        del out["source"]
    if not out["main_title"]["desc"]:
        del out["main_title"]["desc"]
    return {name: value for name, value in out.items() if value}


def shows_details(card: Card) -> bool:
    """Facts and sections are seen when the card is unfolded, or when there is nothing to unfold."""
    return card.unfolded or not card.sections


def shows_everything(card: Card) -> bool:
    """Whether an open card fits into the template; else its whole text must follow as a message."""
    section = card.sections[0] if card.sections else None
    return (
        len(card.sections) <= 1
        and _links_fit(card)
        and all(is_web(citation.url) and not citation.detail for citation in card.citations)
        and _fits(card.headline, TITLE)
        and _fits(card.summary, SUB_TITLE)
        and all(_fits(fact.label, ROW_NAME) and _fits(fact.value, ROW_VALUE) for fact in card.facts)
        and (section is None or (_fits(section.title, TITLE) and _fits(section.body, QUOTE)))
        and all(_fits(citation.title, JUMP_TITLE) for citation in card.citations)
    )


def _links_fit(card: Card) -> bool:
    """Whether facts and links have room: together in the rows of a card with buttons, else each in its own list."""
    if _press_actions(card) or card.sections:
        return len(card.facts) + len(_links(card)) <= ROWS
    return len(card.facts) <= ROWS and len(_links(card)) <= JUMPS


def language(card: Card) -> str:
    """The language of the labels that we add: that of the card's own words."""
    words = card.headline + card.summary + card.source + "".join(section.title for section in card.sections)
    return "zh" if re.search(r"[\u3400-\u9fff]", words) or not words.strip() else "en"


def _buttons(card: Card) -> list[dict[str, Any]]:
    """Press buttons, each key once; 展开/收起 comes first and always finds a place."""
    actions = _press_actions(card)
    fold = _fold(card)
    own = {action.key: action for action in reversed(actions) if not (fold and action.key == fold.key)}
    ordered = [action for action in actions if own.get(action.key) is action]
    chosen = [fold, *ordered[: BUTTONS - 1]] if fold else ordered[:BUTTONS]
    return [_button(card, action) for action in chosen]


def _fold(card: Card) -> Action | None:
    if not card.sections:
        return None
    key = "fold" if card.unfolded else "unfold"
    return Action(key=key, label=t(f"wecom.card.{key}", language(card)))


def _button(card: Card, action: Action) -> dict[str, Any]:
    done = action.key == card.pressed
    label = _field(action.label or action.key, 20 if action.label.isascii() else 10)
    text = shorten(f"✓ {label}", 20) if done else label
    style = 2 if done else _STYLES[action.style]
    return {"text": text or "·", "style": style, "key": button_key(card.id, action.key)}


def button_key(card_id: str, action: str) -> str:
    """What a press brings back: card and action. An id too long for the key is replaced by its hash."""
    key = f"{clean(card_id)}:{clean(action)}"
    if size(key) <= KEY_BYTES:
        return key
    # Ids of this length are a fault of ours; the press then names no known card and is answered as such.
    return hashlib.sha256(key.encode()).hexdigest() + ":" + (action if size(action) <= 128 else "unknown")


def _quote(card: Card) -> dict[str, Any]:
    if not card.sections or not shows_details(card):
        return {}
    section = card.sections[0]
    title, body = _field(section.title, TITLE), _block(section.body, QUOTE)
    return {"type": 0, "title": title or "·", "quote_text": body or "—"}


def _rows(card: Card, *, with_links: bool) -> list[dict[str, Any]]:
    """The facts, then links to tap; a later section is too long for rows and follows as text."""
    if not shows_details(card):
        return []
    pairs = [(fact.label, fact.value) for fact in card.facts if fact.label.strip() or fact.value.strip()]
    rows = _facts(pairs)
    if with_links:
        name = t("wecom.card.link", language(card))
        rows += [
            {"type": 1, "keyname": name, "value": _field(title, ROW_VALUE) or "·", "url": url}
            for title, url in _links(card)
        ]
    return rows[:ROWS]


def _facts(pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"keyname": _field(label, ROW_NAME) or "·", "value": _field(value, ROW_VALUE) or "—"}
        for label, value in pairs[:ROWS]
    ]


def _jumps(card: Card) -> list[dict[str, Any]]:
    return [{"type": 1, "title": _field(title, JUMP_TITLE) or "·", "url": url} for title, url in _links(card)[:JUMPS]]


def _links(card: Card) -> list[tuple[str, str]]:
    """Where to read on: the card's own link buttons, then its sources, then the page that shows the whole."""
    links = [(action.label or action.key, action.url) for action in _url_actions(card)]
    links += [(_cited(citation), citation.url) for citation in card.citations if is_web(citation.url)]
    if is_web(card.url):
        links.append((t("wecom.card.open", language(card)), card.url))
    unique = {url: title for title, url in reversed(links)}
    return [(title, url) for title, url in links if unique.pop(url, None) is not None]


def _press_actions(card: Card) -> list[Action]:
    return [action for action in card.actions if not is_web(action.url)]


def _url_actions(card: Card) -> list[Action]:
    return [action for action in card.actions if is_web(action.url)]


def _cited(citation: Citation) -> str:
    return citation.title or citation.url


def _field(text: str, limit: int) -> str:
    return shorten(one_line(clean(text)), limit)


def _block(text: str, limit: int) -> str:
    return shorten(plain(clean(text)), limit)


def _fits(text: str, limit: int) -> bool:
    """Whether a field shows a text whole: short enough, and without links, which lose their address there."""
    return len(plain(clean(text))) <= limit and "](" not in text
