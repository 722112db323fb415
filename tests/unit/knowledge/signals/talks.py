"""Dialogues, written as a person would."""

from __future__ import annotations

from bot.contracts.listening import Dialogue, Side, Source, Utterance

SIDES = {"我": Side.OURS, "客": Side.THEIRS, "？": Side.UNKNOWN}


def talk(*lines: str, source: Source = Source.CHAT, seconds: float | None = None) -> Dialogue:
    """A dialogue of lines like "客 太贵了"; with `seconds`, each line takes so long."""
    utterances = tuple(
        Utterance(
            f"u{number}",
            line[2:],
            SIDES[line[0]],
            start=number * seconds if seconds else None,
            end=(number + 1) * seconds if seconds else None,
        )
        for number, line in enumerate(lines)
    )
    return Dialogue("d1", source, utterances)
