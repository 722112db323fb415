"""客户: answers only from the customers that the asker may see (D9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.contracts import Context, Example, Happening, Message, Outcome, Person, Remember, Reply, Role
from config.locales import t
from knowledge.playbook.printable import printable
from knowledge.playbook.vocabulary import Vocabulary
from skills.customers.cards import list_card, owner_lines, plain
from skills.customers.conditions import read_conditions
from skills.customers.understanding import Intent, intent_of, name_asked

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.customers import Customer
    from storage.store import Store

PAGE = 500
LONGEST_NAME = 60  # characters
LONGEST_QUESTION = 300


class CustomersSkill:
    """Who, how many, whose. A customer who doesn't exist and one who is not yours look the same."""

    name = "customers"
    commands = ("我的客户",)
    # Each ends where the question ends: "我的客户说太贵了" and "有几个客户嫌贵" are not about the list.
    patterns = (
        r"(多少|几)[个家]?客户[吗呢\s?？。]*$|客户(有|一共有|总共有)?(多少|哪些|几)[个家]?[\s?？。]*$",
        r"^\s*(看看?|列出|查一?下)?(我的)?客户(名单|列表|清单)?(有哪些|都有谁|有谁)?[\s?？。]*$",
        r"(是|归|由)?谁(在)?(负责|跟进|对接)[的呢\s?？。]*$|(是|归)谁的客户",
        r"(?i)\b(how many|list|show)\b.{0,20}\b(customers|accounts)\b|^\s*(my |our )?(customers|accounts)[\s?.]*$",
        r"(?i)\bwho (owns|handles|looks after|is responsible for|is in charge of)\b",
    )
    examples = (
        Example("我的客户有哪些", shown=True),
        Example("华东有多少客户", shown=True),
        Example("我有几个客户"),
        Example("汽车零部件行业的客户有多少"),
        Example("列出江苏的客户"),
        Example("A级客户名单"),
        Example("这家公司是谁负责", shown=True),
        Example("苏州的这个客户归谁跟进"),
        Example("我们团队一共有多少家客户"),
        Example("my customers", "en", shown=True),
        Example("how many customers do I have", "en", shown=True),
        Example("who is responsible for this customer", "en", shown=True),
        Example("list my accounts in East China", "en"),
        Example("which customers are in new energy", "en"),
    )
    roles: frozenset[Role] = frozenset()

    def __init__(self, database: Database, vocabulary: Vocabulary | None = None) -> None:
        self._database = database
        self._vocabulary = vocabulary or Vocabulary.load()

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message."""
        if not isinstance(happening, Message):
            return []
        text = printable(happening.text)[:LONGEST_QUESTION]
        intent = intent_of(text, str(context.memory.get("intent", "")))
        if intent in {"count", "list"}:
            return await self._many(text, intent, context)
        return await self._one(text, intent, context)

    async def _many(self, text: str, intent: Intent, context: Context) -> Sequence[Outcome]:
        visible = await self._database.read(lambda store: _all_visible(store, context.person))
        conditions = read_conditions(text, visible, self._vocabulary)
        found = conditions.meet(visible, self._vocabulary)
        what = conditions.labels(self._vocabulary, context.language)
        remark = plain(conditions.rest)
        misread = t("customers.misread", context.language, rest=remark) if remark else ""
        await self._note(f"customers.{intent}", found, context)
        return [self._reply(found, what, misread, intent, context), Remember({"intent": intent})]

    def _reply(self, found: Sequence[Customer], what: str, misread: str, intent: Intent, context: Context) -> Reply:
        if intent == "list" and found:
            return Reply(context.to, misread, card=list_card(found, what, context.language))
        key = "customers.counted_where" if what else "customers.counted"
        counted = t(key, context.language, count=len(found), what=what)
        return Reply(context.to, "\n".join(line for line in (misread, counted) if line))

    async def _one(self, text: str, intent: Intent, context: Context) -> Sequence[Outcome]:
        found = await self._database.read(lambda store: _named(store, context.person, text))
        if not found:
            return [Reply(context.to, t("customers.none", context.language))]
        await self._note("customers.one", found, context)
        if intent == "owner":
            return [Reply(context.to, owner_lines(found, context.person.id, context.language))]
        return [Reply(context.to, card=list_card(found, "", context.language))]

    async def _note(self, action: str, found: Sequence[Customer], context: Context) -> None:
        """D10: who saw which customers."""
        ids = [customer.id for customer in found[:20]]
        detail = {"count": len(found), "customers": ids}
        await self._database.write(
            lambda store: store.audit.add(context.person.id, action, "customers", detail, context.now)
        )


def _all_visible(store: Store, viewer: Person) -> list[Customer]:
    count = store.customers.count(viewer)
    pages = [store.customers.visible_to(viewer, limit=PAGE, offset=offset) for offset in range(0, count, PAGE)]
    return [customer for page in pages for customer in page]


def _named(store: Store, viewer: Person, text: str) -> list[Customer]:
    """Customers whose name the text has, or whose name has what the text asks for."""
    if found := store.customers.mentioned_in(viewer, text):
        return found
    name = name_asked(text)
    return store.customers.visible_to(viewer, name=name, limit=3) if 2 <= len(name) <= LONGEST_NAME else []
