"""What each skill lets a person ask, from the skills' own examples. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, zip_longest

from bot.contracts import Example, Role, Skill
from config.locales import load

_GREETING = re.compile(
    r"^\s*(你好|您好|大家好|早上好|上午好|中午好|下午好|晚上好|早安?|嗨|哈喽|在吗|在不在|小策|hi|hello|hey|"
    r"good (morning|afternoon|evening))"
    r"([\s,，]*(小策|呀|啊|there|xiaoce|你好|您好|在吗))*[\s!！~～。.?？]*$",
    re.IGNORECASE,
)
SHOWN = 3  # examples for each skill
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Offer:
    """One skill, as 帮助 presents it."""

    title: str
    purpose: str
    questions: tuple[str, ...]


def is_greeting(text: str) -> bool:
    """Whether somebody only says hello."""
    return bool(_GREETING.match(text))


def offers(skills: Iterable[Skill], role: Role, language: str, besides: str) -> list[Offer]:
    """What a role may ask, skill by skill; `besides` is left out (help itself)."""
    allowed = [skill for skill in skills if not skill.roles or role in skill.roles]
    found = [_offer(skill, role, language) for skill in allowed if skill.name != besides]
    return [offer for offer in found if offer.questions]


def in_turn(found: Sequence[Offer]) -> list[str]:
    """All questions: first one of each skill, then the second of each."""
    rounds = zip_longest(*(offer.questions for offer in found))
    return [question for question in chain.from_iterable(rounds) if question]


def key_of(question: str) -> str:
    """The key of the button that asks it: the same however the list of questions changes."""
    return f"ask_{sha256(question.encode()).hexdigest()[:12]}"


def question_of(key: str, skills: Sequence[Skill], role: Role, besides: str) -> str:
    """What a button asks; "" when the role may no longer ask it, or it is no longer offered."""
    known = (offer for language in LANGUAGES for offer in offers(skills, role, language, besides))
    return next((question for offer in known for question in offer.questions if key_of(question) == key), "")


def _offer(skill: Skill, role: Role, language: str) -> Offer:
    texts = load(language if language in LANGUAGES else "zh")
    return Offer(
        texts.get(f"{skill.name}.title", skill.name),
        texts.get(f"{skill.name}.purpose", ""),
        tuple(example.text for example in _shown(skill.examples, role, language)[:SHOWN]),
    )


def _shown(examples: Iterable[Example], role: Role, language: str) -> list[Example]:
    spoken = [example for example in examples if example.language == language]
    meant = [example for example in spoken if not example.roles or role in example.roles]
    return [example for example in meant if example.shown] or meant
