"""行为模式库: mine won deals for staged talk-tracks, show what there is, and put it into the playbook when agreed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Reply, Role
from config.locales import t
from skills.mining.agreeing import DECIDERS, READERS, Decided, Decisions
from skills.mining.cards import Maker, after, pattern_on
from skills.mining.ports import Desk

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.patterns import Pattern

_MINE = re.compile(r"挖|重新找|\b(re)?mine\b|\bmining\b", re.IGNORECASE)


class MiningSkill:
    """Patterns are everybody's of the roles below; the words behind them stand on the page, row by row (D9)."""

    name = "mining"
    commands = ("挖掘赢单话术", "行为模式库", "行为模式", "patterns")
    patterns = (
        r"挖掘.{0,6}(话术|模式|对话|赢单)|(话术|模式|赢单).{0,6}挖掘",
        r"行为模式",
        r"(赢单|赢的单|成交).{0,12}(规律|套路|共同|做对|步骤|顺序|模式|怎么聊)|(套路|步骤|顺序|规律).{0,8}(赢|成交)",
        r"挖.{0,8}(赢单|赢的单|成交|套路)",
        r"(?i)\b(mine|mining)\b.{0,20}\b(deals?|patterns?|talk.?tracks?|dialogues?)\b|\bpattern library\b"
        r"|\b(won|winning) (talks?|conversations?)\b|\bpatterns? (that )?we mined\b",
    )
    examples = (
        Example("挖掘赢单话术", shown=True, roles=DECIDERS),
        Example("行为模式库", shown=True, roles=READERS),
        Example("从赢单对话里挖掘话术"),
        Example("重新挖掘赢单的行为模式"),
        Example("有哪些行为模式"),
        Example("赢单的对话里有什么共同的套路"),
        Example("赢单和输单的沟通步骤差在哪"),
        Example("哪种沟通顺序赢率高"),
        Example("mine won deals for talk-tracks", "en", shown=True, roles=DECIDERS),
        Example("show the pattern library", "en", shown=True, roles=READERS),
        Example("what do won conversations have in common", "en"),
        Example("which order of steps wins deals", "en"),
    )
    roles: frozenset[Role] = READERS
    private = True

    def __init__(self, database: Database, desk: Desk, decisions: Decisions, maker: Maker, months: int) -> None:
        """`months`: how far back deals are read."""
        self._database = database
        self._desk = desk
        self._decisions = decisions
        self._maker = maker
        self._months = months

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        if not _MINE.search(happening.text):
            return await self._library(context)
        if context.person.role not in DECIDERS:
            return [Reply(context.to, t("mining.ops_only", context.language)), *await self._library(context)]
        await self._desk.begin(happening.id, context.person, context.to)
        return [Reply(context.to, t("mining.begun", context.language, months=self._months))]

    async def _library(self, context: Context) -> list[Outcome]:
        found = await self._database.read(lambda store: store.patterns.visible_to(context.person))
        shown = sorted((one for one in found if one.state != "off"), key=_best_first)
        if not shown:
            return [Reply(context.to, t("mining.nothing_yet", context.language))]
        alone = len(shown) == 1 and context.person.role in DECIDERS
        maker, language = self._maker, context.language
        return [Reply(context.to, card=maker.pattern(shown[0], language) if alone else maker.library(shown, language))]

    async def _pressed(self, press: Press, context: Context) -> Sequence[Outcome]:
        stored = await self._database.read(lambda store: store.cards.get(press.card_id))
        pattern_id = pattern_on(stored.card) if stored and stored.person_id == context.person.id else ""
        if stored is None or not pattern_id:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        card = self._after(stored.card, press.action, await self._decided(pattern_id, press.action, context), context)
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    async def _decided(self, pattern_id: str, action: str, context: Context) -> Decided:
        if action in {"agree", "update"}:
            return await self._decisions.agree(pattern_id, context.person, context.now)
        return await self._decisions.refuse(pattern_id, context.person, context.now)

    def _after(self, card: Card, action: str, decided: Decided, context: Context) -> Card:
        values = {"owner": decided.detail, "problem": decided.detail}
        return after(card, action, t(f"mining.after.{decided.answer}", context.language, **values))


def _best_first(pattern: Pattern) -> tuple[float, str]:
    return -float(pattern.effect.get("low", 0)), pattern.id
