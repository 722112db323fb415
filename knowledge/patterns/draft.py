"""The talk-track that a pattern becomes once sales ops agrees. It holds our own examples and no customer's words:
a playbook outlives dialogues, and what somebody said goes when they take their consent back (A18)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256

from config.locales import t
from knowledge.patterns.move import Move
from knowledge.patterns.record import effect_of
from knowledge.playbook.fields import LONGEST_ID
from knowledge.retrieval.language import is_chinese
from knowledge.signals.kind import Kind
from storage.repositories.patterns import Pattern

SAID = 6  # sentences that lead to the card
VALID = timedelta(days=365)
_HEADS = {"zh": ("要点", "步骤", "这样说", "依据"), "en": ("Key point", "Steps", "Say this", "Basis")}


def card_id(pattern_id: str) -> str:
    """The playbook's name for a pattern's card."""
    name = f"pattern-{pattern_id.replace('_', '-')}"
    return name if len(name) <= LONGEST_ID else f"pattern-{sha256(pattern_id.encode()).hexdigest()[:16]}"


def draft(
    pattern: Pattern, moves: Mapping[str, Move], kind: Kind | None, owner: str, page: str, today: date, language: str
) -> str:
    """A playbook file in one language. `kind`: the signal that triggers it; `page`: where the quotes are."""
    titles = " → ".join(stage["title"][language] for stage in pattern.stages)
    known = [moves[stage["move"]] for stage in pattern.stages if stage["move"] in moves]
    head = [
        f"id: {card_id(pattern.id)}",
        "kind: talktrack",
        f"language: {language}",
        f"title: {_quoted(t('mining.draft.title', language, stages=titles))}",
        f"situation: {_quoted(_situation(kind, language))}",
        "triggers:",
        *(f"  - {_quoted(text)}" for text in _triggers(kind, titles, language)),
        f"owner: {_quoted(owner)}",
        f"version: {pattern.version}",
        f"valid_until: {(today + VALID).isoformat()}",
        "links:",
        f"  - title: {_quoted(t('mining.draft.link', language))}",
        f"    url: {_quoted(page)}",
    ]
    bodies = (t("mining.draft.point", language, stages=titles), _steps(pattern, language), _say(known, language))
    sections = zip(_HEADS[language], (*bodies, basis(pattern, language)), strict=True)
    return "\n".join(["---", *head, "---", *(f"## {name}\n{body}\n" for name, body in sections)])


def basis(pattern: Pattern, language: str) -> str:
    """What the figures say, in a few sentences."""
    effect, kept = effect_of(pattern), pattern.effect
    counts = effect.counts
    return t(
        "mining.draft.basis",
        language,
        won_with=counts.won_with,
        with_=counts.with_,
        won_without=counts.won_without,
        without=counts.without,
        points=f"{100 * effect.difference:+.0f}",
        low=f"{100 * effect.low:+.0f}",
        high=f"{100 * effect.high:+.0f}",
        since=kept["since"],
        until=kept["until"],
    )


def _situation(kind: Kind | None, language: str) -> str:
    if kind is None:
        return t("mining.draft.any_situation", language)
    return t("mining.draft.situation", language, trigger=kind.title[language])


def _triggers(kind: Kind | None, titles: str, language: str) -> Sequence[str]:
    """What people say when they need it: the signal's own exemplars, which are ours."""
    asked = kind.policy.ask[language] if kind and kind.policy.ask and "{" not in kind.policy.ask[language] else ""
    said = [text for text in kind.exemplars if is_chinese(text) == (language == "zh")] if kind else []
    return [text for text in (asked, titles, *said[:SAID]) if text]


def _steps(pattern: Pattern, language: str) -> str:
    told = (
        t("mining.draft.step", language, title=stage["title"][language], means=stage["means"][language])
        for stage in pattern.stages
    )
    return "\n".join(f"{number}. {text}" for number, text in enumerate(told, 1))


def _say(moves: Sequence[Move], language: str) -> str:
    return "\n".join(f"> {move.say[language]}" for move in moves) or "> –"


def _quoted(text: str) -> str:
    """A YAML scalar: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)
