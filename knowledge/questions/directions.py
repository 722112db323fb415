"""Which way a question for reasons takes the figure to have gone: 为什么跌了, "why did it fall". Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from config.yaml_file import read_yaml
from knowledge.metrics.registry import Better
from knowledge.questions.cues import FILE, cue_tokens
from knowledge.questions.reading import folded

Way = Literal["", "more", "less"]


def direction(text: str, better: Better) -> Way:
    """ "" where it takes nothing for granted, or doesn't ask why. `better`: what is good news, for 变差 and "worse"."""
    sentence = folded(text)
    tokens = list(cue_tokens(sentence))
    if not any(one.cue("why") for one in tokens):
        return ""
    said = " ".join(one.said for one in tokens if one.cue("moved", "improved", "why"))
    found = {way for way, pattern in _patterns(better) if pattern.search(said)}
    return found.pop() if len(found) == 1 else ""


@cache
def _patterns(better: Better) -> tuple[tuple[Way, re.Pattern[str]], ...]:
    words = read_yaml(FILE)["directions"]
    good, bad = ("less", "more") if better == "less" else ("more", "less")
    return (
        ("more", re.compile(words["more"])),
        ("less", re.compile(words["less"])),
        ("more" if good == "more" else "less", re.compile(words["better"])),
        ("more" if bad == "more" else "less", re.compile(words["worse"])),
    )
