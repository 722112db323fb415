"""Labelled conversations from a file of JSON lines, as `xiaoce risk train` and `xiaoce eval risk` take them.

A line has "features" (keys of FEATURES; null or absent is missing) or "dialogue" (as in bot/contracts/listening.py,
ids of utterances may be left out), and "label": 1 went wrong, 0 went well. Beside a dialogue there may be "voice",
"usual_voice", "time" (see inputs.py), "signals" {kind: score} and "sentiment" {utterance id: -1..1}; "group" says
what belongs together, by default the customer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.contracts.errors import BadInput
from bot.contracts.listening import Dialogue
from config.locales import t
from knowledge.risk.features import Values, complete
from knowledge.risk.inputs import TextScores, TimeFacts, UsualVoice, Voice
from knowledge.risk.measure import measure

Reader = Callable[[Dialogue], TextScores]
"""Finds signals and sentiment in a dialogue."""
History = Callable[[Dialogue, TimeFacts], TimeFacts]
"""Adds what is known of a dialogue's deal to what its line says."""


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation: its twelve values and how it ended."""

    line: int  # in the file, from 1
    id: str
    group: str  # what belongs together stays together when cases are divided
    values: Values
    label: int | None  # 1 went wrong, 0 went well, None nobody knows


@dataclass(frozen=True, slots=True)
class Looks:
    """Where to look for what a line doesn't bring."""

    reader: Reader | None = None
    history: History | None = None


class Line(BaseModel):
    """One line of the file. Further keys are the customer's own and are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)

    id: str | int | None = None
    group: str | int | None = None
    label: Literal[0, 1] | None = None
    features: dict[str, float | None] | None = None
    dialogue: dict[str, Any] | None = None
    voice: Voice | None = None
    usual_voice: UsualVoice | None = None
    time: TimeFacts | None = None
    signals: dict[str, float] | None = None
    sentiment: dict[str, float] | None = None


def read_cases(
    path: Path,
    reader: Reader | None = None,
    history: History | None = None,
    *,
    labelled: bool = True,
    only: int | None = None,
    lang: str = "zh",
) -> list[Case]:
    """All cases of a file, or that of one line. `reader` looks for signals where a line brings none.

    Raises BadInput with file, line and remedy for the first line that can't be taken.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(t("risk.bad.unreadable", lang, path=path)) from error
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise BadInput(t("risk.bad.empty", lang, path=path))
    wanted = lines if only is None else [pair for pair in lines if pair[0] == only]
    looks = Looks(reader, history)
    return [_case(path, number, line, looks, labelled, lang) for number, line in wanted]


def known_labels(cases: Iterable[Case]) -> list[int]:
    """The labels of labelled cases."""
    return [case.label for case in cases if case.label is not None]


def _case(path: Path, number: int, text: str, looks: Looks, labelled: bool, lang: str) -> Case:
    try:
        line = Line.model_validate_json(text)
        if (line.features is None) == (line.dialogue is None):
            raise BadInput(t("risk.bad.either", lang))
        if labelled and line.label is None:
            raise BadInput(t("risk.bad.label", lang))
        if line.features is not None:
            return _from_features(line, number, lang)
        return _from_dialogue(line, number, looks, lang)
    except ValidationError as error:
        raise BadInput(t("risk.bad.line", lang, path=path, line=number, problem=_first(error))) from error
    except BadInput as error:
        raise BadInput(t("risk.bad.line", lang, path=path, line=number, problem=error)) from error


def _from_features(line: Line, number: int, lang: str) -> Case:
    values = complete(line.features or {}, lang)
    # Equal lines stay together: a copy in both parts would flatter the model.
    group = line.group if line.group is not None else hashlib.sha256(repr(values).encode()).hexdigest()
    return Case(number, str(line.id or number), str(group), values, line.label)


def _from_dialogue(line: Line, number: int, looks: Looks, lang: str) -> Case:
    dialogue = _dialogue(line.dialogue or {}, number)
    _same_clock(dialogue, line.time, lang)
    scores = _scores(line, dialogue, looks.reader)
    facts = looks.history(dialogue, line.time) if looks.history and line.time else line.time
    values = measure(dialogue, heard=line.voice, usual=line.usual_voice, scores=scores, facts=facts)
    group = line.group or dialogue.customer_id or dialogue.deal_id or dialogue.id
    return Case(number, str(line.id or dialogue.id), str(group), values, line.label)


def _scores(line: Line, dialogue: Dialogue, reader: Reader | None) -> TextScores:
    """What the line brings comes first; the rest is looked for."""
    if reader is None or (line.sentiment is not None and line.signals is not None):
        return TextScores(line.sentiment, line.signals)
    found = reader(dialogue)
    return TextScores(
        found.sentiment if line.sentiment is None else line.sentiment,
        found.signals if line.signals is None else line.signals,
    )


def _dialogue(raw: dict[str, Any], number: int) -> Dialogue:
    utterances = raw.get("utterances")
    if isinstance(utterances, Sequence):
        named = [{"id": str(place), **one} if isinstance(one, dict) else one for place, one in enumerate(utterances)]
        raw = {**raw, "utterances": named}
    return _adapter().validate_python({"id": str(number), "source": "chat", **raw})


@cache
def _adapter() -> TypeAdapter[Dialogue]:
    return TypeAdapter(Dialogue)


def _same_clock(dialogue: Dialogue, facts: TimeFacts | None, lang: str) -> None:
    """Times with a zone can't be held against times without one."""
    facts = facts or TimeFacts()
    given = [facts.as_of, facts.two_way_at, facts.decision_maker_at, *(one.at for one in dialogue.utterances)]
    zoned = {moment.tzinfo is not None for moment in given if isinstance(moment, datetime)}
    if len(zoned) > 1:
        raise BadInput(t("risk.bad.zones", lang))


def _first(error: ValidationError) -> str:
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])
