"""What times and words alone tell of how somebody speaks; no sound is needed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby, pairwise
from statistics import median
from typing import Any

import regex

from adapters.speech.questions import is_question
from adapters.speech.voice_measures import VoiceMeasures
from bot.contracts.listening import Utterance

ENOUGH = 5.0  # seconds of speech for figures by the minute
PAUSE = 0.5  # seconds
_UNITS = regex.compile(r"\p{Han}|[\p{L}\p{N}]+(?:['’][\p{L}]+)?")


def timings(utterances: Sequence[Utterance]) -> Mapping[str, Mapping[str, Any]]:
    """Plain values of VoiceMeasures for each speaker of a transcript that came without its sound."""
    spoken = with_times(utterances)
    names = dict.fromkeys(said.speaker for said in spoken if said.speaker)
    return {name: asdict(timed(name, spoken, apart=False)) for name in names}


def with_times(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Those of which it is known when they were said."""
    return [said for said in utterances if said.start is not None and said.end is not None]


def timed(name: str, spoken: Sequence[Utterance], *, apart: bool) -> VoiceMeasures:
    """One speaker's figures, without pitch and level. `apart`: each has a channel, so that talking at once is heard."""
    own = [said for said in spoken if said.speaker == name]
    others = [said for said in spoken if said.speaker != name]
    seconds, total = seconds_of(own), seconds_of(spoken)
    return VoiceMeasures(
        seconds=round(seconds, 2),
        share=round(seconds / total, 4) if total else 0.0,
        turns=sum(1 for speaker, _ in groupby(spoken, lambda said: said.speaker) if speaker == name),
        longest_monologue=round(_longest(name, spoken), 2),
        questions=sum(is_question(said.text) for said in own),
        pace=round(60 * sum(_units(said.text) for said in own) / seconds, 1) if seconds >= ENOUGH else None,
        answer_pause=_answer_pause(name, spoken),
        pauses=round(60 * _pauses(own) / seconds, 2) if seconds >= ENOUGH and _has_words(own) else None,
        pitch=None,
        pitch_spread=None,
        level=None,
        level_spread=None,
        interruptions=sum(_interrupts(said, others) for said in own) if apart else None,
        overlap=round(sum(_together(said, other) for said in own for other in others), 2) if apart else None,
    )


def begin_of(said: Utterance) -> float:
    """Seconds from the beginning."""
    return said.start or 0.0


def end_of(said: Utterance) -> float:
    """Seconds from the beginning."""
    return said.end or 0.0


def seconds_of(utterances: Iterable[Utterance]) -> float:
    """How long they are together."""
    return sum(end_of(said) - begin_of(said) for said in utterances)


def _has_words(own: Sequence[Utterance]) -> bool:
    """Whether it is known when each word was said."""
    return any(said.words for said in own)


def _units(text: str) -> int:
    """Chinese characters, and words of other scripts."""
    return len(_UNITS.findall(text))


def _longest(name: str, spoken: Sequence[Utterance]) -> float:
    runs = [list(run) for speaker, run in groupby(spoken, lambda said: said.speaker) if speaker == name]
    return max((max(map(end_of, run)) - begin_of(run[0]) for run in runs), default=0.0)


def _answer_pause(name: str, spoken: Sequence[Utterance]) -> float | None:
    waits = [
        max(0.0, begin_of(said) - end_of(before))
        for before, said in pairwise(spoken)
        if said.speaker == name and before.speaker not in ("", name)
    ]
    return round(median(waits), 2) if len(waits) >= 2 else None


def _pauses(own: Sequence[Utterance]) -> int:
    """Silences between the words of one utterance."""
    return sum(after.start - word.end >= PAUSE for said in own for word, after in pairwise(said.words))


def _interrupts(said: Utterance, others: Sequence[Utterance]) -> bool:
    """Whether somebody else speaks before this begins and has not finished half a second later."""
    return any(begin_of(other) < begin_of(said) and end_of(other) > begin_of(said) + PAUSE for other in others)


def _together(said: Utterance, other: Utterance) -> float:
    return max(0.0, min(end_of(said), end_of(other)) - max(begin_of(said), begin_of(other)))
