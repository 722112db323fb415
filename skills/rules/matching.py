"""Where in a dialogue a rule's words, or signals of its kind, are said by whom it asks for."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.contracts.listening import Dialogue, Utterance
from knowledge.retrieval.folding import fold
from knowledge.signals.framing import is_question
from knowledge.signals.sentences import sentences_of
from skills.rules.definition import Definition
from skills.rules.subjects import MakeDetector

if TYPE_CHECKING:
    from knowledge.signals.detector import Detector

REMEMBERED = 20_000  # sentences whose scores are kept: a customer's last week is looked at with each new message
ASK_SECONDS = 2.0  # how soon a calibrated detector is heard of
BATCH = 32  # sentences judged at once: others get their turn in between


@dataclass(frozen=True, slots=True)
class Hit:
    """One utterance in which it was said; `quote` is the sentence."""

    at: datetime
    customer_id: str
    dialogue_id: str
    utterance_id: str
    quote: str
    start: float | None = None  # seconds, in recordings


class Matcher:
    """Holds the scores of sentences that it read, for as long as the detector stays the same."""

    def __init__(self, detector: MakeDetector) -> None:
        self.detector = detector
        self._judge: Detector | None = None
        self._asked = 0.0
        self._scores: OrderedDict[str, Mapping[str, float]] = OrderedDict()

    async def hits(
        self, definition: Definition, dialogues: Sequence[Dialogue], only: Collection[str] | None = None
    ) -> list[Hit]:
        """In order of time; of each utterance at most one. `only`: ids of the utterances to look at."""
        found: list[tuple[Dialogue, Utterance, str]] = []
        for dialogue in dialogues:
            if _concerns(definition, dialogue):
                for one in dialogue.utterances:
                    if (only is None or one.id in only) and definition.speaker in {"any", one.side.value}:
                        found += [(dialogue, one, piece) for piece in _sentences(definition, one.text)]
        said = {piece for _, _, piece in found}
        right = await self._of_kind(definition.kind, said) if definition.kind else _with_words(definition.words, said)
        hits: dict[tuple[str, str], Hit] = {}
        for dialogue, one, piece in found:
            at = _moment(dialogue, one)
            if piece in right and at is not None:
                hits.setdefault((dialogue.id, one.id), _hit(dialogue, one, piece, at))
        return sorted(hits.values(), key=lambda hit: (hit.at, hit.dialogue_id, hit.utterance_id))

    async def _of_kind(self, kind: str, said: Collection[str]) -> set[str]:
        """Whoever speaks: that was asked for by the rule, which may listen to the other side than the kind does."""
        judge = await self._current()
        new = sorted(said - self._scores.keys())
        known = {piece: self._scores[piece] for piece in said if piece in self._scores}
        for start in range(0, len(new), BATCH):
            some = new[start : start + BATCH]
            known |= zip(some, await judge.score_texts([(piece, None, None) for piece in some]), strict=True)
            await asyncio.sleep(0)
        self._remember(known)
        return {piece for piece, scores in known.items() if scores.get(kind, 0.0) >= judge.report_at(kind)}

    async def _current(self) -> Detector:
        """The detector, asked for once in a while: a hundred rules may look at one message."""
        now = time.monotonic()
        if self._judge is None or now - self._asked > ASK_SECONDS:
            judge = await self.detector()
            if judge is not self._judge:
                self._judge, self._scores = judge, OrderedDict()
            self._asked = now
        return self._judge

    def _remember(self, scores: Mapping[str, Mapping[str, float]]) -> None:
        for piece, values in scores.items():
            self._scores[piece] = values
            self._scores.move_to_end(piece)
        while len(self._scores) > REMEMBERED:
            self._scores.popitem(last=False)


def _concerns(definition: Definition, dialogue: Dialogue) -> bool:
    if definition.sources and dialogue.source.value not in definition.sources:
        return False
    return bool(dialogue.customer_id) and definition.customer_id in {"", dialogue.customer_id}


def _sentences(definition: Definition, text: str) -> list[str]:
    pieces = sentences_of(text)
    if definition.question == "any":
        return pieces
    return [piece for piece in pieces if is_question(piece) == (definition.question == "only")]


def _with_words(words: tuple[str, ...], said: Collection[str]) -> set[str]:
    pattern = _pattern(words)
    return {piece for piece in said if pattern.search(fold(piece).lower())}


@lru_cache(256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Latin words as whole words: "cost" isn't in "costume"."""
    return re.compile("|".join(_as_word(fold(word).lower()) for word in words) or r"(?!)")


def _as_word(word: str) -> str:
    before = r"(?<![a-z0-9])" if word[:1].isascii() else ""
    after = r"(?![a-z0-9])" if word[-1:].isascii() else ""
    return f"{before}{re.escape(word)}{after}"


def _moment(dialogue: Dialogue, one: Utterance) -> datetime | None:
    """When it was said; in a recording, so many seconds after its beginning."""
    if one.at or dialogue.begun_at is None:
        return one.at
    return dialogue.begun_at + timedelta(seconds=one.start or 0)


def _hit(dialogue: Dialogue, one: Utterance, piece: str, at: datetime) -> Hit:
    return Hit(at, dialogue.customer_id, dialogue.id, one.id, piece, one.start)
