"""The predictor at work: twelve values of a conversation that pauses or was recorded, kept, and told when high (A5)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Clock
from bot.contracts.errors import BadInput
from bot.contracts.listening import Dialogue, Evidence, Side, Signal, Source, Utterance
from bot.flows.persist import persistently
from bot.flows.reach import language_of
from bot.flows.risk_reading import facts_of, voices_of
from knowledge.risk.constants import OBJECTION_KINDS
from knowledge.risk.measure import measure
from knowledge.risk.model import Assessment, RiskModel, assess
from knowledge.risk.reading import scores_of
from knowledge.risk.shelf import ModelShelf
from knowledge.risk.telling import KEPT, KIND, kept, values_of
from knowledge.signals.talk_rules import evidence
from storage.database import Database
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.signals import signal_id
from storage.store import Store

if TYPE_CHECKING:
    from knowledge.risk.inputs import TimeFacts, UsualVoice, Voice
    from knowledge.signals.detector import Detector

QUIET = timedelta(minutes=30)  # without new words before a chat is looked at as a whole
FRESH = timedelta(hours=72)  # A2: what is older is no risk of the moment any more
REMEMBERED = 10_000  # dialogues that were looked at
OBJECTS = 0.5  # score from which a sentence is cited as an objection

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored about a dialogue, at the moment of the verdict."""

    record: DialogueRecord
    facts: TimeFacts
    heard: Voice | None
    usual: UsualVoice | None
    language: str


class RiskFlow:
    """Looks at a dialogue as a whole. Only a high risk, by the model in use, becomes a signal: precision first."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        detector: Callable[[], Awaitable[Detector]],
        folder: Path,
        zone: ZoneInfo,
    ) -> None:
        """`folder`: the models (`xiaoce risk use`)."""
        self._database, self._clock, self._detector = database, clock, detector
        self._shelf, self._zone = ModelShelf(folder), zone
        self._looked: dict[str, str] = {}  # dialogue → its last utterance, when it was looked at

    async def fired(self, dialogue: Dialogue) -> list[str]:
        """The signal of a dialogue that is recorded, or quiet after new words. Asked again, the answer is the same
        or, without new words, nothing: a dialogue gives one a day."""
        now = self._clock.now()
        if not self._is_due(dialogue, now):
            return []
        model = await asyncio.to_thread(self._model)
        as_of = _moment(dialogue, now)
        known = await persistently(lambda: self._database.read(lambda store: _known(store, dialogue, as_of)))
        if model is None or known is None:
            return []
        said = [(one.text, one.side, dialogue.source) for one in dialogue.utterances]
        scores = await (await self._detector()).score_texts(said)
        found = assess(model, _values(dialogue, known, scores))
        signal = Signal(KIND, found.probability, _cited(dialogue, scores), values_of(found, known.language))
        ids = await persistently(lambda: self._database.write(lambda s: self._keep(s, dialogue, found, signal, as_of)))
        if len(self._looked) >= REMEMBERED:
            self._looked.clear()  # looking once more costs a moment, and stores nothing twice
        self._looked[dialogue.id] = dialogue.utterances[-1].id
        return ids

    def _is_due(self, dialogue: Dialogue, now: datetime) -> bool:
        if not dialogue.customer_id or not dialogue.utterances:
            return False
        if dialogue.source is Source.RECORDING:
            return True
        last = max((one.at for one in dialogue.utterances if one.at), default=None)
        is_quiet = last is not None and now - FRESH <= last <= now - QUIET
        return is_quiet and self._looked.get(dialogue.id) != dialogue.utterances[-1].id

    def _model(self) -> RiskModel | None:
        """The one in use; a damaged one warns of nothing, and `xiaoce risk models` says what is wrong with it."""
        try:
            return self._shelf.current()
        except BadInput as error:
            log.error("no risk model", problem=str(error))
            return None

    def _keep(self, store: Store, dialogue: Dialogue, found: Assessment, signal: Signal, as_of: datetime) -> list[str]:
        """The verdict with a recording, for its page; the signal where the risk is high and of the moment."""
        now, record = self._clock.now(), store.dialogues.get(dialogue.id)
        if record is not None and record.source is Source.RECORDING:
            store.dialogues.change(record.id, summary={**(record.summary or {}), KEPT: kept(found)})
        if found.level != "high" or as_of < now - FRESH:
            return []
        key = f"{as_of.astimezone(self._zone):%Y-%m-%d}"
        about = {"dialogue_id": dialogue.id, "deal_id": dialogue.deal_id}
        people = {"customer_id": dialogue.customer_id, "person_id": dialogue.person_id}
        store.signals.add(signal, happened_at=as_of, found_at=now, key=key, **about, **people)
        return [signal_id(signal, dialogue_id=dialogue.id, key=key)]


def _moment(dialogue: Dialogue, now: datetime) -> datetime:
    """Of a recording its own time, so that a verdict read later is the same; of what is written, now."""
    return dialogue.begun_at or now if dialogue.source is Source.RECORDING else now


def _known(store: Store, dialogue: Dialogue, as_of: datetime) -> _Known | None:
    record = store.dialogues.get(dialogue.id)
    if record is None or record.state != "ready":
        return None
    customer = store.customers.get(dialogue.customer_id)
    person = store.people.get(dialogue.person_id or (customer.owner_id if customer else ""))
    heard, usual = voices_of(store, record, as_of)
    facts = facts_of(store, dialogue, as_of)
    return _Known(record, facts, heard, usual, language_of(store, person) if person else "zh")


def _values(dialogue: Dialogue, known: _Known, scores: Sequence[Mapping[str, float]]) -> Mapping[str, float | None]:
    texts = scores_of(dialogue, scores)
    return measure(dialogue, heard=known.heard, usual=known.usual, scores=texts, facts=known.facts)


def _cited(dialogue: Dialogue, scores: Sequence[Mapping[str, float]]) -> tuple[Evidence, ...]:
    """The customer's plainest objection, and their last words."""
    theirs = [(one, _objects(score)) for one, score in zip(dialogue.utterances, scores, strict=True) if _is_theirs(one)]
    if not theirs:
        return ()
    worst, score = max(theirs, key=lambda pair: pair[1])
    cited = {one.id: one for one in ([worst] if score >= OBJECTS else []) + [theirs[-1][0]]}
    return tuple(evidence(dialogue, one) for one in cited.values())


def _objects(scores: Mapping[str, float]) -> float:
    return max(scores.get(kind, 0.0) for kind in OBJECTION_KINDS)


def _is_theirs(utterance: Utterance) -> bool:
    return utterance.side is Side.THEIRS
