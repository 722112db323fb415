"""设置: switches the language and shows what is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Reply, Role
from config.locales import t
from skills.preferences.cards import LANGUAGES, settings_card
from skills.preferences.understanding import wanted_language

if TYPE_CHECKING:
    from storage.database import Database


LONGEST_SENTENCE = 200  # characters; a wish about the language is short


class PreferencesSkill:
    """Keeps choices in storage, under the person's id."""

    name = "preferences"
    commands = ("设置", "我的设置", "settings", "preferences")
    patterns = (
        r"我的(设置|偏好)",
        # From the beginning: "客户只说英文" is about the customer.
        r"^\s*(请|麻烦|以后|你|您|可以|能不能|帮我|给我|别|不要|再|都|一直|改|用)*(说|讲|切换|换|切|改|设|用)(到|成|为)?\s*"
        r"(中文|英文|英语|汉语)(回复|回答|跟我说)?我?(吧|了|吗)?[\s。!！?？]*$",
        r"(?i)^\s*(please |can you |could you )*(speak|talk|reply|answer|switch|change)( to)?( me)?( in| to| into)? "
        r"(english|chinese)( please)?[\s.!?]*$",
        r"(?i)\bmy (settings|preferences)\b",
    )
    examples = (
        Example("我的设置", shown=True),
        Example("切换英文", shown=True),
        Example("说中文"),
        Example("请用英文回复我"),
        Example("以后都用中文"),
        Example("改成英语"),
        Example("别说英文了"),
        Example("我现在用的是什么语言"),
        Example("my settings", "en", shown=True),
        Example("switch to Chinese", "en", shown=True),
        Example("speak English", "en"),
        Example("please answer in English", "en"),
        Example("change the language", "en"),
        Example("which language do you use for me", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = False

    def __init__(self, database: Database) -> None:
        self._database = database

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        language = wanted_language(happening.text[:LONGEST_SENTENCE])
        if language:
            await self._choose(language, context)
            return [Reply(context.to, t("preferences.switched", language))]
        return [Reply(context.to, card=await self._card(context))]

    async def at_home(self, context: Context) -> Sequence[Card]:
        """What is set."""
        return [replace(await self._card(context), id=f"home-preferences-{context.person.id}")]

    async def _card(self, context: Context) -> Card:
        chosen = await self._database.read(lambda store: store.preferences.get(context.person.id))
        language = str(chosen.get("language") or context.language)
        return settings_card(context.person, language, chosen="language" in chosen)

    async def _pressed(self, press: Press, context: Context) -> Sequence[Outcome]:
        language = press.values.get("language", press.action.removeprefix("language_"))
        if language not in LANGUAGES:  # 修改 where the platform has no forms
            return [Reply(context.to, t("preferences.in_words", context.language))]
        await self._choose(language, context)
        card = settings_card(context.person, language, chosen=True)
        changed = replace(card, id=press.card_id, notice=t("preferences.switched", language))
        return [Reply(context.to, card=changed, update=CardUpdate(press.card_id, press.handle))]

    async def _choose(self, language: str, context: Context) -> None:
        await self._database.write(
            lambda store: store.preferences.set(context.person.id, "language", language, context.now)
        )
