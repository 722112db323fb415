"""What the bot and the worker process say to each other. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.contracts.listening import Sound, Stretch, Utterance, Word

LARGEST_LINE = 256 * 1024 * 1024  # bytes: all words of the longest recording fit


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What the worker process needs to know; the settings in plain values."""

    model: str
    data: str  # folder
    threads: int
    beam: int
    max_bytes: int
    max_seconds: float
    least_seconds: float
    idle_seconds: float  # without work, after which the process ends itself and frees its memory


def config_of(text: str) -> WorkerConfig:
    """What `json.dumps(asdict(config))` wrote."""
    return WorkerConfig(**json.loads(text))


def utterance_out(utterance: Utterance) -> dict[str, Any]:
    """What the other side needs of an utterance."""
    words = [[word.text, word.start, word.end, word.probability] for word in utterance.words]
    times = {"start": utterance.start, "end": utterance.end}
    return {"id": utterance.id, "text": utterance.text, "speaker": utterance.speaker, "words": words, **times}


def utterance_in(values: Mapping[str, Any]) -> Utterance:
    """The utterance again."""
    words = tuple(Word(*word) for word in values["words"])
    return Utterance(
        values["id"], values["text"], speaker=values["speaker"], start=values["start"], end=values["end"], words=words
    )


def utterances_out(utterances: Sequence[Utterance]) -> list[dict[str, Any]]:
    """All of them."""
    return [utterance_out(utterance) for utterance in utterances]


def utterances_in(values: Sequence[Mapping[str, Any]]) -> list[Utterance]:
    """All of them again."""
    return [utterance_in(value) for value in values]


def sound_out(sound: Sound) -> dict[str, Any]:
    """What a recording is."""
    return asdict(sound)


def stretch_out(stretch: Stretch) -> dict[str, Any]:
    """A stretch with its utterances."""
    bounds = {"number": stretch.number, "start": stretch.start, "end": stretch.end, "language": stretch.language}
    return {**bounds, "utterances": utterances_out(stretch.utterances)}


def stretch_in(values: Mapping[str, Any]) -> Stretch:
    """The stretch again."""
    said = tuple(utterances_in(values["utterances"]))
    return Stretch(values["number"], values["start"], values["end"], said, values["language"])
