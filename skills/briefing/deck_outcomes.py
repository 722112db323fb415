"""The page of last week's actions: what was told then, and what it is now. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.briefing.types import Outcome
from skills.briefing.deck_content import Drawing, Grid, TablePage, paragraphs
from skills.briefing.words import Words

_RIGHT = (False, False, True, True, False)  # counts and money


def last_week(outcomes: Sequence[Outcome], words: Words, as_of: str) -> TablePage:
    """`as_of`: up to when the data is, as a sentence."""
    helped = sum(one.helped for one in outcomes)
    head = tuple(words.text(f"deck.outcome.{name}") for name in ("what", "told", "count", "money", "verdict"))
    return TablePage(
        headline=words.text("deck.outcomes", helped=helped, count=len(outcomes)),
        notes=paragraphs([words.text("parts.outcomes")], [words.outcome(one) for one in outcomes]),
        grid=Grid(head, tuple(_row(one, words) for one in outcomes), _RIGHT),
        drawing=_drawn(outcomes, words),
        source=as_of,
    )


def _row(one: Outcome, words: Words) -> tuple[str, ...]:
    grew = (one.count_now, one.money_now) > (one.count_then, one.money_then)
    verdict = words.text("outcome.helped" if one.helped else "outcome.worse" if grew else "outcome.same")
    return (
        words.short(one.finder, one.key),
        words.day(one.told),
        f"{one.count_then:,} → {one.count_now:,}",
        f"{words.yuan(one.money_then)} → {words.yuan(one.money_now)}",
        verdict + (words.text("outcome.planned") if one.planned else ""),
    )


def _drawn(outcomes: Sequence[Outcome], words: Words) -> Drawing:
    """Money where any is at stake, else counts."""
    money = any(one.money_then or one.money_now for one in outcomes)
    then = tuple(float(one.money_then if money else one.count_then) for one in outcomes)
    now = tuple(float(one.money_now if money else one.count_now) for one in outcomes)
    labels = tuple(words.short(one.finder, one.key) for one in outcomes)
    series = (words.text("page.then"), then), (words.text("page.now"), now)
    return Drawing(words.text("money" if money else "count"), "bar", "yuan" if money else "count", labels, series)
