"""Which answers to a card's form count: what the card asked, whatever a browser or a platform sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts import Card, Field, Press

LONGEST_ANSWER = 300  # characters


def asked_for(card: Card, press: Press) -> Mapping[str, str]:
    """The answers to the pressed button's form: known keys, offered choices, short texts; the rest is left out."""
    action = next((action for action in card.actions if action.key == press.action), None)
    fields = action.form.fields if action and action.form else ()
    given = press.values
    return {field.key: given[field.key] for field in fields if field.key in given and _fits(field, given[field.key])}


def _fits(field: Field, value: str) -> bool:
    if field.choices:
        return value in {choice for choice, _ in field.choices}
    return len(value) <= LONGEST_ANSWER
