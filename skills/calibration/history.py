"""The prompts of the past, with the sentences that they rest on and what people made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.contracts.listening import Dialogue, Side, Source
from skills.calibration.replaying import Truth

if TYPE_CHECKING:
    from storage.repositories.labels import Label
    from storage.repositories.prompts import Prompt
    from storage.repositories.signals import StoredSignal
    from storage.store import Store

Sentence = tuple[str, Side | None, Source | None]
MOST = 1000  # prompts of a kind that are replayed, the latest


@dataclass(frozen=True, slots=True)
class Told:
    """One signal that somebody was told."""

    signal_id: str
    truth: Truth
    sentences: tuple[Sentence, ...]


def told_of_kind(store: Store, kind: str, since: datetime, until: datetime) -> list[Told]:
    """Signals of words only: one of facts has no sentences to read again."""
    prompts = store.prompts.of_kind(kind, since, until, MOST)
    signals = store.signals.these(dict.fromkeys(id_ for prompt in prompts for id_ in prompt.signal_ids))
    dialogues = store.dialogues.read_all({signal.dialogue_id for signal in signals if signal.dialogue_id})
    truths = _truths(prompts, [label for label in store.labels.all() if label.kind == kind])
    found = (Told(one.id, truths.get(one.id, "unknown"), _sentences(one, dialogues)) for one in signals)
    return [one for one in found if one.sentences]


def labels_to_learn(store: Store, kind: str) -> list[Label]:
    """False positives with words that no change has named yet, unless it was refused or taken back."""
    proposals = [*store.proposals.open(), *store.proposals.applied()]
    named = {id_ for proposal in proposals for id_ in proposal.change.get("labels", ())}
    return [one for one in store.labels.all("wrong") if one.kind == kind and one.text and one.id not in named]


def _truths(prompts: Iterable[Prompt], labels: Sequence[Label]) -> dict[str, Truth]:
    """A label weighs more than a press; wrong more than right, for somebody took the time to say so."""
    found: dict[str, Truth] = {id_: "right" for one in prompts if one.response == "used" for id_ in one.signal_ids}
    found |= {label.signal_id: "right" for label in labels if label.verdict == "right"}
    return found | {label.signal_id: "wrong" for label in labels if label.verdict == "wrong"}


def _sentences(signal: StoredSignal, dialogues: Mapping[str, Dialogue]) -> tuple[Sentence, ...]:
    dialogue = dialogues.get(signal.dialogue_id)
    sides = {one.id: one.side for one in dialogue.utterances} if dialogue else {}
    source = dialogue.source if dialogue else None
    return tuple((one.quote, sides.get(one.utterance_id), source) for one in signal.quotes if one.quote)
