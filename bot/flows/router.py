"""Which skill answers: commands, then rules, then likeness to what each skill says it answers. When unsure, ask."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from bot.contracts import Role, Skill
from knowledge.retrieval.collection import Collection
from knowledge.retrieval.passage import Hit, Passage

CLEAR_LEAD = 0.08  # of the fused score, between the best skill and the next: below it a person would hesitate too
CHOICES = 3


@dataclass(frozen=True, slots=True)
class Route:
    """The decision: a skill, or the candidates to ask about."""

    skill: str
    how: Literal["command", "rule", "likeness", "topic", "unsure"]
    candidates: tuple[str, ...] = ()


class Router:
    """Chooses among skills. `more` gives further sentences of a skill that live in data, such as the playbook's."""

    def __init__(
        self,
        skills: Sequence[Skill],
        collection: Collection,
        more: Callable[[], Awaitable[Sequence[Passage]]],
    ) -> None:
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

    async def route(self, text: str, role: Role, topic: str) -> Route:
        """Decide. `topic` is the skill that answered last in this conversation, "" when there is none."""
        allowed = {name for name, skill in self._skills.items() if not skill.roles or role in skill.roles}
        for find in (self._by_command, self._by_rule):
            route = find(text)
            if route and route.skill in allowed:
                return route
        return await self._by_likeness(text, allowed, topic)

    def _by_command(self, text: str) -> Route | None:
        words = text.strip().lstrip("/").casefold().split(maxsplit=1)
        skill = self._commands.get(words[0]) if words else None
        return Route(skill, "command") if skill else None

    def _by_rule(self, text: str) -> Route | None:
        skill = next((name for pattern, name in self._patterns if pattern.search(text)), None)
        return Route(skill, "rule") if skill else None

    async def _by_likeness(self, text: str, allowed: set[str], topic: str) -> Route:
        ranking = await self._collection.search(text, limit=CHOICES, allow=lambda passage: passage.group in allowed)
        names = tuple(hit.group for hit in ranking.hits)
        if ranking.fits and _clear(ranking.hits):
            return Route(names[0], "likeness")
        if topic in allowed:
            return Route(topic, "topic")  # a short "那华南呢" resembles nothing, but continues something
        return Route("", "unsure", names)


def _clear(hits: Sequence[Hit]) -> bool:
    return len(hits) < 2 or hits[0].score - hits[1].score >= CLEAR_LEAD


def _passage(skill: Skill, text: str) -> Passage:
    digest = sha256(text.encode()).hexdigest()[:16]
    return Passage(id=f"{skill.name}:{digest}", text=text, group=skill.name)
