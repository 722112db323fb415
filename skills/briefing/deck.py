"""The morning's brief as a presentation (B14): native charts, notes with the evidence, a template if given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.briefing.types import Brief
from skills.briefing.deck_author import Author
from skills.briefing.deck_package import packed
from skills.briefing.deck_pages import Painter
from skills.briefing.deck_template import open_look
from skills.briefing.words import Words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def make_deck(brief: Brief, words: Words, zone: ZoneInfo, template: Path | None = None) -> bytes:
    """Cover, a page for each finding, last week's actions, appendix, as a .pptx file in the language of the words.

    Equal briefs give equal bytes. `zone`: the company's. `template`: a .pptx or .potx file whose layouts, colours and
    fonts are used; None for our own. Blocking (about a third of a second). Raises ConfigurationError with the remedy
    when the template can't be used.
    """
    deck = Author(brief, words, zone).deck()
    look = open_look(template, words.language)
    painter = Painter(look, words, deck.title)
    painter.cover(deck.cover)
    for page in deck.findings:
        painter.finding(page)
    for rest in deck.rest:
        painter.table(rest)
    return packed(look.presentation, deck.title, words.text("deck.author"), brief.as_of or brief.day)


def check_template(template: Path | None, language: str) -> None:
    """Raises ConfigurationError with the remedy when the template can't be used."""
    if template is not None:
        open_look(template, language)


def file_name(brief: Brief, words: Words) -> str:
    """晨会-华东组-2026-11-20.pptx, without letters that a file's name mustn't have."""
    scope = "".join("-" if one in '\\/:*?"<>|' or ord(one) < 32 else one for one in words.scope(brief.scope))
    return words.text("deck.file", scope=scope, day=f"{brief.day:%Y-%m-%d}")
