"""Answers as a terminal shows them: text, cards in frames, and a letter before every button."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from rich.console import RenderableType

LETTERS = ascii_lowercase
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class Drawing:
    """What is shown of one exchange, and which letter presses what. `base`: the console's address."""

    base: str
    parts: list[RenderableType] = field(default_factory=list)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)  # letter → card id, action key

    def add(self, payload: Mapping[str, Any]) -> None:
        """One reply, as the console's adapter stored it."""
        if payload.get("text"):
            self.parts.append(_markdown(payload["text"]))
        known: set[str] = set()
        if card := payload.get("card"):
            self._add_card(card)
            known = {card["url"], *(source["url"] for source in card["citations"])}
        self._add_lines(self._sources([one for one in payload.get("citations") or () if one["url"] not in known]))
        self._add_lines(str(file["name"]) for file in payload.get("files") or ())

    def _add_card(self, card: Mapping[str, Any]) -> None:
        from rich.columns import Columns
        from rich.panel import Panel

        parts = [f"**{card['headline']}**", card["summary"], card["notice"]]
        parts += [_fact(fact["label"], fact["value"]) for fact in card["facts"]]
        if card["unfolded"]:
            parts += [f"### {section['title']}\n\n{section['body']}" for section in card["sections"]]
            others = [source for source in card["citations"] if source["url"] != card["url"]]
            parts.append("\n\n".join(self._sources(others)))
        body = _markdown("\n\n".join(part for part in parts if part))
        self.parts.append(Panel(body, title=card["source"] or None))
        if offered := self._offered(card):
            self.parts.append(Columns(offered, padding=(0, 2)))  # breaks lines between buttons only
        self._add_lines(self._links(card))

    def _add_lines(self, lines: Iterable[str]) -> None:
        from rich.text import Text

        self.parts.extend(Text(line) for line in lines if line)

    def _offered(self, card: Mapping[str, Any]) -> list[str]:
        """The card's buttons, each with the letter that presses it."""
        buttons = [(action["key"], action["label"]) for action in card["actions"] if not action["url"]]
        if card["sections"]:
            key = "fold" if card["unfolded"] else "unfold"
            buttons.insert(0, (key, t(f"console.card.{key}", _language_of(card["headline"]))))
        free = LETTERS[len(self.buttons) :]
        self.buttons |= {letter: (card["id"], key) for letter, (key, _) in zip(free, buttons, strict=False)}
        pairs = zip(free, buttons, strict=False)
        return [f"{letter} {label}" for letter, (_, label) in pairs]

    def _links(self, card: Mapping[str, Any]) -> list[str]:
        """Addresses are written out: not every terminal can follow a link."""
        links = [(action["label"], action["url"]) for action in card["actions"] if action["url"]]
        if card["url"]:
            links.append((t("console.card.whole", _language_of(card["headline"])), card["url"]))
        return [f"{label} {urljoin(self.base, url)}" for label, url in links]

    def _sources(self, citations: Sequence[Mapping[str, Any]]) -> list[str]:
        return [
            " · ".join(
                filter(None, (source["title"], source["detail"], source["url"] and self._address(source["url"])))
            )
            for source in citations
        ]

    def _address(self, url: str) -> str:
        return urljoin(self.base, url)


def no_button(letter: str, drawing: Drawing) -> str:
    """What to say to a letter that presses nothing."""
    lang, last = operator_language(), max(drawing.buttons, default="")
    return t("cli.chat.no_such_button" if last else "cli.chat.no_buttons", lang, letter=letter, last=last)


def _markdown(text: str) -> RenderableType:
    """A line break stays one, as in chat programs; two spaces before it tell Markdown so."""
    from rich.markdown import Markdown

    return Markdown(re.sub(r"(?<=[^\n|])\n(?=[^\n])", "  \n", text), hyperlinks=False)


def _fact(label: str, value: str) -> str:
    colon = "：" if _language_of(label) == "zh" else ": "
    return f"- {label}{colon}{value}"


def _language_of(text: str) -> str:
    """The language of a card, by its own words: people may ask in the other one than they chose."""
    return "zh" if _CHINESE.search(text) else "en"
