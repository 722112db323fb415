"""数据血缘: where a metric, a field or a record comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Card, Context, Example, Happening, Message, Outcome, Reply, Role
from knowledge.mapping.entities import load_entities
from skills.mapping.asked import Asked, asked, record_ids
from skills.mapping.cards import LineageCards
from skills.mapping.trail import Trail, read_lineage, trail

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

_MOST = 3  # numbers of records that are looked up


class LineageSkill:
    """Answers from the mappings that hold; a record is shown to those who may see it."""

    name = "lineage"
    commands = ("数据血缘", "血缘", "lineage")
    patterns = (
        r"(?<!贡献)(怎么|如何|从哪(里|儿)?)(来|得来|得出|算出来)的?$|(数|数字|数据|金额|额)(是)?(怎么|如何|从哪(里|儿)?)(来|得)",
        r"(数据|字段).{0,6}(血缘|来源于|来自哪)|来自哪(个|些)(系统|来源|字段)|取自哪",
        r"(?i)\bwhere (does|do|did|is|are) .{2,60}\b(come|came|coming) from\b|\b(data )?lineage\b",
        r"(?i)\bwhich (source|system|field)s? (is|are|does|do|fills?)\b",
        r"(?i)\bhow (is|are) (the )?(amounts?|payments?( received)?|contract amount|won amount|received)( amount)? "
        r"(computed|calculated|made)\b",
    )
    examples = (
        Example("回款金额怎么来的", shown=True),
        Example("数据血缘"),
        Example("合同额这个数怎么来的"),
        Example("线索的来源渠道取自哪个字段"),
        Example("MQL→SQL 转化率的数据来自哪些系统"),
        Example("HT-2025-0004 这个合同的数从哪来"),
        Example("SK000012 这笔回款怎么来的"),
        Example("投产比用到了哪些数据"),
        Example("where does the payment amount come from", "en", shown=True),
        Example("show the data lineage", "en"),
        Example("how is the contract amount computed", "en"),
        Example("which source fills the lead's channel", "en"),
        Example("where does SK000012 come from", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, database: Database, public_url: str, time_zone: str) -> None:
        self._database, self._public_url, self._zone = database, public_url, ZoneInfo(time_zone)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """One card: a record that is named, else a metric or field, else everything."""
        if not isinstance(happening, Message) or happening.press:
            return []
        text = happening.text
        return [Reply(context.to, card=await self._database.read(lambda store: self._card(store, text, context)))]

    def _card(self, store: Store, text: str, context: Context) -> Card:
        lineage, versions = read_lineage(store)
        cards = LineageCards(lineage, versions, context.language, self._public_url)
        if found := self._record(store, text, context):
            return cards.record(found)
        meant = asked(text, lineage)
        if meant == Asked():
            return cards.overview()
        return cards.metric(lineage.metrics[meant.metric]) if meant.metric else cards.field(meant.entity, meant.field)

    def _record(self, store: Store, text: str, context: Context) -> Trail | None:
        """The first record that the asker may see under a number in the text."""
        for id_ in record_ids(text)[:_MOST]:
            for entity in load_entities():
                if found := trail(store, context.person, entity, id_, context.language, self._zone):
                    return found
        return None
