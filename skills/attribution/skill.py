"""归因: what each channel brought, how sure that is, what changed, what would be lost without it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from bot.contracts import Card, Context, Example, Happening, Message, Outcome, Reply, Role
from bot.contracts.errors import BadInput
from config.attribution import known
from config.locales import t
from skills.attribution import cards
from skills.attribution.confidence import percent_of, set_confidence
from skills.attribution.lines import lines
from skills.attribution.question import usual
from skills.attribution.understanding import Wanted, understand
from skills.attribution.words import Words
from storage.warehouse import WarehouseUnavailable

if TYPE_CHECKING:
    from skills.attribution.desk import Desk, Found
    from skills.attribution.lines import Line

log = structlog.get_logger(__name__)
READERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.CHANNEL_OWNER, Role.SALES_OPS, Role.ADMIN})


class AttributionSkill:
    """Answers of what the asker may see; no customer is named."""

    name = "attribution"
    commands = ("归因", "渠道贡献", "attribution")
    patterns = (
        r"归因",
        r"渠道.{0,6}(贡献|带来|置信度)|贡献.{0,6}(渠道|怎么算)|(带来|贡献)了?(多少|几).{0,6}(回款|赢单|成交|商机|线索|合同|订单|SQL)",
        r"(去掉|砍掉|停掉).{1,16}(会怎|会少|会损失|怎么样|影响)",
        r"模型.{0,8}(不一样|不一致|分歧)|置信度.{0,8}(改|设|调)|(改|设|调).{0,12}置信度",
        r"(?i)\battribution\b|\bchannels?\b.{0,30}\b(contribut|bring|brought|worth|credit)"
        r"|\bmodels?\b.{0,20}\b(disagree|differ)|\bwithout\b.{0,30}\bchannel\b",
    )
    examples = (
        Example("各渠道贡献", shown=True, roles=READERS),
        Example("归因"),
        Example("哪个渠道带来的赢单最多"),
        Example("展会的贡献怎么算的"),
        Example("搜索带来多少回款"),
        Example("为什么模型不一样"),
        Example("去掉展会会怎样", shown=True, roles=READERS),
        Example("归因上次以来变了什么"),
        Example("按首次触点看线索归因"),
        Example("各渠道的投入产出"),
        Example("把展会扫码的置信度改成 70%"),
        Example("渠道对复购的贡献"),
        Example("which channel brought the most deals", "en", shown=True, roles=READERS),
        Example("attribution by first touch", "en"),
        Example("why do the attribution models disagree", "en"),
        Example("what if we dropped the trade fair channel", "en"),
    )
    roles = READERS
    private = True

    def __init__(self, desk: Desk, public_url: str) -> None:
        self._desk, self._public_url = desk, public_url

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """One card, or the sentence why there is none."""
        if not isinstance(happening, Message) or happening.press:
            return []
        try:
            return await self._answer(happening.text, context)
        except WarehouseUnavailable:
            log.exception("no figures")
            return [Reply(context.to, t("attribution.unavailable", context.language))]

    async def _answer(self, text: str, context: Context) -> Sequence[Outcome]:
        words = Words(context.language, self._desk.zone)
        base = usual(self._desk.settings)
        found = await self._desk.find(context.person, base, context.now)
        wanted = understand(text, base, _channels(found))
        if wanted.asked == "set":
            return [Reply(context.to, await self._set(wanted, context))]
        if wanted.question != base:
            found = await self._desk.find(context.person, wanted.question, context.now)
        rows = await asyncio.to_thread(lines, found, context.person)
        if not found.answer.counts.conversions or not rows:
            return [Reply(context.to, words.tell("none", what=words.what(wanted.question)))]
        card = await asyncio.to_thread(self._card, wanted, found, rows, words)
        return [Reply(context.to, card=card) if isinstance(card, Card) else Reply(context.to, card)]

    def _card(self, wanted: Wanted, found: Found, rows: Sequence[Line], words: Words) -> Card | str:
        if wanted.asked == "without":
            missing = "without_which" if not wanted.channels else "none"
            return cards.without(found, rows, words, self._public_url) or words.tell(
                missing, what=words.what(found.question)
            )
        if wanted.asked == "changed":
            return cards.changed(found, rows, words, self._public_url) or words.tell("changes.no_runs")
        if wanted.asked == "disagreement":
            return cards.disagreement(found, rows, words, self._public_url)
        line = next((one for one in rows if one.channel in wanted.channels), None)
        if line is None:
            return cards.overview(found, rows, words, self._public_url)
        return cards.of_channel(found, line, rows, words, self._public_url, how=wanted.how)

    async def _set(self, wanted: Wanted, context: Context) -> str:
        """Change a channel's confidence, for those who may."""
        language = context.language
        if len(wanted.channels) != 1 or not wanted.percent:
            return t("attribution.confidence.which", language)
        try:
            percent = percent_of(wanted.percent, language)
        except BadInput as error:
            return str(error)
        channel = wanted.channels[0]
        done = await self._desk.database.write(
            lambda store: set_confidence(store, context.person, channel, percent, "", context.now)
        )
        key = "set" if done else "not_yours"
        return t(f"attribution.confidence.{key}", language, channel=known().name(channel, language), percent=percent)


def _channels(found: Found) -> list[str]:
    """Names that a sentence may use: of the data, and of those that somebody said something about."""
    return list(dict.fromkeys((*found.answer.counts.channels, *found.seen.trust, *found.spending.of)))
