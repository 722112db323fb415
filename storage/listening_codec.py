"""What is listened to, as JSON and as rows, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.contracts.listening import Evidence, Side, Source, Stretch, Utterance, Word


def utterance_columns(dialogue_id: str, source: Source, position: int, one: Utterance) -> dict[str, Any]:
    """One row. Chats are ordered by time, since a message that is found later may be older than those before it."""
    by_time = source is Source.CHAT and one.at is not None
    seq = _milliseconds(one.at) if by_time and one.at else position
    return {
        "dialogue_id": dialogue_id,
        "id": one.id,
        "seq": seq,
        "text": storable(one.text),
        "side": one.side.value,
        "speaker": storable(one.speaker),
        "at": one.at,
        "start": one.start,
        "end": one.end,
        "words": _words_json(one.words),
        "account": storable(one.account),
    }


def utterance_of(row: Any) -> Utterance:
    """A row as it was said."""
    words = tuple(Word(*word) for word in row.words)
    return Utterance(row.id, row.text, Side(row.side), row.speaker, row.at, row.start, row.end, words, row.account)


def stretch_columns(dialogue_id: str, stretch: Stretch) -> dict[str, Any]:
    """One row."""
    return {
        "dialogue_id": dialogue_id,
        "number": stretch.number,
        "start": stretch.start,
        "end": stretch.end,
        "language": stretch.language,
        "utterances": tuple(_utterance_json(one) for one in stretch.utterances),
    }


def stretch_of(row: Any) -> Stretch:
    """A stretch as it was kept."""
    return Stretch(row.number, row.start, row.end, tuple(map(_utterance_from, row.utterances)), row.language)


def evidence_json(evidence: Iterable[Evidence]) -> tuple[dict[str, Any], ...]:
    """For a signal's row."""
    return tuple(
        {
            "dialogue_id": one.dialogue_id,
            "utterance_id": one.utterance_id,
            "quote": one.quote,
            "at": _iso(one.at),
            "start": one.start,
        }
        for one in evidence
    )


def evidence_of(items: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """The evidence as it was found."""
    return tuple(Evidence(**{**item, "at": _moment(item["at"])}) for item in items)


def storable(text: str) -> str:
    """Without what no database takes: zero bytes and halves of characters, as broken software sends them."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def name_of(*parts: str) -> str:
    """The same short id for the same parts, whoever asks."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _utterance_json(one: Utterance) -> dict[str, Any]:
    return {
        "id": one.id,
        "text": one.text,
        "side": one.side.value,
        "speaker": one.speaker,
        "at": _iso(one.at),
        "start": one.start,
        "end": one.end,
        "words": _words_json(one.words),
    }


def _utterance_from(item: Mapping[str, Any]) -> Utterance:
    words = tuple(Word(*word) for word in item["words"])
    return Utterance(**{**item, "side": Side(item["side"]), "at": _moment(item["at"]), "words": words})


def _words_json(words: Sequence[Word]) -> list[list[Any]]:
    return [[word.text, word.start, word.end, word.probability] for word in words]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
