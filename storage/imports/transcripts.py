"""Ready transcripts: NAME.turns.json beside NAME.wav, or alone, from telephone systems that transcribe themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.contracts.listening import Side, Utterance

ENDING = ".turns.json"
LARGEST = 20 * 1024 * 1024  # bytes
MOST_TURNS = 50_000
LONGEST_TURN = 5000  # characters
_ROLES = {
    **dict.fromkeys(("rep", "agent", "sales", "seller", "ours", "销售", "坐席", "客服", "我方"), Side.OURS),
    **dict.fromkeys(("customer", "client", "buyer", "theirs", "客户", "对方", "买方"), Side.THEIRS),
}


def is_transcript(name: str) -> bool:
    """By its name."""
    return name.lower().endswith(ENDING)


def transcript_of(recording: Path) -> Path:
    """Where the transcript of a recording stands; that of a transcript without sound is itself."""
    return recording if is_transcript(recording.name) else recording.with_suffix(ENDING)


def read_transcript(path: Path) -> list[Utterance]:
    """What was said, in order. Raises ValueError, with the turn and what is wrong with it, or how large it may be."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"more than {LARGEST // 1024 // 1024} MB")
    turns = json.loads(path.read_text("utf-8-sig"))
    if not isinstance(turns, list) or len(turns) > MOST_TURNS:
        raise ValueError(f"a list of at most {MOST_TURNS} turns is expected")
    said = [_utterance(number, turn) for number, turn in enumerate(turns, 1)]
    found = [one for one in said if one.text]
    if not found:
        raise ValueError("nobody says anything")
    return found


def is_role(speaker: str) -> bool:
    """Whether this names a side (REP, 客户 …) and no person."""
    return speaker.strip().casefold() in _ROLES


def roles_of(utterances: Sequence[Utterance]) -> Mapping[str, Side]:
    """By speaker, where the transcript names sides (REP, 客户 …) and no people; {} unless it does so for all."""
    sides = {one.speaker: _ROLES.get(one.speaker.strip().casefold()) for one in utterances if one.speaker}
    known = {speaker: side for speaker, side in sides.items() if side is not None}
    return known if len(known) == len(sides) else {}


def _utterance(number: int, turn: Any) -> Utterance:
    if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
        raise ValueError(f"turn {number}: text is missing")
    start, end = _seconds(number, turn, "start"), _seconds(number, turn, "end")
    if start is None or end is None or end < start:
        start = end = None
    text = turn["text"].strip()[:LONGEST_TURN]
    return Utterance(f"t-{number}", text, speaker=str(turn.get("speaker") or "")[:80], start=start, end=end)


def _seconds(number: int, turn: Mapping[str, Any], name: str) -> float | None:
    value = turn.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**6:
        raise ValueError(f"turn {number}: {name} is no number of seconds")
    return float(value)
