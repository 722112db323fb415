"""Contract dataclasses as JSON, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from bot.contracts.card import Card
from bot.contracts.message import Message

_MESSAGES = TypeAdapter(Message)
_CARDS = TypeAdapter(Card)


def message_to_json(message: Message) -> dict[str, Any]:
    """All fields, times as ISO 8601 with their offset."""
    return dict(_MESSAGES.dump_python(message, mode="json"))


def message_from_json(values: Mapping[str, Any]) -> Message:
    """The message as it was."""
    return _MESSAGES.validate_python(values)


def card_to_json(card: Card) -> dict[str, Any]:
    """All fields."""
    return dict(_CARDS.dump_python(card, mode="json"))


def card_from_json(values: Mapping[str, Any]) -> Card:
    """The card as it was."""
    return _CARDS.validate_python(values)


def fingerprint(payload: Mapping[str, Any]) -> str:
    """SHA-256 of a payload, the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
