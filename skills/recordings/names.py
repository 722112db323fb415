"""Ids of dialogues and cards of recordings, and which files are recordings. Pure."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

from config.languages import WORDS
from config.locales import t

if TYPE_CHECKING:
    from storage.repositories.files import FileRecord

PICK, SIDE, ASKING, LONGEST_KEY = "pick_", "side_", "recask", 40
SOUNDS = re.compile(
    r"\.(aac|ac3|aiff?|amr|avi|flac|m4[abv]|mkv|mov|mp[234]|mpga|og[ga]|opus|silk|slk|spx|wav|webm|wm[av]|3gp)$",
    re.IGNORECASE,
)


def is_recording(file: FileRecord) -> bool:
    """By what was found in it, else by what its sender calls it: a wrong name is then refused with the reason."""
    found = file.media_type.partition("/")[0]
    return found in {"audio", "video"} or bool(SOUNDS.search(file.name))


def dialogue_of(file_id: str) -> str:
    """The dialogue of a file, the same at every try."""
    return f"rec-{sha256(file_id.encode()).hexdigest()[:24]}"


def speaker_of(name: str, language: str) -> str:
    """A speaker as the reader calls them: those who were only numbered, in the reader's language."""
    number = name[len(name.rstrip("0123456789")) :]
    numbered = {t("speech.speaker", one, number=number) for one in WORDS} if number else set()
    return t("speech.speaker", language, number=number) if name in numbered else name


def card_of(dialogue_id: str, what: str) -> str:
    """The id of a card about a dialogue: "result", "progress"."""
    return f"{dialogue_id}_{what}"


def dialogue_of_card(card_id: str) -> str:
    """The dialogue that a card is about; "" for a card that asks for a customer."""
    return "" if card_id.startswith(ASKING) else card_id.partition("_")[0]


def asking_card(number: int) -> str:
    """The id of a card that asks whose recording the message's file of this number is."""
    return f"{ASKING}-{number}-{uuid4().hex}"


def file_asked_about(card_id: str, message_id: str) -> str:
    """The id of that file."""
    return f"{message_id}#{card_id.split('-')[1]}"


def pick_key(customer_id: str) -> str:
    """A button's key for a customer; "" when the id is too long for one."""
    key = PICK + customer_id.encode().hex()
    return key if len(key) <= LONGEST_KEY else ""


def picked(key: str) -> str:
    """The customer of such a key."""
    return bytes.fromhex(key.removeprefix(PICK)).decode()
