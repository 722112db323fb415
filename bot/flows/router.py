"""Which skill answers: commands, what skills know, rules, the thread, then likeness. When nothing fits, ask."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from bot.contracts import Context, Skill
from bot.contracts.model import Model, NoModel
from bot.contracts.skill import Claims
from bot.flows.wording import tells_of_the_other_side
from config.locales import load
from knowledge.playbook.framing import core
from knowledge.retrieval.collection import Collection
from knowledge.retrieval.passage import Passage

CLEAR_LEAD = 0.08  # of likeness, by which another skill must beat the first one: below it a person would hesitate too
FITS = 0.5  # likeness, 0..1: below it a sentence resembles nothing that a skill answers
CHOICES = 3


@dataclass(frozen=True, slots=True)
class Route:
    """The decision: a skill, or the candidates to ask about; "closed": one candidate, which isn't for this role."""

    skill: str
    how: Literal["command", "claim", "rule", "likeness", "told", "model", "unsure", "closed"]
    candidates: tuple[str, ...] = ()


class Router:
    """Chooses among skills. `more` gives further sentences of a skill that live in data, such as the playbook's."""

    def __init__(
        self,
        skills: Sequence[Skill],
        collection: Collection,
        more: Callable[[], Awaitable[Sequence[Passage]]],
        model: Model | None = None,
    ) -> None:
        """The first skill is the one that people use most: it gets what no other clearly wins."""
        self._model = model or NoModel()
        self._skills = {skill.name: skill for skill in skills}
        self._collection = collection
        self._more = more
        self._commands = {command.casefold(): s.name for s in skills for command in s.commands}
        self._patterns = [(re.compile(pattern, re.IGNORECASE), s.name) for s in skills for pattern in s.patterns]

    async def refresh(self) -> None:
        """Learn the sentences again; cheap when nothing changed."""
        own = [_passage(skill, example.text) for skill in self._skills.values() for example in skill.examples]
        unique = {passage.id: passage for passage in [*await self._more(), *own]}
        await self._collection.sync(list(unique.values()))

    async def route(self, text: str, context: Context, topic: str) -> Route:
        """Decide. `topic` is the skill that answered last in this conversation, "" when there is none;
        `context.memory` is what that skill keeps."""
        role = context.person.role
        allowed = {name: skill for name, skill in self._skills.items() if not skill.roles or role in skill.roles}
        topic = topic if topic in allowed else ""
        if found := self._by_command(text, allowed):
            return Route(found, "command")
        if found := await _by_claim(text, context, topic, allowed):
            return Route(found, "claim")
        if found := self._by_rule(text, allowed):
            return Route(found, "rule")
        if found := self._closed(text):
            return Route("", "closed", (found,))
        route = await self._by_likeness(text, allowed)
        if not route.skill and (found := await self._by_model(text, allowed, context.language)):
            return Route(found, "model")
        return route

    def _by_command(self, text: str, allowed: Mapping[str, Skill]) -> str:
        words = text.strip().lstrip("/").casefold().split(maxsplit=1)
        skill = self._commands.get(words[0], "") if words else ""
        return skill if skill in allowed else ""

    def _by_rule(self, text: str, allowed: Mapping[str, Skill]) -> str:
        matching = (name for pattern, name in self._patterns if pattern.search(text))
        return next((name for name in matching if name in allowed), "")

    def _closed(self, text: str) -> str:
        """The skill that surely is meant: without this, something that merely sounds alike would answer."""
        if tells_of_the_other_side(text):
            return ""
        return self._by_command(text, self._skills) or self._by_rule(text, self._skills)

    async def _by_model(self, text: str, allowed: Mapping[str, Skill], language: str) -> str:
        """What a language model thinks, if there is one; it can only choose among the skills."""
        known = load(language)
        options = {name: f"{known[f'{name}.title']}: {known.get(f'{name}.purpose', '')}" for name in allowed}
        return await self._model.choose(text, options, language) or ""

    async def _by_likeness(self, text: str, allowed: Mapping[str, Skill]) -> Route:
        likeness = await self._likeness(text, allowed)
        first = next(iter(allowed), "")
        best = max(likeness, key=likeness.__getitem__, default="")
        if likeness.get(first, 0.0) > likeness.get(best, 0.0) - CLEAR_LEAD:
            best = first
        if likeness.get(best, 0.0) >= FITS:
            return Route(best, "likeness")
        if first and tells_of_the_other_side(text):
            return Route(first, "told")
        return Route("", "unsure", tuple(likeness))

    async def _likeness(self, text: str, allowed: Mapping[str, Skill]) -> dict[str, float]:
        """How much a text resembles each skill's sentences, best first.

        What the customer says is compared also without "客户说…怎么回" around it: 客户 alone would make it resemble
        questions about customers.
        """
        inner, first = core(text), next(iter(allowed), "")
        if inner == text.strip():
            return await self._search(text, allowed)
        likeness, without_frame = await asyncio.gather(self._search(text, allowed), self._search(inner, allowed))
        likeness[first] = max(likeness.get(first, 0.0), without_frame.get(first, 0.0))
        return likeness

    async def _search(self, text: str, allowed: Mapping[str, Skill]) -> dict[str, float]:
        ranking = await self._collection.search(text, limit=CHOICES, allow=lambda passage: passage.group in allowed)
        return {hit.group: hit.score for hit in ranking.hits}


async def _by_claim(text: str, context: Context, topic: str, allowed: Mapping[str, Skill]) -> str:
    """The skill that knows the text to be its own; the one that answered last is asked first."""
    for name, skill in sorted(allowed.items(), key=lambda item: item[0] != topic):
        if isinstance(skill, Claims):
            own = context if name == topic else replace(context, memory={})
            if await skill.claims(text, own):
                return name
    return ""


def _passage(skill: Skill, text: str) -> Passage:
    digest = sha256(text.encode()).hexdigest()[:16]
    return Passage(id=f"{skill.name}:{digest}", text=text, group=skill.name)
