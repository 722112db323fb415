"""Voice: deviation from the person's own pitch and energy, patience, interruptions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median, stdev

from bot.contracts.listening import Dialogue, Side
from knowledge.risk.constants import (
    FEWEST_GAPS,
    FEWEST_PAST_RECORDINGS,
    LEAST_SPREAD_DECIBELS,
    LEAST_SPREAD_SEMITONES,
)
from knowledge.risk.inputs import UsualVoice, Voice
from knowledge.risk.turns import changes


def voice(dialogue: Dialogue, heard: Voice | None, usual: UsualVoice | None) -> Mapping[str, float | None]:
    """The three; None each for chats and e-mails. The wait is read off the transcript when nobody measured it."""
    heard = heard or Voice()
    waited = heard.patience_seconds
    return {
        "voice_deviation": _deviation(heard, usual or UsualVoice()),
        "patience": _waits(dialogue) if waited is None else waited,
        "interruptions": heard.interruptions_per_10_minutes,
    }


def usual_voice(past: Sequence[Voice]) -> UsualVoice:
    """What is usual for the person of these recordings; unknown while there are fewer than five."""
    pitches = [_semitones(one.pitch_hz) for one in past if one.pitch_hz is not None and one.pitch_hz > 0]
    energies = [one.energy_db for one in past if one.energy_db is not None]
    pitch, pitch_spread = _usual(pitches, LEAST_SPREAD_SEMITONES)
    energy, energy_spread = _usual(energies, LEAST_SPREAD_DECIBELS)
    return UsualVoice(pitch, pitch_spread, energy, energy_spread)


def _usual(values: Sequence[float], least: float) -> tuple[float | None, float]:
    if len(values) < FEWEST_PAST_RECORDINGS:
        return None, 0.0
    return fmean(values), max(stdev(values), least)


def _deviation(heard: Voice, usual: UsualVoice) -> float | None:
    """Root mean square of the deviations that are known: quieter is as unusual as louder."""
    found = []
    if heard.pitch_hz is not None and heard.pitch_hz > 0 and usual.pitch is not None:
        found.append((_semitones(heard.pitch_hz) - usual.pitch) / max(usual.pitch_spread, LEAST_SPREAD_SEMITONES))
    if heard.energy_db is not None and usual.energy is not None:
        found.append((heard.energy_db - usual.energy) / max(usual.energy_spread, LEAST_SPREAD_DECIBELS))
    return min(math.sqrt(fmean(one * one for one in found)), 100.0) if found else None


def _semitones(hertz: float) -> float:
    return 12 * math.log2(hertz)


def _waits(dialogue: Dialogue) -> float | None:
    gaps = [
        max(ours.start - theirs.end, 0.0)
        for theirs, ours in changes(dialogue, Side.THEIRS, Side.OURS)
        if theirs.end is not None and ours.start is not None
    ]
    return median(gaps) if len(gaps) >= FEWEST_GAPS else None
