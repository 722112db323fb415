"""Markdown with a head → PlaybookCard. All faults of a file are found at once, so its author mends it once."""

from __future__ import annotations

from typing import cast

from knowledge.playbook.card import Kind, PlaybookCard
from knowledge.playbook.fault import BadCard, Fault
from knowledge.playbook.fields import Fields
from knowledge.playbook.front_matter import read_document
from knowledge.playbook.sections import Part, read_sections
from knowledge.playbook.vocabulary import Vocabulary

LONGEST_TEXT = 60_000  # characters of a whole file
LONGEST_POINT = {"zh": 60, "en": 120}  # one line of a folded card on a phone; English needs twice the letters
KEYS = frozenset({
    "id", "kind", "language", "title", "situation", "triggers", "stage", "industry", "product", "owner",
    "version", "valid_until", "links", "related", "competitor", "aliases", "test_reports",
})  # fmt: skip
_NEEDED_PARTS = {"talktrack": ("point", "say"), "competitor": ("point", "comparison")}
_PART_NAMES = {"point": "要点", "say": "这样说", "comparison": "对比"}


def parse_card(text: str, vocabulary: Vocabulary, source: str = "") -> PlaybookCard:
    """Read one card. Raises BadCard with every fault found."""
    text = normal(text)
    if len(text) > LONGEST_TEXT:
        raise BadCard([Fault(source, 1, "too_long", values={"limit": LONGEST_TEXT, "length": len(text)})])
    document = read_document(text, source)
    fields = Fields(document.head, source)
    parts, faults = read_sections(document.body, document.body_line, source)
    card = _card(fields, parts, vocabulary)
    faults = fields.faults + faults + _missing_parts(card, parts, document.body_line, source)
    faults += _point_faults(card, parts, source)
    if faults:
        raise BadCard(sorted(faults, key=lambda fault: fault.line))
    return card


def normal(text: str) -> str:
    """The same text with newlines as we store them and no byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _card(fields: Fields, parts: dict[str, Part], vocabulary: Vocabulary) -> PlaybookCard:
    fields.reject_unknown(KEYS)
    body = {name: part.body for name, part in parts.items()}
    kind = fields.one_of("kind", ("talktrack", "competitor"))
    rival = kind == "competitor"
    return PlaybookCard(
        id=fields.id(),
        kind=cast(Kind, kind),
        language=fields.language(),
        title=fields.text("title"),
        situation=fields.text("situation", needed=not rival),
        triggers=fields.texts("triggers", needed=True),
        stage=fields.keys("stage", vocabulary.keys("stages")),
        industry=fields.keys("industry", vocabulary.keys("industries")),
        product=fields.keys("product", vocabulary.keys("products")),
        owner=fields.text("owner"),
        version=fields.number("version"),
        valid_until=fields.day("valid_until"),
        links=fields.links("links"),
        related=fields.texts("related"),
        point=body.get("point", ""),
        steps=body.get("steps", ""),
        say=body.get("say", ""),
        avoid=body.get("avoid", ""),
        basis=body.get("basis", ""),
        competitor=fields.text("competitor", needed=rival),
        aliases=fields.texts("aliases"),
        test_reports=fields.reports("test_reports"),
        comparison=body.get("comparison", ""),
    )


def _missing_parts(card: PlaybookCard, parts: dict[str, Part], line: int, source: str) -> list[Fault]:
    needed = _NEEDED_PARTS.get(card.kind, ("point",))
    missing = [name for name in needed if name not in parts or not parts[name].body]
    return [
        Fault(source, parts[name].line if name in parts else line, "missing_section", _PART_NAMES[name])
        for name in missing
    ]


def _point_faults(card: PlaybookCard, parts: dict[str, Part], source: str) -> list[Fault]:
    limit = LONGEST_POINT.get(card.language, LONGEST_POINT["zh"])
    if "\n" not in card.point and len(card.point) <= limit:
        return []
    values = {"limit": limit, "length": len(card.point)}
    return [Fault(source, parts["point"].line + 1, "long_point", _PART_NAMES["point"], values)]
