"""What each skill lets a person ask, from the skills' own examples. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.contracts import Example, Role, Skill
from config.locales import load

_GREETING = re.compile(
    r"^\s*(你好|您好|大家好|早上好|上午好|中午好|下午好|晚上好|早安?|嗨|哈喽|在吗|在不在|小策|hi|hello|hey|"
    r"good (morning|afternoon|evening))"
    r"([\s,，]*(小策|呀|啊|there|xiaoce|你好|您好|在吗))*[\s!！~～。.?？]*$",
    re.IGNORECASE,
)
SHOWN = 3  # examples for each skill


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
    found = [_offer(skill, language) for skill in allowed if skill.name != besides]
    return [offer for offer in found if offer.questions]


def _offer(skill: Skill, language: str) -> Offer:
    texts = load(language if language in {"zh", "en"} else "zh")
    return Offer(
        texts.get(f"{skill.name}.title", skill.name),
        texts.get(f"{skill.name}.purpose", ""),
        tuple(example.text for example in _shown(skill.examples, language)[:SHOWN]),
    )


def _shown(examples: Iterable[Example], language: str) -> list[Example]:
    spoken = [example for example in examples if example.language == language]
    return [example for example in spoken if example.shown] or spoken
