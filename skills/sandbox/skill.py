"""演练: try a subscriber before anything real goes to it (C8)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.contracts import Context, Example, Happening, Message, Outcome, Person, Reply, Role
from bot.contracts.errors import BadInput
from config.locales import t
from knowledge.events.systems import Listening, System
from skills.sandbox.ports import Rehearsals

EVENTS = 1000
FAULTS = ("timeouts", "5xx", "duplicates", "reorder")
KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})
_WORDS = re.compile(r"(?i)^\s*(?:请|帮我|再)*\s*(?:演练|rehearse)(?:一下|一次|系统|the)?\s*(.*)$")


class SandboxSkill:
    """Sales ops and admins may rehearse every system, an owner their own."""

    name = "sandbox"
    commands = ("演练", "rehearse")
    patterns = (
        r"^(请|帮我|再)*演练",
        r"(?i)^rehearse\b|(事件)?沙盒.{0,8}(演练|测试|试)",
    )
    examples = (
        Example("演练 erp", shown=True, roles=KEEPERS),
        Example("演练一下 ERP 的订单订阅"),
        Example("在沙盒里测试一下 MES"),
        Example("rehearse erp", "en", shown=True, roles=KEEPERS),
        Example("rehearse the mes subscription", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = False

    def __init__(self, rehearsals: Rehearsals) -> None:
        self._rehearsals = rehearsals

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Begin one, or say which there are."""
        if not isinstance(happening, Message):
            return []
        said = _WORDS.match(happening.text)
        return [Reply(context.to, await self._answered(said[1] if said else happening.text, context))]

    async def _answered(self, text: str, context: Context) -> str:
        systems, lang = await self._rehearsals.systems(), context.language
        choices = [
            (one, listening)
            for one in systems.values()
            for listening in one.listens
            if may_rehearse(context.person, one)
        ]
        if not choices:
            named = _named(text, systems)
            key = "not_yours" if any(one.listens for one in systems.values()) else "none"
            return t(f"sandbox.chat.{key}", lang, system=named.name if named else "–")
        chosen = _chosen(text, systems, choices)
        if isinstance(chosen, System):
            return t("sandbox.chat.not_yours", lang, system=chosen.name)
        if chosen is None:
            names = "、".join(f"{one.name} {listening.name}" for one, listening in choices)
            first, listening = choices[0]
            return t("sandbox.chat.choose", lang, names=names, example=f"{first.name} {listening.name}")
        return await self._begun(*chosen, context)

    async def _begun(self, system: System, listening: Listening, context: Context) -> str:
        lang = context.language
        if running := await self._rehearsals.running(system.name, listening.name):
            done, total = running.report.get("done", 0), running.report.get("total", 0)
            return t("sandbox.chat.running", lang, system=system.name, name=listening.name, done=done, total=total)
        try:
            await self._rehearsals.begin(system.name, listening.name, context.person, lang, context.to, FAULTS, EVENTS)
        except BadInput as error:
            return str(error)
        faults = "、".join(t(f"sandbox.fault.{one}", lang) for one in FAULTS)
        return t("sandbox.chat.begun", lang, system=system.name, name=listening.name, events=EVENTS, faults=faults)


def may_rehearse(person: Person, system: System) -> bool:
    """Whether this person may begin one."""
    return person.role in KEEPERS or system.owner == person.id


def _named(text: str, systems: Mapping[str, System]) -> System | None:
    """The system that is meant, by name or title; the longest name that is said."""
    low = text.lower()
    said = [one for one in systems.values() if one.name in low or one.title.lower() in low]
    return max(said, key=lambda one: len(one.name), default=None)


def _chosen(
    text: str, systems: Mapping[str, System], choices: Sequence[tuple[System, Listening]]
) -> tuple[System, Listening] | System | None:
    """The subscription that is meant; the system, where it isn't the asker's; None: it isn't clear."""
    system = _named(text, systems)
    if system is None:
        return choices[0] if len(choices) == 1 else None
    own = [one for one in choices if one[0].name == system.name]
    if not own:
        return system if system.listens else None
    rest = text.lower().replace(system.name, " ", 1)
    said = [one for one in own if one[1].name in rest]
    if len(own) == 1:
        return own[0]
    return max(said, key=lambda one: len(one[1].name)) if said else None
