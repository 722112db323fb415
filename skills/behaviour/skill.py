"""能力诊断: shows one's own and those of one's reports, and takes what the person says to it (A13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Reply, Role
from config.locales import t
from skills.behaviour.cards import RESPONSES, Maker

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.diagnoses import Diagnosis, Response
    from storage.store import Store

READERS = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR})
LISTED = 10


class BehaviourSkill:
    """Reads what the asker may see: their own, and those of people who report to them."""

    name = "behaviour"
    commands = ("能力诊断", "我的诊断")
    patterns = (
        r"能力诊断|我的诊断",
        r"(谁|哪些人|哪位).{0,8}(没理|不理|忽略|没有?回应).{0,6}提示",
        r"(?i)\b(my|ability|skill) (diagnosis|diagnoses)\b|\bwho (ignores?|ignored) .{0,12}prompts\b",
    )
    examples = (
        Example("能力诊断", shown=True),
        Example("看看我的能力诊断"),
        Example("我忽略了哪些要紧的提示"),
        Example("最近有什么辅导建议"),
        Example("团队里谁需要帮助"),
        Example("谁没理要紧的提示", roles=frozenset({Role.MANAGER})),
        Example("my diagnosis", "en", shown=True),
        Example("which important prompts did I ignore", "en"),
        Example("is there a coaching suggestion for me", "en"),
        Example("who ignored important prompts", "en", roles=frozenset({Role.MANAGER})),
    )
    roles = READERS
    private = True

    def __init__(self, database: Database, make: Callable[[str], Maker], zone: ZoneInfo) -> None:
        self._database, self._make, self._zone = database, make, zone

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        found, names = await self._database.read(lambda store: _seen(store, context))
        own = context.person.role is Role.REP
        maker = self._make(context.language)
        lines = [
            maker.line(
                f"{one.at.astimezone(self._zone):%m-%d}",
                "" if own else names.get(one.person_id, one.person_id),
                one.ability,
                len(one.prompt_ids),
            )
            for one in found
        ]
        return [Reply(context.to, card=maker.listing(lines, "own" if own else "team"))]

    async def _pressed(self, press: Press, context: Context) -> list[Outcome]:
        card = await self._database.write(lambda store: _noted(store, press, context))
        if card is None:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]


def _seen(store: Store, context: Context) -> tuple[list[Diagnosis], dict[str, str]]:
    found = store.diagnoses.visible_to(context.person, limit=LISTED)
    return found, store.people.names(one.person_id for one in found)


def _noted(store: Store, press: Press, context: Context) -> Card | None:
    """The person did something about it: their count begins anew."""
    stored = store.cards.get(press.card_id)
    if stored is None or stored.person_id != context.person.id or press.action not in RESPONSES:
        return None
    response, id_ = cast("Response", press.action), str(stored.context.get("diagnosis", ""))
    if not store.diagnoses.respond(id_, context.person.id, response, context.now):
        return None
    notice = t(f"behaviour.noted.{press.action}", context.language)
    return replace(stored.card, pressed=press.action, notice=notice, actions=())
