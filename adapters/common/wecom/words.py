"""What a reply says as Markdown, where no card can show it: text with its sources, a card as words. Pure."""

from __future__ import annotations

from adapters.common.language import card_language, language
from adapters.common.wecom.markdown import is_web
from bot.contracts.card import Card, Citation
from bot.contracts.reply import Reply
from config.locales import t


def with_citations(reply: Reply) -> str:
    """The text with its sources below. A card brings its own sources, and they unfold with it."""
    if not reply.citations or reply.card:
        return reply.text
    lines = _sources(reply.citations, language(reply.text))
    return f"{reply.text}\n\n{lines}".strip()


def whole_text(card: Card) -> str:
    """Everything that the card says, as Markdown."""
    lang = card_language(card)
    parts = [f"**{card.headline.strip()}**" if card.headline.strip() else "", card.notice, card.summary]
    rows = (t("wecom.card.fact", lang, label=fact.label, value=fact.value) for fact in card.facts)
    parts.append("\n".join(f"- {row}" for row in rows))
    parts += [f"### {section.title}\n{section.body}" for section in card.sections]
    links = [(action.label, action.url) for action in card.actions if is_web(action.url)]
    links += [(t("wecom.card.open", lang), card.url)] if is_web(card.url) else []
    parts.append("\n".join(f"[{label}]({url})" for label, url in links))
    parts.append(_sources(card.citations, lang) if card.citations else "")
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _sources(citations: tuple[Citation, ...], lang: str) -> str:
    return "\n".join([t("wecom.card.sources", lang), *(f"- {_source(citation)}" for citation in citations)])


def _source(citation: Citation) -> str:
    title = citation.title or citation.url
    linked = f"[{title}]({citation.url})" if is_web(citation.url) else title
    return " · ".join(part for part in (linked, citation.detail) if part)
