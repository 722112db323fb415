"""晨会: the three things most worth doing, with their arithmetic; what was decided about them (B14, B15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Remember, Reply, Role
from bot.contracts.errors import XiaoceError
from knowledge.briefing.types import Brief, Finding
from skills.briefing.cards import DECK, DISMISS, PLANNED
from skills.briefing.deciding import decided, dismiss, plan
from skills.briefing.examples import COMMANDS, EXAMPLES
from skills.briefing.token import About, about, marked
from skills.briefing.understanding import PATTERNS, Question, understand

if TYPE_CHECKING:
    from skills.briefing.desk import BriefDesk
    from storage.database import Database
    from storage.store import Store


class BriefingSkill:
    """Answers of the asker's own team, region or deals; the same at any hour as in the morning."""

    name = "briefing"
    commands = COMMANDS
    patterns = PATTERNS
    examples: tuple[Example, ...] = EXAMPLES
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, database: Database, desk: BriefDesk) -> None:
        self._database, self._desk = database, desk

    async def claims(self, text: str, context: Context) -> bool:
        """A reason, when one was asked for."""
        return bool(context.memory.get("dismiss")) and len(text) <= 200 and not text.rstrip().endswith(("?", "？"))

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """A card, slides, or what a button asks for."""
        if not isinstance(happening, Message):
            return []
        try:
            if happening.press:
                return await self._pressed(happening.press, context)
            if waiting := context.memory.get("dismiss"):
                return await self._reasoned(list(waiting), happening.text.strip(), context)
            return await self._asked(happening.text, context)
        except XiaoceError as error:  # a day that hasn't come, somebody else's team, a broken template
            return [Reply(context.to, str(error))]

    async def _asked(self, text: str, context: Context) -> list[Outcome]:
        question, found = await self._database.read(lambda store: self._found(store, text, context))
        if question.outcomes:
            return [Reply(context.to, self._desk.words(context.language).outcomes(found))]
        if question.slides and found.findings:
            file = await self._desk.deck(found, context.language, context.now)
            return [Reply(context.to, self._desk.words(context.language).text("card.deck_sent"), files=(file,))]
        card = await self._database.read(lambda store: self._card(store, found, context))
        files = await self._desk.pictured(found, context.language, context.now)
        return [Reply(context.to, card=card, files=files)]

    def _found(self, store: Store, text: str, context: Context) -> tuple[Question, Brief]:
        desk, viewer = self._desk, context.person
        question = understand(text, desk.scopes(store, viewer), desk.today(context.now))
        if question.wrong_day:
            raise XiaoceError(desk.words(context.language).text("errors.day", said=question.wrong_day))
        scope = desk.scope(store, viewer, question.said, context.language)
        asked = desk.asked(viewer, scope, question.day, context.now, context.language)
        return question, desk.brief(store, asked)

    async def _pressed(self, press: Press, context: Context) -> list[Outcome]:
        shown, words = about(press.card_id), self._desk.words(context.language)
        if shown is None or not await self._may(shown, context):
            return [Reply(context.to, words.text("card.not_yours"))]
        if press.action == DECK:
            found = await self._database.read(lambda store: self._again(store, shown, context))
            file = await self._desk.deck(found, context.language, context.now)
            return [Reply(context.to, words.text("card.deck_sent"), files=(file,))]
        kind, _, said = press.action.partition("_")
        reason = press.values.get("reason", "").strip()
        if kind == DISMISS and not reason:
            return await self._ask(press, shown, said, context)
        if kind not in {PLANNED, DISMISS}:
            return [Reply(context.to, words.text("card.gone"))]
        card = await self._database.write(lambda store: self._decide(store, shown, kind, said, reason, press, context))
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    async def _ask(self, press: Press, shown: About, said: str, context: Context) -> list[Outcome]:
        """The platform asks no forms: the reason comes in words."""
        found = await self._database.read(lambda store: self._again(store, shown, context))
        one, words = marked(found.findings, said), self._desk.words(context.language)
        if one is None:
            return [Reply(context.to, words.text("card.gone"))]
        ask = words.text("card.ask_reason", headline=words.headline(one))
        return [Reply(context.to, ask), Remember({"dismiss": [press.card_id, said]})]

    async def _reasoned(self, waiting: list[str], reason: str, context: Context) -> list[Outcome]:
        shown = about(waiting[0])
        if shown is None or not await self._may(shown, context):
            return [Remember({})]
        press = Press(waiting[0], DISMISS)
        card = await self._database.write(
            lambda store: self._decide(store, shown, DISMISS, waiting[1], reason, press, context)
        )
        return [Reply(context.to, card.notice), Remember({})]

    def _decide(
        self, store: Store, shown: About, kind: str, said: str, reason: str, press: Press, context: Context
    ) -> Card:
        """The card as it is then, about the next finding."""
        words, now = self._desk.words(context.language), context.now
        one = marked(self._again(store, shown, context).findings, said)
        if one is None:
            notice = words.text("card.gone")
        elif kind == PLANNED:
            new = plan(store, shown, one, words.what_to_do(one), context.person, now)
            notice = self._planned(one, context) if new else words.text("card.was_planned")
        else:
            dismiss(store, shown, one, reason, context.person, now)
            notice = words.text("card.done_dismissed", count=len(one.evidence.ids))
        return self._card(store, self._again(store, shown, context), context, press.card_id, notice)

    def _planned(self, one: Finding, context: Context) -> str:
        words = self._desk.words(context.language)
        names = words.comma(each.name for each in (one.action.who, *one.action.others))
        return words.text("card.done_planned", who=names, by=words.day(one.action.by))

    def _again(self, store: Store, shown: About, context: Context) -> Brief:
        asked = self._desk.asked(context.person, shown.scope, shown.day, context.now, context.language)
        return self._desk.brief(store, asked)

    async def _may(self, shown: About, context: Context) -> bool:
        """Whether the scope is (still) one of theirs."""
        return await self._database.read(lambda store: shown.scope in self._desk.scopes(store, context.person))

    def _card(self, store: Store, found: Brief, context: Context, id_: str = "", notice: str = "") -> Card:
        done = decided(store, found.scope, context.person)
        return self._desk.maker(context.language).card(found, done, id_=id_, notice=notice)
