"""Finds every signal of a dialogue: text, structure, and the course of feeling."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.contracts.listening import Dialogue, Evidence, Side, Signal, Source, Utterance
from config.locales import t
from knowledge.retrieval.embedder import Embedder
from knowledge.signals.calibration import BY_COURSE, told_from
from knowledge.signals.classifier import Classifier, Found, Judged
from knowledge.signals.course import Course, course_of, valence
from knowledge.signals.kind import Kind
from knowledge.signals.sentences import sentences_of
from knowledge.signals.talk_rules import Talk, evidence, talk_signals

UNKNOWN_SIDE = 0.85
"""What a score is multiplied with when a kind listens to one side and nobody knows whose words these are."""
MOST_EVIDENCE = 5
_NEGATIVE, _POSITIVE = BY_COURSE, "positive_emotion"


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence of an utterance, and what was found in it with its speaker considered."""

    utterance: Utterance
    judged: Judged
    scores: Mapping[str, float]


class Detector:
    """Made once (`make`, about a second) and asked for each dialogue. Holds nothing of what it reads."""

    def __init__(self, kinds: Mapping[str, Kind], classifier: Classifier) -> None:
        self._kinds = kinds
        self._classifier = classifier
        self.text_kinds = tuple(key for key, kind in kinds.items() if kind.method == "text")

    @classmethod
    async def make(
        cls,
        kinds: Mapping[str, Kind],
        embedder: Embedder,
        names: Mapping[str, Sequence[str]] | None = None,
        labels: Sequence[tuple[str, str]] = (),
    ) -> Detector:
        """`names`: competitors (`names.rival_names`); `labels`: (kind, text) of labelled false positives (A12).

        The weights belong to USE (`make_embedder("use")`); other models work, less well calibrated.
        """
        return cls(kinds, await Classifier.make(kinds, embedder, names or {}, labels))

    def report_at(self, kind: str) -> float:
        """The score from which this kind is a signal."""
        return self._kinds[kind].report

    async def of_utterances(self, dialogue: Dialogue, new: Collection[str] | None = None) -> list[Signal]:
        """Signals of a dialogue, the most urgent first.

        `new`: ids of the utterances that just came (a chat): only they are read and can give signals of words, while
        the customer's last ones before them tell the course of feeling. Without it everything is read, and what the
        talk as a whole lacks is a signal too.
        """
        heard = await self._hear(dialogue, new)
        signals = self._of_words(dialogue, heard, new)
        if new is None:
            signals += talk_signals(Talk(dialogue, _best(heard)), self._kinds)
        return sorted(signals, key=lambda signal: (-self._kinds[signal.kind].priority, -signal.score, signal.kind))

    async def scores(self, dialogue: Dialogue) -> Mapping[str, float]:
        """The highest score of each text kind in a dialogue, also below its threshold: numbers for the predictor."""
        best = dict.fromkeys(self.text_kinds, 0.0)
        for heard in await self._hear(dialogue, None):
            best.update({kind: max(score, best[kind]) for kind, score in heard.scores.items()})
        return best

    async def course(self, dialogue: Dialogue) -> Course | None:
        """The course of the customer's feeling; None when nobody is known to be the customer."""
        return course_of([value for _, value in self._valences(await self._hear(dialogue, None))])

    async def score_texts(self, texts: Sequence[tuple[str, Side | None, Source | None]]) -> list[Mapping[str, float]]:
        """For each text its score for every text kind; a side or source of None is the one that a kind listens to."""
        cut = [(i, piece) for i, (text, _, _) in enumerate(texts) for piece in sentences_of(text)]
        scores = [dict.fromkeys(self.text_kinds, 0.0) for _ in texts]
        for (i, _), judged in zip(cut, await self._classifier.judge([piece for _, piece in cut]), strict=True):
            for kind, score in _heard_scores(judged, *texts[i][1:]).items():
                scores[i][kind] = max(scores[i][kind], score)
        return list(scores)

    async def _hear(self, dialogue: Dialogue, new: Collection[str] | None) -> list[Heard]:
        wanted = [u for u in dialogue.utterances if new is None or u.id in new or u in self._before(dialogue, new)]
        cut = [(utterance, piece) for utterance in wanted for piece in sentences_of(utterance.text)]
        judged = await self._classifier.judge([piece for _, piece in cut])
        return [
            Heard(utterance, one, _heard_scores(one, utterance.side, dialogue.source))
            for (utterance, _), one in zip(cut, judged, strict=True)
        ]

    def _before(self, dialogue: Dialogue, new: Collection[str]) -> Sequence[Utterance]:
        """The customer's last utterances before the new ones, as many as the course of feeling needs."""
        kind = self._kinds.get(_NEGATIVE)
        needed = int(kind.limit("utterances")) if kind else 0
        theirs = [u for u in dialogue.utterances if u.side is Side.THEIRS and u.id not in new]
        return theirs[-needed:] if needed else ()

    def _of_words(self, dialogue: Dialogue, heard: Sequence[Heard], new: Collection[str] | None) -> list[Signal]:
        reported: dict[tuple[str, str], list[Heard]] = {}
        for one in heard:
            if new is not None and one.utterance.id not in new:
                continue
            for key, score in one.scores.items():
                kind = self._kinds[key]
                if kind.policy.tell and score >= told_from(kind):
                    reported.setdefault((key, one.judged.found[key].wording.name), []).append(one)
        signals = [_signal(dialogue, key, ones) for (key, _), ones in reported.items()]
        if not any(signal.kind == _NEGATIVE for signal in signals):
            signals += self._turning(dialogue, heard)
        return signals

    def _turning(self, dialogue: Dialogue, heard: Sequence[Heard]) -> list[Signal]:
        """No single outburst, yet the mood falls and ends low."""
        kind = self._kinds.get(_NEGATIVE)
        valences = self._valences(heard)
        course = course_of([value for _, value in valences])
        if kind is None or course is None or course.slope is None or course.utterances < kind.limit("utterances"):
            return []
        if course.slope > kind.limit("slope") or course.last > -kind.limit("mean"):
            return []
        lowest = sorted(valences, key=lambda pair: pair[1])[:2]
        found = tuple(evidence(dialogue, one.utterance) for one, _ in lowest)
        return [Signal(kind.key, min(1.0, -course.last), found, {"slope": f"{course.slope:.2f}"})]

    def _valences(self, heard: Sequence[Heard]) -> list[tuple[Heard, float]]:
        """One for each of the customer's utterances: that of its strongest sentence."""
        strongest: dict[str, tuple[Heard, float]] = {}
        for one in heard:
            if one.utterance.side is not Side.THEIRS:
                continue
            value = valence(one.scores.get(_NEGATIVE, 0.0), one.scores.get(_POSITIVE, 0.0))
            known = strongest.get(one.utterance.id)
            if known is None or abs(value) > abs(known[1]):
                strongest[one.utterance.id] = (one, value)
        return list(strongest.values())


def _heard_scores(judged: Judged, side: Side | None, source: Source | None) -> dict[str, float]:
    return {
        key: found.score * _certainty(found.kind, side)
        for key, found in judged.found.items()
        if found.kind.hears(side, source, asks=judged.sentence.asks)
    }


def _certainty(kind: Kind, side: Side | None) -> float:
    return UNKNOWN_SIDE if kind.speaker is not None and side is Side.UNKNOWN else 1.0


def _best(heard: Sequence[Heard]) -> dict[str, dict[str, float]]:
    best: dict[str, dict[str, float]] = {}
    for one in heard:
        known = best.setdefault(one.utterance.id, {})
        known.update({kind: max(score, known.get(kind, 0.0)) for kind, score in one.scores.items()})
    return best


def _signal(dialogue: Dialogue, key: str, heard: Sequence[Heard]) -> Signal:
    best = sorted(heard, key=lambda one: -one.scores[key])[:MOST_EVIDENCE]
    return Signal(
        key,
        best[0].scores[key],
        tuple(_evidence(dialogue, one) for one in best),
        _values(dialogue, best[0].judged.found[key]),
    )


def _evidence(dialogue: Dialogue, one: Heard) -> Evidence:
    return evidence(dialogue, one.utterance, one.judged.sentence.text)


def _values(dialogue: Dialogue, found: Found) -> dict[str, str]:
    named = {"name": t("signals.someone_else", dialogue.language)} if found.kind.names else {}
    return {**named, **found.wording.values}
