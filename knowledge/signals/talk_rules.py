"""Signals from the shape of a conversation: who speaks how long, and what is missing from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.contracts.listening import Dialogue, Evidence, Side, Signal, Utterance
from knowledge.retrieval.language import is_chinese
from knowledge.signals.kind import Kind

LATIN_WEIGHT = 1 / 3
"""What a Latin letter counts where a Chinese character counts one: both take about as long to say."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, and what the text classifier found in each utterance: utterance → kind → score."""

    dialogue: Dialogue
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def score(self, utterance: Utterance, kind: str) -> float:
        """How sure the classifier is; 0 where it found nothing."""
        return self.scores.get(utterance.id, {}).get(kind, 0.0)


Check = Callable[[Talk, Kind], Signal | None]


@dataclass(frozen=True, slots=True)
class TalkRule:
    """A check and the limits that its kind must give."""

    check: Check
    limits: tuple[str, ...] = ()


def talk_signals(talk: Talk, kinds: Mapping[str, Kind]) -> list[Signal]:
    """Every signal that the shape of this conversation gives."""
    asked = [k for k in kinds.values() if k.method == "structure" and talk.dialogue.source in k.sources]
    found = (TALK_RULES[kind.rule].check(talk, kind) for kind in asked)
    return [signal for signal in found if signal is not None]


def long_monologue(talk: Talk, kind: Kind) -> Signal | None:
    """Our side speaks on and on without an answer of more than a breath. Unknown speakers are nobody's monologue."""
    turns = _turns(talk.dialogue.utterances)
    ours = [turn for turn in turns if turn[0].side is Side.OURS]
    longest = max(ours, key=lambda turn: (_seconds(turn) or 0.0, _length(turn)), default=None)
    if longest is None:
        return None
    seconds, characters = _seconds(longest), _length(longest)
    if (seconds < kind.limit("seconds")) if seconds is not None else (characters < kind.limit("characters")):
        return None
    values = {"seconds": str(round(seconds)) if seconds is not None else "", "characters": str(round(characters))}
    return Signal(kind.key, 1.0, (evidence(talk.dialogue, longest[0]),), values)


def talk_ratio(talk: Talk, kind: Kind) -> Signal | None:
    """Our side's share of what is said, where both sides are known and the talk is long enough."""
    share = our_share(talk.dialogue)
    if share is None or share < kind.limit("share") or not _long_enough(talk.dialogue, kind):
        return None
    return Signal(kind.key, 1.0, values={"percent": str(round(share * 100))})


def no_next_step(talk: Talk, kind: Kind) -> Signal | None:
    """The last part of a conversation holds no agreed next step."""
    utterances = talk.dialogue.utterances
    if len(utterances) < kind.limit("utterances"):
        return None
    last = utterances[int(len(utterances) * (1 - kind.limit("last_share"))) :]
    best = max(talk.score(utterance, "next_step_agreed") for utterance in last)
    if best >= kind.limit("score"):
        return None
    return Signal(kind.key, 1.0 - best, (evidence(talk.dialogue, utterances[-1]),))


def price_not_mentioned(talk: Talk, kind: Kind) -> Signal | None:
    """Nobody spoke of money."""
    utterances = talk.dialogue.utterances
    if len(utterances) < kind.limit("utterances"):
        return None
    if any(pattern.search(utterance.text) for utterance in utterances for pattern in kind.patterns):
        return None
    return Signal(kind.key, 1.0)


def our_share(dialogue: Dialogue) -> float | None:
    """Our share of the time (or of the text, where there are no times); None unless both sides are heard."""
    known = [u for u in dialogue.utterances if u.side is not Side.UNKNOWN]
    timed = [u for u in known if u.start is not None and u.end is not None]
    amounts = [(u.side, seconds_of(u) if len(timed) == len(known) else weight_of(u.text)) for u in known]
    ours = sum(amount for side, amount in amounts if side is Side.OURS)
    theirs = sum(amount for side, amount in amounts if side is Side.THEIRS)
    return ours / (ours + theirs) if ours > 0 and theirs > 0 else None


def evidence(dialogue: Dialogue, utterance: Utterance, quote: str = "") -> Evidence:
    """Where something was found. `quote` stands word for word in the utterance; the whole of it if empty."""
    return Evidence(dialogue.id, utterance.id, quote or utterance.text, utterance.at, utterance.start)


def seconds_of(utterance: Utterance) -> float:
    """How long it lasts; 0 where that isn't known."""
    return max((utterance.end or 0.0) - (utterance.start or 0.0), 0.0) if utterance.end is not None else 0.0


def weight_of(text: str) -> float:
    """Length in Chinese characters' worth."""
    return sum(1.0 if is_chinese(character) else LATIN_WEIGHT for character in text if character.isalnum())


_BREATH = 4  # characters' worth: 嗯, 对, 好的, "I see" don't interrupt a monologue


def _turns(utterances: Sequence[Utterance]) -> list[list[Utterance]]:
    """Runs of one side. The other side's nods don't end a run; an unknown speaker does."""
    turns: list[list[Utterance]] = []
    for utterance in utterances:
        if turns and turns[-1][0].side is utterance.side and utterance.side is not Side.UNKNOWN:
            turns[-1].append(utterance)
        elif not (turns and utterance.side is Side.THEIRS and weight_of(utterance.text) <= _BREATH):
            turns.append([utterance])
    return turns


def _seconds(turn: Sequence[Utterance]) -> float | None:
    if turn[0].start is None or turn[-1].end is None:
        return None
    return turn[-1].end - turn[0].start


def _length(turn: Sequence[Utterance]) -> float:
    return sum(weight_of(utterance.text) for utterance in turn)


def _long_enough(dialogue: Dialogue, kind: Kind) -> bool:
    seconds = sum(seconds_of(utterance) for utterance in dialogue.utterances)
    characters = sum(weight_of(utterance.text) for utterance in dialogue.utterances)
    return seconds >= kind.limit("seconds") if seconds else characters >= kind.limit("characters")


TALK_RULES: Mapping[str, TalkRule] = {
    "long_monologue": TalkRule(long_monologue, ("seconds", "characters")),
    "talk_ratio": TalkRule(talk_ratio, ("share", "seconds", "characters")),
    "no_next_step": TalkRule(no_next_step, ("utterances", "score", "last_share")),
    "price_not_mentioned": TalkRule(price_not_mentioned, ("utterances",)),
}
