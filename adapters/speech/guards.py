"""What Whisper makes up where nothing was said: found by how it looks. Pure."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from adapters.speech.limits import RATE
from adapters.speech.voice import FRAME, Probabilities
from bot.contracts.listening import Word

TOO_REGULAR = 2.4  # times that text can be compressed: nobody speaks like that
TOO_UNLIKELY = -1.0  # mean log probability of the tokens
NO_SPEECH = 0.6  # Whisper's own probability that nobody spoke
REPEATED = 0.5  # share of a text that is one thing said again and again
LONG_ENOUGH = 15  # characters of it; "对对对对" is human
SAME_TEXT = 6  # characters of a text that comes again in other windows, word for word
HEARD = 0.1  # probability of speech that a word needs somewhere around it
AROUND = 0.25  # seconds: Whisper's word times are that exact
_AGAIN = re.compile(r"(.{1,20}?)\1{4,}")


def suspicious(text: str, log_probability: float) -> bool:
    """Whether a window should be heard again, with more patience."""
    return log_probability < TOO_UNLIKELY or made_up(text)


def made_up(text: str) -> bool:
    """Whether a text is the same again and again."""
    return _regularity(text) > TOO_REGULAR or _repeated(text)


def nothing_said(log_probability: float, no_speech: float) -> bool:
    """Whether Whisper itself doubts that there was speech, and is unsure of the words."""
    return no_speech > NO_SPEECH and log_probability < TOO_UNLIKELY


def _regularity(text: str) -> float:
    content = text.encode()
    return len(content) / len(zlib.compress(content)) if content else 0.0


def _repeated(text: str) -> bool:
    longest = max((len(match.group()) for match in _AGAIN.finditer(text)), default=0)
    return longest >= max(LONG_ENOUGH, REPEATED * len(text))


def echoes(texts: Sequence[str]) -> set[str]:
    """Texts that several windows consist of: over music or hum Whisper says the same thing each time."""
    counts = Counter(text.strip() for text in texts)
    return {text for text, count in counts.items() if count > 1 and len(text) >= SAME_TEXT}


def heard(word: Word, probabilities: Probabilities) -> bool:
    """Whether anything like speech is where a word is said to be."""
    first = max(0, int((word.start - AROUND) * RATE / FRAME))
    last = int((word.end + AROUND) * RATE / FRAME) + 1
    around = probabilities[first:last]
    return bool(len(around)) and float(np.max(around)) >= HEARD
