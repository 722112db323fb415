"""From a Card to WeCom's template_card, within its limits. Pure.

Hard limits: 6 rows, 3 jumps, 6 buttons, button keys of 1024 bytes. Advised lengths (title 36, …) are kept as well,
counted in code points and cut between words, so they hold however WeCom counts. Buttons and rows are measured in
columns, because a phone shows twice as many letters as Chinese characters there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.common.folding import shows_details
from adapters.common.language import card_language
from adapters.common.text import clean, columns
from adapters.common.wecom.buttons import Choice, choices_of, greyed
from adapters.common.wecom.heading import QUOTE, TITLE, Heading, done_label, heading
from adapters.common.wecom.markdown import is_web, one_line, plain
from adapters.common.wecom.split import shorten
from bot.contracts.card import Action, Card, Citation
from config.locales import t

ROW_NAME, ROW_VALUE, JUMP_TITLE = 10, 52, 26  # the value in columns: 26 Chinese characters
ROWS, JUMPS = 6, 3


def template_card(card: Card, console: str, *, changes: bool = False) -> dict[str, Any] | None:
    """The card as WeCom wants it, without task_id; None where only words can say it.

    Press buttons make it a button_interaction; without any it is a text_notice, which must lead to some page: the
    card's own, else `console`. Where neither can be opened from a phone there is no such card. `changes`: it takes
    the place of a card whose only button was pressed; a grey one stays in the button's place.
    """
    choices, head = choices_of(card), heading(card)
    url = next((url for url in (card.url, "" if choices else console) if is_web(url)), "")
    if choices:
        kind = {"card_type": "button_interaction", "button_list": [choice.button for choice in choices]}
    elif changes and done_label(card):
        kind = greyed(card)
    elif url:
        kind = {"card_type": "text_notice", "jump_list": _jumps(card)}
    else:
        return None
    drawn = {
        **kind,
        **_head(head),
        "quote_area": _quote(card, head),
        "horizontal_content_list": _rows(card, choices),
        "card_action": {"type": 1, "url": url} if url else {},
    }
    return {name: value for name, value in drawn.items() if value}


def _head(head: Heading) -> dict[str, Any]:
    lines = {"title": head.title, "desc": head.desc}
    return {
        "source": {"desc": head.source} if head.source else {},
        "main_title": {name: value for name, value in lines.items() if value},
        "sub_title_text": head.body,
    }


def shows_everything(card: Card) -> bool:
    """Whether an open card fits into the template; else its whole text must follow as a message."""
    section = card.sections[0] if card.sections else None
    return (
        len(card.sections) <= 1
        and _links_fit(card)
        and all(is_web(citation.url) and not citation.detail for citation in card.citations)
        and heading(card).whole
        and all(_fits(fact.label, ROW_NAME) and _fits(fact.value, ROW_VALUE, columns) for fact in card.facts)
        and (section is None or (_fits(section.title, TITLE) and _fits(section.body, QUOTE)))
        and all(_fits(citation.title, JUMP_TITLE) for citation in card.citations)
    )


def _links_fit(card: Card) -> bool:
    """Whether facts and links have room: together in the rows of a card with buttons, else each in its own list."""
    if choices := choices_of(card):
        named = sum(bool(choice.name) for choice in choices)
        return len(card.facts) + len(_links(card)) + named <= ROWS
    return len(card.facts) <= ROWS and len(_links(card)) <= JUMPS


def _quote(card: Card, head: Heading) -> dict[str, Any]:
    """The first section of an open card; else a headline that is too long for the title."""
    if card.sections and card.unfolded:
        section = card.sections[0]
        title, body = _field(section.title, TITLE), _block(section.body, QUOTE)
        return {"type": 0, "title": title or "·", "quote_text": body or "—"}
    return {"type": 0, "quote_text": head.quote} if head.quote else {}


def _rows(card: Card, choices: list[Choice]) -> list[dict[str, Any]]:
    """Facts and links to tap, when open; last the long labels, beside their buttons."""
    labels = [{"keyname": choice.name, "value": _value(choice.label)} for choice in choices if choice.name]
    shown = [*_facts(card), *(_link_rows(card) if choices else [])] if shows_details(card) else []
    return [*shown[: ROWS - len(labels)], *labels]


def _facts(card: Card) -> list[dict[str, Any]]:
    return [
        {"keyname": _field(fact.label, ROW_NAME) or "·", "value": _value(fact.value) or "—"}
        for fact in card.facts
        if fact.label.strip() or fact.value.strip()
    ]


def _link_rows(card: Card) -> list[dict[str, Any]]:
    """A button_interaction has no jump_list: there, links are rows."""
    name = t("wecom.card.link", card_language(card))
    return [{"type": 1, "keyname": name, "value": _value(title) or "·", "url": url} for title, url in _links(card)]


def _jumps(card: Card) -> list[dict[str, Any]]:
    return [{"type": 1, "title": _field(title, JUMP_TITLE) or "·", "url": url} for title, url in _links(card)[:JUMPS]]


def _links(card: Card) -> list[tuple[str, str]]:
    """Where to read on: the card's own link buttons, then its sources, then the page that shows the whole."""
    links = [(action.label or action.key, action.url) for action in _url_actions(card)]
    links += [(_cited(citation), citation.url) for citation in card.citations if is_web(citation.url)]
    if is_web(card.url):
        links.append((t("wecom.card.open", card_language(card)), card.url))
    unique = {url: title for title, url in reversed(links)}
    return [(title, url) for title, url in links if unique.pop(url, None) is not None]


def _url_actions(card: Card) -> list[Action]:
    return [action for action in card.actions if is_web(action.url)]


def _cited(citation: Citation) -> str:
    return citation.title or citation.url


def _field(text: str, limit: int) -> str:
    return shorten(one_line(clean(text)), limit)


def _value(text: str) -> str:
    return shorten(one_line(clean(text)), ROW_VALUE, columns)


def _block(text: str, limit: int) -> str:
    return shorten(plain(clean(text)), limit)


def _fits(text: str, limit: int, measure: Callable[[str], int] = len) -> bool:
    """Whether a field shows a text whole: short enough, and without links, which lose their address there."""
    return measure(plain(clean(text))) <= limit and "](" not in text
