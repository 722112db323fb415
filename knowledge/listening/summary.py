"""The short version: sentences of the conversation itself, chosen and never reworded. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.contracts.listening import Dialogue, Signal, Utterance
from knowledge.listening.promises import Promise

MOST = 6
LEAST_CHARACTERS = 4
_NUMBER = re.compile(r"\d|[百千万亿]|[一二两三四五六七八九十]+(?:个|台|吨|套|件|天|周|年|月|点|成|折|%)")
_DECIDED = re.compile(r"(?i)决定|定了|就这么|同意|说好|敲定|签|下单|\b(?:agreed?|decided?|deal|go ahead|sign|order)\b")
SIGNAL, PROMISE, NEXT, DECISION, NUMBER = 3.0, 3.0, 2.5, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One sentence of the summary, with the utterance in which it stands."""

    utterance_id: str
    text: str


def points_of(
    dialogue: Dialogue, signals: Sequence[Signal], promises: Sequence[Promise], next_step: str = ""
) -> list[Point]:
    """At most MOST utterances that carry signals, promises, decisions and numbers, in the order of the talk.

    `next_step`: the id of the utterance that agrees on one.
    """
    cited = {one.utterance_id for signal in signals for one in signal.evidence}
    promised = {promise.utterance_id for promise in promises}
    weights = {one.id: _weight(one, cited, promised, next_step) for one in dialogue.utterances}
    return [Point(one.id, one.text.strip()) for one in _heaviest(dialogue.utterances, weights)]


def _weight(said: Utterance, cited: Collection[str], promised: Collection[str], next_step: str) -> float:
    return (
        SIGNAL * (said.id in cited)
        + PROMISE * (said.id in promised)
        + NEXT * (said.id == next_step)
        + DECISION * bool(_DECIDED.search(said.text))
        + NUMBER * bool(_NUMBER.search(said.text))
    )


def _heaviest(utterances: Sequence[Utterance], weights: Mapping[str, float]) -> list[Utterance]:
    worth = [one for one in utterances if weights[one.id] > 0 and len(one.text.strip()) >= LEAST_CHARACTERS]
    chosen = {one.id for one in sorted(worth, key=lambda one: -weights[one.id])[:MOST]}
    return [one for one in worth if one.id in chosen]
