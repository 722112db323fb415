"""What a sentence's words say about one kind: patterns, sounds, names, and the frames around them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from knowledge.signals.framing import Frames, Span, frames_at
from knowledge.signals.kind import Kind
from knowledge.signals.sentence import Sentence
from knowledge.signals.sounds import Sound


@dataclass(frozen=True, slots=True)
class Wording:
    """The strongest trace of one kind in one sentence. `span` is in the folded text; None: no word of it."""

    span: Span | None = None
    pattern: bool = False
    sound: bool = False
    name: str = ""  # competitor
    name_exact: bool = False
    unless: bool = False
    frames: Frames = field(default_factory=Frames)
    values: Mapping[str, str] = field(default_factory=dict)


class Words:
    """The words of one kind, ready to be looked for."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._sound = Sound(kind.sounds)

    def read(self, sentence: Sentence) -> Wording:
        """The trace with the fewest frames around it: "我没说太贵，可是真的太贵" counts by its second half."""
        unless = any(pattern.search(sentence.folded) for pattern in self._kind.unless)
        traces = self._traces(sentence)
        if not traces:
            return Wording(unless=unless, frames=self._frames(sentence.folded, None))
        framed = [(self._frames(sentence.folded, trace.span), trace) for trace in traces]
        frames, best = min(framed, key=lambda pair: pair[0].count)
        return Wording(best.span, best.pattern, best.sound, best.name, best.name_exact, unless, frames, best.values)

    def _traces(self, sentence: Sentence) -> list[Wording]:
        found: list[Wording] = []
        if self._kind.names:
            found += [
                _of_name(mention.shown, mention.begin, mention.end, mention.exact) for mention in sentence.mentions
            ]
        hits = (hit for pattern in self._kind.patterns for hit in pattern.finditer(sentence.folded))
        found += [Wording(hit.span(), pattern=True, values=_values(hit)) for hit in hits if hit.group()]
        heard = self._sound.find(sentence.heard)
        if heard is not None and not any(trace.span and trace.span[0] < heard[1] > heard[0] for trace in found):
            found.append(Wording(heard, sound=True))
        return found

    def _frames(self, text: str, span: Span | None) -> Frames:
        frames = frames_at(text, span)
        return replace(frames, **dict.fromkeys(self._kind.heedless, False))


def _of_name(shown: str, begin: int, end: int, exact: bool) -> Wording:
    return Wording((begin, end), name=shown, name_exact=exact, values={"name": shown})


def _values(hit: re.Match[str]) -> dict[str, str]:
    return {name: text for name, text in hit.groupdict().items() if text and name != "what"}
