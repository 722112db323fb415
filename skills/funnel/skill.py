"""漏斗: how leads become money, why that changed, who was rejected wrongly, what to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Card, Context, Example, Happening, Message, Outcome, Reply, Role
from knowledge.funnel.stored import Facts, explain, facts
from knowledge.metrics.periods import last_days
from skills.funnel import cards
from skills.funnel.understanding import PATTERNS, Question, understand
from skills.funnel.words import FEW, Words

if TYPE_CHECKING:
    from knowledge.playbook.vocabulary import Vocabulary
    from storage.database import Database
    from storage.store import Store

READERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.CHANNEL_OWNER, Role.SALES_OPS, Role.ADMIN})
USUAL = 30  # days of a "why" without a period
WIDER = 90  # days that are looked at besides, where a period has few leads


class FunnelSkill:
    """Answers with counts over the leads that the asker may see; names only of leads to call again."""

    name = "funnel"
    commands = ("漏斗", "转化漏斗", "funnel")
    patterns = tuple(pattern for _, pattern in PATTERNS)
    examples = (
        Example("线索转化率怎么样", shown=True, roles=READERS),
        Example("上周华东线索转化为什么跌了", shown=True, roles=READERS),
        Example("拒绝的线索里有多少后来成交", roles=READERS),
        Example("新能源转化为什么低", roles=READERS),
        Example("各行业转化和基准比怎么样", roles=READERS),
        Example("预算该往哪调", roles=READERS),
        Example("还有哪些数据没接入", roles=READERS),
        Example("看看转化漏斗", roles=READERS),
        Example("本月华南的线索转化率", roles=READERS),
        Example("被判无效的线索能救回来多少", roles=READERS),
        Example("what is our lead conversion rate", "en", shown=True, roles=READERS),
        Example("why did lead conversion drop last week in East China", "en", shown=True, roles=READERS),
        Example("how many rejected leads converted later", "en", roles=READERS),
        Example("where should the budget go", "en", roles=READERS),
        Example("which data is not connected yet", "en", roles=READERS),
    )
    roles = READERS
    private = True

    def __init__(self, database: Database, vocabulary: Vocabulary, public_url: str, time_zone: str) -> None:
        self._database, self._vocabulary = database, vocabulary
        self._url = f"{public_url}/funnel"
        self._zone = ZoneInfo(time_zone)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """One card."""
        if not isinstance(happening, Message) or happening.press:
            return []
        today = context.now.astimezone(self._zone).date()
        asked = understand(happening.text, self._vocabulary, today)
        return [Reply(context.to, card=await self._database.read(lambda store: self._answer(store, asked, context)))]

    def _answer(self, store: Store, asked: Question, context: Context) -> Card:
        words = Words(context.language)
        where = {"region": asked.region} if asked.region else {}
        deep = asked.intent in {"rejected", "advice"}
        scope = store, context.person, context.now, self._zone
        found = facts(*scope, period=asked.period, where=where, dimensions=("channel",), deep=deep)
        if asked.intent == "connected":
            return cards.connected(found, words, self._url)
        if not found.whole:
            return cards.overview(found, asked, words, self._url)
        if asked.intent == "why":
            return self._why(store, found, asked, context, words)
        if asked.intent == "rejected":
            names = {one.id: one.name for one in store.people.visible_to(context.person)}
            return cards.rejected(found, names, words, self._url)
        if asked.intent == "advice":
            return cards.advice(found, words, self._url)
        show = cards.industry if asked.intent == "industry" else cards.overview
        return show(found, asked, words, self._url)

    def _why(self, store: Store, found: Facts, asked: Question, context: Context, words: Words) -> Card:
        """Over the days asked for; over more days too, where these have too few leads to tell."""
        today = context.now.astimezone(self._zone).date()
        where = {name: value for name, value in (("region", asked.region), ("industry", asked.industry)) if value}
        scope = store, context.person, context.now, self._zone
        why = explain(*scope, asked.period or last_days(USUAL, today), where)
        few = min(why.reasons.before.n, why.reasons.after.n) < FEW
        wider = explain(*scope, last_days(WIDER, today), where) if few else None
        return cards.why(why, wider, words.late(found), asked, words, self._url)
