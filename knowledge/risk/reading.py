"""From what the signal detector finds in each utterance to the scores that the text features are measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.contracts.listening import Dialogue, Side, Source
from knowledge.risk.constants import MOODS
from knowledge.risk.inputs import TextScores


class Scorer(Protocol):
    """What we need of the signal detector."""

    async def score_texts(
        self, texts: Sequence[tuple[str, Side | None, Source | None]]
    ) -> Sequence[Mapping[str, float]]:
        """For each text its score for every kind, 0..1, also below the kind's threshold."""
        ...


async def read_dialogue(scorer: Scorer, dialogue: Dialogue) -> TextScores:
    """Look for signals in every utterance; each sentence is embedded once (1–2 ms)."""
    found = await scorer.score_texts([(one.text, one.side, dialogue.source) for one in dialogue.utterances])
    return scores_of(dialogue, found)


def scores_of(dialogue: Dialogue, found: Sequence[Mapping[str, float]]) -> TextScores:
    """Highest score of each kind, and the mood of each of the customer's utterances.

    `found`: for each utterance its score for every kind. Somebody looked, so what wasn't found is 0, not missing.
    """
    kinds = {kind for one in found for kind in one}
    return TextScores(
        sentiment={
            utterance.id: _mood(one)
            for utterance, one in zip(dialogue.utterances, found, strict=True)
            if utterance.side is Side.THEIRS
        },
        signals={kind: max(one.get(kind, 0.0) for one in found) for kind in kinds},
    )


def _mood(found: Mapping[str, float]) -> float:
    return max(-1.0, min(1.0, sum(way * found.get(kind, 0.0) for kind, way in MOODS.items())))
