"""What stands at the top of a card: source, title, the line below it, and the body. Pure.

The headline is what a person reads first, so it is never cut while another field has room: too long for the title, it
goes to the quote below (to the body of an open card, which quotes a section), and the title names what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.common.language import card_language
from adapters.common.text import clean
from adapters.common.wecom.markdown import one_line, plain
from adapters.common.wecom.split import shorten
from bot.contracts.card import Card
from config.locales import t

TITLE, DESC, SOURCE, BODY, QUOTE = 36, 44, 20, 160, 200  # code points; QUOTE is ours, the rest WeCom's advice


@dataclass(frozen=True, slots=True)
class Heading:
    """The fields as WeCom gets them; "" where there is nothing to say."""

    source: str
    title: str
    desc: str
    body: str
    quote: str  # a headline too long for the title, where no section is quoted
    whole: bool  # headline and summary are shown to their ends


def heading(card: Card) -> Heading:
    """Share out source, notice, headline and summary."""
    headline, summary, notice = one_line(clean(card.headline)), plain(clean(card.summary)), _notice(card)
    lead = headline or one_line(summary)
    source, title = _title(card, lead)
    below = "" if title == lead else headline
    quote = "" if card.sections and card.unfolded else below
    summary = "" if title == lead and not headline else summary
    desc, said = (notice, "") if len(notice) <= DESC else ("", notice)
    if len(source) > SOURCE and not desc:
        source, desc = "", shorten(source, DESC)
    body = "\n".join(line for line in (said, "" if quote else below, summary) if line)
    whole = len(body) <= BODY and len(quote) <= QUOTE and "](" not in card.headline + card.summary
    return Heading(shorten(source, SOURCE), title, desc, shorten(body, BODY), shorten(quote, QUOTE), whole)


def done_label(card: Card) -> str:
    """What stands on the button that was pressed and is done; "" when none is."""
    return next((one_line(clean(a.label or a.key)) for a in card.actions if a.key == card.pressed and not a.url), "")


def _notice(card: Card) -> str:
    """The thanks for a press, after the button that it was."""
    label = done_label(card)
    return " · ".join(part for part in (f"✓ {label}" if label else "", one_line(clean(card.notice))) if part)


def _title(card: Card, lead: str) -> tuple[str, str]:
    """Source and title. A source that has to be the title isn't said twice."""
    source = one_line(clean(card.source))
    if 0 < len(lead) <= TITLE:
        return source, lead
    name = next((one_line(clean(c.title)) for c in card.citations if c.url and c.url == card.url), "")
    if name:
        return source, shorten(name, TITLE)
    if 0 < len(source) <= TITLE:
        return "", source
    return source, t("wecom.card.untitled", card_language(card))
