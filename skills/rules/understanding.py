"""What a sentence makes a rule of: grammar first, what is left names the subject. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from knowledge.retrieval.folding import fold
from skills.rules import grammar
from skills.rules.definition import MOST_DAYS, MOST_TIMES, Question, Speaker, When
from skills.rules.numbers import number

LONGEST = 120  # characters of a sentence


@dataclass(frozen=True, slots=True)
class Said:
    """What the grammar found. None: the sentence doesn't say. `subject`: what is left; `quoted`: words to take as
    they are."""

    subject: str = ""
    quoted: tuple[str, ...] = ()
    times: int | None = None
    speaker: Speaker | None = None
    question: Question | None = None
    days: int | None = None
    sources: tuple[str, ...] = ()
    when: When | None = None
    fault: str = ""  # the last part of rules.fault.…

    @property
    def parts(self) -> list[str]:
        """The subject's alternatives: 交期或者发货."""
        return [part for part in grammar.SPLIT.split(self.subject) if part]


def is_rule(text: str) -> bool:
    """Whether a sentence asks to be told when something is said: 提醒我明天打电话 doesn't, nor 老板告诉我要降价."""
    folded = _folded(text)
    if grammar.LEAD.match(folded):
        return True
    action = grammar.ACTION.search(folded) or grammar.BARE.search(folded)
    if action is None:  # 就提醒主管: whoever says that is told that a rule reminds themselves
        action = grammar.OTHERS.search(folded) if grammar.WHEN.search(folded) else None
    if action is None or grammar.QUESTION.search(folded):
        return False
    rest = f"{folded[: action.start()]}\n{folded[action.end() :]}"
    said = grammar.SPEECH.search(rest) is not None or grammar.TIMES.search(rest) is not None
    if not folded[: action.start()].strip():
        return said and grammar.WHEN.search(rest) is not None
    return said or grammar.WHEN.search(folded[: action.end()]) is not None


def understand(text: str, names: tuple[str, ...] = ()) -> Said:
    """The parts of a sentence. `names`: the customer that it names, as it is called there: whoever speaks is theirs."""
    rest = grammar.LEAD.sub("", _folded(text))
    quoted = tuple(dict.fromkeys(word.strip() for word in grammar.QUOTED.findall(rest) if word.strip()))
    rest = grammar.QUOTED.sub(" ", rest)
    if grammar.OTHERS.search(rest) and not grammar.ACTION.search(rest):
        return Said(fault="only_you")
    rest = grammar.BARE.sub(" ", grammar.ACTION.sub(" ", rest))
    when, rest = _flag(grammar.DIGEST, rest)
    days, rest = _days(rest)
    times, rest = _times(rest)
    sources, rest = _sources(rest)
    question, rest = _explicit_question(rest)
    speaker, rest = _speaker(rest, names)
    asks, rest = _flag(grammar.ASKS, rest)
    rest = rest if asks else grammar.SAYS.sub("", rest, count=1)
    said = Said(_trimmed(rest), quoted, times, speaker, question or ("only" if asks else None), days, sources)
    return _checked(replace(said, when="digest" if when else None))


def _folded(text: str) -> str:
    return fold(text[: 2 * LONGEST])[:LONGEST]


def _checked(said: Said) -> Said:
    if said.times is not None and not 1 <= said.times <= MOST_TIMES:
        return Said(fault="times")
    return Said(fault="span") if said.days is not None and said.days > MOST_DAYS else said


def _flag(pattern: re.Pattern[str], text: str) -> tuple[bool, str]:
    found = pattern.search(text)
    return (True, _without(text, found)) if found else (False, text)


def _without(text: str, found: re.Match[str]) -> str:
    """The text without it. Chinese has no gaps: what stood beside it belongs together."""
    gap = " " if found.group()[:1].isascii() else ""
    return f"{text[: found.start()]}{gap}{text[found.end() :]}".strip()


def _days(text: str) -> tuple[int | None, str]:
    if found := grammar.ONE_TALK.search(text):
        return 0, _without(text, found)
    found = grammar.SPAN.search(text)
    if found is None:
        return None, text
    rest = _without(text, found)
    for unit, days in (("day", 1), ("week", 7), ("month", 30)):
        if found[unit] or (found["per"] or "").lower() == unit:
            return days, rest
    written = found["n"] or found["en"]
    unit = (found["unit"] or found["unit_en"]).lower()
    if written == "半":
        return max(1, grammar.DAYS[unit] // 2), rest
    return (1 if written.lower() == "the same" else max(1, number(written))) * grammar.DAYS[unit], rest


def _times(text: str) -> tuple[int | None, str]:
    found = grammar.TIMES.search(text)
    if found is None:
        return None, text
    rest = _without(text, found)
    if found["many"] or found["often"]:
        return grammar.MANY, rest
    written = found["n"] or found["en"] or found["word"]
    more = 1 if grammar.OVER.search(found.group()) and not found.group().endswith("以上") else 0
    return number(written) + more, rest


def _sources(text: str) -> tuple[tuple[str, ...], str]:
    kept: list[str] = []
    for name, pattern in grammar.SOURCES:
        there, text = _flag(pattern, text)
        kept += [name] if there else []
    return tuple(kept), text


def _explicit_question(text: str) -> tuple[Question | None, str]:
    never, rest = _flag(grammar.NOT_ASKED, text)
    if never:
        return "never", rest
    only, rest = _flag(grammar.ASKED, text)
    return ("only" if only else None), rest


def _speaker(text: str, names: tuple[str, ...]) -> tuple[Speaker | None, str]:
    """Whoever stands first, after the words of condition."""
    text = grammar.CONDITION.sub("", text)
    named = next((name for name in names if text.lower().startswith(name.lower())), "")
    if named:
        text = text[len(named) :].lstrip("的 ")
    for who, pattern in grammar.SPOKEN:
        if found := pattern.match(text):
            return who, text[found.end() :]
    return ("theirs" if named else None), text


def _trimmed(text: str) -> str:
    for _ in range(2):  # what stood behind one edge is the next one
        text = grammar.HEAD.sub("", grammar.TAIL_EN.sub("", grammar.TAIL.sub("", text.strip())))
    return text.strip()
