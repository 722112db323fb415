"""A card's buttons: which there are, what stands on them, and what a press brings back. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from adapters.common.folding import fold_key
from adapters.common.language import card_language
from adapters.common.text import clean, columns
from adapters.common.wecom.heading import done_label
from adapters.common.wecom.markdown import one_line
from adapters.common.wecom.split import shorten, size
from bot.contracts.card import Action, Card
from config.locales import t

BUTTONS = 6
LABEL = 20  # columns: a phone shows twice as many letters as Chinese characters
KEY_BYTES = 1024
_STYLES = {"primary": 1, "default": 2, "danger": 2}  # 1 is blue, 2 grey; what 3 and 4 look like is not documented


@dataclass(frozen=True, slots=True)
class Choice:
    """A button and its whole label. With a name ("1") the label is too long for it: a row of that name says it."""

    button: dict[str, Any]
    label: str
    name: str = ""


def choices_of(card: Card) -> list[Choice]:
    """Press buttons, each key once; 展开/收起 comes first and always finds a place. What was pressed is gone."""
    fold = _fold(card)
    own = {action.key: action for action in reversed(card.actions) if not action.url}
    taken = {card.pressed, fold.key if fold else ""}
    ordered = [action for action in card.actions if own.get(action.key) is action and action.key not in taken]
    actions = [fold, *ordered][:BUTTONS] if fold else ordered[:BUTTONS]
    long = [action.key for action in actions if columns(_label(action)) > LABEL]
    return [_choice(card, action, long.index(action.key) + 1 if action.key in long else 0) for action in actions]


def _fold(card: Card) -> Action | None:
    key = fold_key(card)
    return Action(key=key, label=t(f"wecom.card.{key}", card_language(card))) if key else None


def _choice(card: Card, action: Action, number: int) -> Choice:
    label, name = _label(action), str(number or "")
    text = shorten(f"{name}. {label}" if name else label, LABEL, columns)
    button = {"text": text or "·", "style": _STYLES[action.style], "key": button_key(card.id, action.key)}
    return Choice(button, label, name)


def _label(action: Action) -> str:
    return one_line(clean(action.label or action.key))


def button_key(card_id: str, action: str) -> str:
    """What a press brings back: card and action. An id too long for the key is replaced by its hash."""
    key = f"{clean(card_id)}:{clean(action)}"
    if size(key) <= KEY_BYTES:
        return key
    # Ids of this length are a fault of ours; the press then names no known card and is answered as such.
    return hashlib.sha256(key.encode()).hexdigest() + ":" + (action if size(action) <= 128 else "unknown")


def split_key(key: str) -> tuple[str, str]:
    """A button's key as (card id, action); a key that isn't ours has no card id."""
    card_id, _, action = key.rpartition(":")
    return card_id, action


def greyed(card: Card) -> dict[str, Any]:
    """WeCom greys all buttons of a card or none, so this is for the last one."""
    label = shorten(f"✓ {done_label(card)}", LABEL, columns)
    button = {"text": label, "style": 2, "key": button_key(card.id, card.pressed)}
    return {"card_type": "button_interaction", "button_list": [button], "replace_text": label}
