"""cues.yaml, read once: where in a sentence which topic is named."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from config.yaml_file import read_yaml
from knowledge.clauses.clause import Field
from knowledge.clauses.lead import Led, led
from knowledge.clauses.value import Kind

_PATH = Path(__file__).with_name("cues.yaml")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a value can belong to: a field, or something that only looks like one (`field` is None)."""

    name: str
    field: Field | None
    takes: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that names a topic. `weak` ones count only if nothing better stands near."""

    topic: Topic
    start: int
    end: int
    weak: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a sentence names: cues in order of place, and what words alone say of a field. Places are the sentence's."""

    cues: tuple[Cue, ...]
    said: Mapping[Field, tuple[str, ...]]

    @property
    def of_fields(self) -> bool:
        """Whether any of it is about a field."""
        return bool(self.said) or any(cue.topic.field for cue in self.cues)


class Named:
    """Everything that a text names, found in one go: patterns without their first letters cost nothing."""

    def __init__(self, text: str, patterns: Cues) -> None:
        lowered = text.lower()
        found = patterns.cues(text, lowered)
        self._cues = sorted(found, key=lambda cue: (cue.start, cue.start - cue.end))
        self._starts = [cue.start for cue in self._cues]
        self._said = sorted(patterns.said(text, lowered), key=lambda said: said[0])
        self._said_starts = [said[0] for said in self._said]

    def within(self, start: int, end: int) -> Found:
        """What the sentence text[start:end] names. Of two cues that overlap the earlier, then the longer one counts."""
        kept: list[Cue] = []
        for cue in self._cues[bisect_left(self._starts, start) : bisect_left(self._starts, end)]:
            if cue.end <= end and (not kept or cue.start - start >= kept[-1].end):
                kept.append(replace(cue, start=cue.start - start, end=cue.end - start))
        said: dict[Field, dict[str, None]] = {}
        first, last = bisect_left(self._said_starts, start), bisect_left(self._said_starts, end)
        for _, stop, name, form in self._said[first:last]:
            if stop <= end:
                said.setdefault(name, {})[form] = None
        return Found(tuple(kept), {name: tuple(forms) for name, forms in said.items()})


@dataclass(frozen=True, slots=True)
class Cues:
    """All patterns."""

    named: tuple[tuple[Topic, bool, tuple[Led, ...]], ...]
    alone: Mapping[Field, tuple[tuple[str, tuple[Led, ...]], ...]]
    never: Mapping[str, tuple[Led, ...]]

    def cues(self, text: str, lowered: str) -> Iterator[Cue]:
        """Every word that names a topic, overlapping ones too."""
        for topic, weak, patterns in self.named:
            for start, end in self._spans(topic.name, patterns, text, lowered):
                yield Cue(topic, start, end, weak)

    def said(self, text: str, lowered: str) -> Iterator[tuple[int, int, Field, str]]:
        """Where (from, to) words alone are a clause of which field, and what they say."""
        for name, forms in self.alone.items():
            for form, patterns in forms:
                for start, end in self._spans(name.value, patterns, text, lowered):
                    yield start, end, name, form

    def _spans(self, name: str, patterns: tuple[Led, ...], text: str, lowered: str) -> list[tuple[int, int]]:
        """Where patterns match, but for what only looks like it."""
        spans = sorted(match.span() for pattern in patterns for match in pattern.finditer(text, lowered))
        if spans and name in self.never:
            never = sorted(match.span() for pattern in self.never[name] for match in pattern.finditer(text, lowered))
            spans = list(_outside(spans, never))
        return spans


def _outside(spans: list[tuple[int, int]], others: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans that touch none of the others; both in order."""
    ahead = 0
    for start, end in spans:
        while ahead < len(others) and others[ahead][1] <= start:
            ahead += 1
        if ahead == len(others) or others[ahead][0] >= end:
            yield start, end


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The patterns of cues.yaml."""
    data = read_yaml(_PATH)
    fields = {Field(name): entry for name, entry in data["fields"].items()}
    return Cues(
        named=(*_named(fields), *_look_alikes(data["look_alikes"])),
        alone={
            name: tuple((form, led([words])) for form, words in entry["alone"].items())
            for name, entry in fields.items()
            if entry.get("alone")
        },
        never={name.value: led(entry["never"]) for name, entry in fields.items() if entry.get("never")},
    )


def _named(fields: Mapping[Field, Mapping[str, Any]]) -> Iterator[tuple[Topic, bool, tuple[Led, ...]]]:
    for name, entry in fields.items():
        topic = Topic(name.value, name, frozenset(Kind(kind) for kind in entry["takes"]))
        yield topic, False, led(entry["cues"])
        yield topic, True, led(entry.get("weak", ()))


def _look_alikes(entries: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Topic, bool, tuple[Led, ...]]]:
    for name, entry in entries.items():
        yield Topic(name, None, frozenset(Kind(kind) for kind in entry["takes"])), False, led(entry["cues"])
