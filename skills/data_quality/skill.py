"""数据质量: how good the data is, whose rows are to be mended, which customers may be one (B13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Reply, Role
from config.locales import t
from knowledge.identity.review import DECIDERS, Done, doubts, merge, one_doubt, part
from knowledge.quality.board import board, evidence, figure_of
from knowledge.quality.gates import Gate, Standards
from skills.data_quality.alarms import answered
from skills.data_quality.cards import SHOWN, Maker, pair_on
from skills.data_quality.understanding import read
from storage.repositories.impossible import Moment

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store


class DataQualitySkill:
    """Everybody sees their own rows; managers, sales ops and admins decide about doubles."""

    name = "data_quality"
    commands = ("数据质量", "查重", "data quality")
    patterns = (
        r"数据质量|数据.{0,4}(完整|准确|干净|规范|达标)|完整率|填写率|规范率",
        r"(哪些|哪几|多少|几|有没有|哪家).{0,8}(重复|查重|同一家)|重复(的)?客户|客户.{0,4}(重复|查重|去重)",
        r"(哪些|多少|几|谁).{0,6}(客户|线索|商机|合同|回款|工单).{0,6}(缺|没有?填|未填|漏填)",
        r"(客户|线索|商机|合同|回款|工单).{0,4}(缺|没填|未填|漏填)",
        r"(线索).{0,10}(无效)|无效.{0,4}线索|无效原因",
        r"(行业).{0,6}(不规范|不标准|不在.{0,4}清单)|黄金标准",
        r"回款.{0,8}(对不上|没有合同|找不到合同)|(日期|金额).{0,6}(不可能|不合理|异常)",
        r"(?i)\bdata quality\b|\bduplicate (customers?|accounts?)\b|\binvalid leads\b",
        r"(?i)\b(customers?|leads?|deals?|contracts?|payments?) (with(out)?|missing|lack)\b.{0,20}"
        r"\b(industry|tier|owner|region|amount|phone|mobile|company)\b",
    )
    examples = (
        Example("数据质量怎么样", shown=True),
        Example("有哪些重复客户", shown=True, roles=DECIDERS),
        Example("哪些客户缺行业"),
        Example("线索有多少无效的"),
        Example("客户资料填得全不全"),
        Example("哪些客户没填年采购额"),
        Example("行业写得不规范的有哪些"),
        Example("哪些回款对不上合同"),
        Example("数据达标了吗"),
        Example("查一下重复的客户"),
        Example("无效线索都是什么原因"),
        Example("有没有日期不合理的商机"),
        Example("how good is our data", "en", shown=True),
        Example("which customers are duplicates", "en", shown=True, roles=DECIDERS),
        Example("which customers have no industry", "en"),
        Example("how many leads are invalid", "en"),
        Example("payments without a contract", "en"),
        Example("show the data quality gates", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, database: Database, standards: Standards, public_url: str, zone: ZoneInfo, later: int) -> None:
        self._database, self._standards, self._public_url = database, standards, public_url
        self._zone, self._later = zone, later

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        asked = read(happening.text, self._standards)
        if asked.wish == "pairs":
            return [await self._database.read(lambda store: self._next_pair(store, context))]
        if asked.gate is not None:
            gate = asked.gate
            return [await self._database.read(lambda store: self._gate(store, gate, context))]
        return [await self._database.read(lambda store: self._board(store, context))]

    def _board(self, store: Store, context: Context) -> Reply:
        figures = board(store, context.person, self._standards, self._moment(context))
        return Reply(context.to, card=self._maker(context).board(figures))

    def _gate(self, store: Store, gate: Gate, context: Context) -> Reply:
        viewer, moment = context.person, self._moment(context)
        figure = figure_of(store, viewer, self._standards, gate, moment)
        rows = evidence(store, viewer, self._standards, gate, moment, SHOWN) if figure.bad else []
        owners = store.people.names({row.owner_id for row, _ in rows})
        return Reply(context.to, card=self._maker(context).gate(figure, rows, owners))

    def _next_pair(self, store: Store, context: Context) -> Reply:
        """The surest pair that is open; only its count for who doesn't decide."""
        count = store.identity.count(context.person)
        if not count:
            key = "pair.none" if store.identity.searched() else "pair.none_yet"
            return Reply(context.to, self._t(key, context))
        if context.person.role not in DECIDERS:
            return Reply(context.to, self._t("pair.readers", context, count=count))
        first = doubts(store, context.person, 1)[0]
        return Reply(context.to, card=self._maker(context).pair(first, count - 1, decides=True))

    async def _pressed(self, press: Press, context: Context) -> Sequence[Outcome]:
        if press.action in {"snooze", "seen"}:
            return await self._database.write(lambda store: self._answered(store, press, context))
        return await self._database.write(lambda store: self._decided(store, press, context))

    def _answered(self, store: Store, press: Press, context: Context) -> list[Outcome]:
        stored = store.cards.get(press.card_id)
        if stored is None or stored.person_id != context.person.id:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        said = answered(store, stored.context, press, context, self._later)
        if not said.done:
            return [Reply(context.to, said.text)]
        card = self._maker(context).after(stored.card, press.action, said.text)
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    def _decided(self, store: Store, press: Press, context: Context) -> list[Outcome]:
        stored = store.cards.get(press.card_id)
        if stored is None or stored.person_id != context.person.id:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        notice = self._decide(store, stored.card, press.action, context)
        card = self._maker(context).after(stored.card, press.action, notice)
        update = Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))
        return [update] if press.action == "later" else [update, self._next_pair(store, context)]

    def _decide(self, store: Store, card: Card, action: str, context: Context) -> str:
        left, right = pair_on(card)
        doubt = one_doubt(store, context.person, left, right)
        if action == "later":
            return self._t("pair.kept_for_later", context)
        if context.person.role not in DECIDERS or doubt is None:
            return self._t("pair.refused", context)
        if action == "merge":
            done: Done = merge(store, context.person, left, right, doubt.kept.id, context.now)
        else:
            done = part(store, context.person, left, right, context.now)
        key = {"merged": "pair.merged", "apart": "pair.parted"}.get(done, "pair.gone")
        return self._t(key, context, name=doubt.kept.name)

    def _maker(self, context: Context) -> Maker:
        return Maker(context.language, self._public_url)

    def _moment(self, context: Context) -> Moment:
        return Moment(context.now, self._zone)

    def _t(self, key: str, context: Context, **values: object) -> str:
        return t(f"data_quality.{key}", context.language, **values)
