"""What a rule is about: a kind of signal by its name or by likeness, a topic, or words as they stand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import config
from bot.contracts.errors import ConfigurationError
from bot.contracts.listening import Side
from config.yaml_file import read_yaml
from knowledge.retrieval.folding import fold
from knowledge.retrieval.language import is_chinese
from knowledge.signals.kind import Kind
from skills.rules.definition import Speaker
from skills.rules.understanding import Said

if TYPE_CHECKING:
    from knowledge.signals.detector import Detector

FILE = Path(config.__file__).parent / "rules" / "subjects.yaml"
MOST_WORDS = 8
LONGEST_CHINESE, LONGEST_OTHER = 12, 30  # characters of one word
COVERS = 0.4  # share of the subject that a name must make up, to stand for all of it; one character: all of it
LIKE = 0.6  # how sure the detector must be that a subject without a name is a signal; a whole sentence needs less

MakeDetector = Callable[[], Awaitable["Detector"]]


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` or `words`; `fault`: neither, and why."""

    label: str = ""
    kind: str = ""
    words: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that is no signal, listened to by its words."""

    title: Mapping[str, str]
    words: tuple[str, ...]


class Subjects:
    """Knows what things are called."""

    def __init__(self, kinds: Mapping[str, Kind], detector: MakeDetector, path: Path = FILE) -> None:
        """Raises ConfigurationError when the file names unknown kinds, or one thing twice."""
        self.kinds = kinds
        self._detector = detector
        self.topics, self._names = _read(path, kinds)

    async def of(self, said: Said, language: str) -> Subject:
        """Quoted words as they are; else by name; else by likeness; else by its own words."""
        if said.quoted:
            return Subject("、".join(said.quoted), words=said.quoted[:MOST_WORDS])
        if not said.subject:
            return Subject(fault="nothing")
        named = self._named(said.subject)
        if named is None:
            named = await self._likened(said.subject)
        if named:
            return self._subject(named, said.subject, language)
        return self._as_words(said, language)

    def usual_speaker(self, kind: str) -> Speaker:
        """Whose words the kind listens to."""
        side = self.kinds[kind].speaker if kind else None
        return "any" if side is None else "ours" if side is Side.OURS else "theirs"

    def _subject(self, key: str, asked: str, language: str) -> Subject:
        if key in self.topics:
            return Subject(self.topics[key].title[language], words=self.topics[key].words)
        kind = self.kinds[key]
        return Subject(asked, kind=key) if kind.method == "text" else Subject(kind.title[language], fault="by_itself")

    def _named(self, subject: str) -> str | None:
        """The kind or topic whose longest name makes up most of the subject."""
        folded = fold(subject).lower()
        names = sorted((name for name in self._names if name in folded), key=len, reverse=True)
        best = names[0] if names else ""
        covers = len(best) >= COVERS * len(folded) and (len(best) > 1 or best == folded)
        return self._names[best] if best and covers else None

    async def _likened(self, subject: str) -> str:
        """The text kind whose exemplars it resembles; "" when it resembles none."""
        detector = await self._detector()
        [scores] = await detector.score_texts([(subject, None, None)])
        best = max(scores, key=lambda kind: scores[kind], default="")
        return best if best and scores[best] >= max(LIKE, detector.report_at(best)) else ""

    def _as_words(self, said: Said, language: str) -> Subject:
        parts = [(part, self._named(part)) for part in said.parts[:MOST_WORDS]]
        words: list[str] = []
        for part, key in parts:
            topic = self.topics.get(key or "")
            words += topic.words if topic else [part]
        if not words or any(not _is_word(word) for word in words):
            return Subject(fault="vague")
        return Subject("、".join(part for part, _ in parts), words=tuple(dict.fromkeys(words)))


def _is_word(word: str) -> bool:
    """One Chinese character is in every second sentence; a whole sentence is in none."""
    length = len(word)
    if is_chinese(word[:1]):
        return 2 <= length <= LONGEST_CHINESE
    return 2 <= length <= LONGEST_OTHER and any(character.isalnum() for character in word)


def _read(path: Path, kinds: Mapping[str, Kind]) -> tuple[Mapping[str, Topic], Mapping[str, str]]:
    """Topics, and what every name stands for."""
    raw: Mapping[str, Any] = read_yaml(path) or {}
    faults = [f"there is no signal {key!r}" for key in raw.get("kinds", {}) if key not in kinds]
    topics = {key: Topic(entry["title"], tuple(entry["words"])) for key, entry in raw.get("topics", {}).items()}
    names: dict[str, str] = {}
    titles = {key: kind.title.values() for key, kind in kinds.items() if kind.method != "rule"}
    for source in (titles, raw.get("kinds", {}), {key: topic.words for key, topic in topics.items()}):
        for key, called in source.items():
            for name in called:
                folded = fold(str(name)).lower()
                if names.setdefault(folded, key) != key:
                    faults.append(f"{name!r} stands for {names[folded]} and for {key}")
    if faults:
        raise ConfigurationError(f"config/rules/{path.name}: {'; '.join(faults)}. Correct the file.")
    return topics, names
