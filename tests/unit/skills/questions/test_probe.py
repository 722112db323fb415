"""D9: who asks about others' rows, in whatever way, learns nothing of them: no name, no id, no number."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.contracts import Person
from bot.contracts.person import OPERATOR
from knowledge.metrics.loading import load_registry
from knowledge.metrics.plan import Plan, Span
from knowledge.metrics.refusals import NotAnswerable
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.questions.outcome import Ambiguous, Outcome, Understood
from skills.questions import cards
from skills.questions.answering import Answering, Asker
from skills.questions.desk import Desk
from skills.questions.table import table
from storage.store import Store
from storage.warehouse import Warehouse
from tests.unit.knowledge.metrics.sample_rows import sample_rows
from tests.unit.knowledge.metrics.small_company import ZONE

pytestmark = pytest.mark.asyncio(loop_scope="module")

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
YEAR = Span(date(2026, 1, 1), TODAY)
ROLES = {"rep": "E1001", "manager": "E2001", "director": "E3001", "channel_owner": "E5001"}
QUESTIONS = (
    "{rep}今年赢了几单", "{rep}的赢单额", "{rep}上个月的回款额", "{rep}有多少在谈商机", "{rep}的商机有哪些",
    "{rep}的报价有哪些", "{rep}今年的平均成交周期", "{rep}的逾期回款", "我和{rep}今年谁赢单额高",
    "{rep}的赢单率为什么跌了", "除了我，大家今年的赢单额", "各销售今年的赢单额", "赢单额前十名的销售",
    "回款最差的销售是谁", "每个销售多少在谈商机", "各销售的报价数", "各销售的合同额", "{team}今年的赢单额",
    "{team}的赢单率", "各团队今年的赢单额", "各团队的回款额", "{team}的商机有哪些", "{team}和华东组今年谁赢单多",
    "{region}今年的赢单额", "{region}的回款额", "各大区今年的赢单额", "{region}的客户有哪些", "{region}的合同有哪些",
    "{customer}的商机有哪些", "{customer}今年的合同额", "{customer}欠多少回款", "{customer}的报价",
    "{customer}是哪个等级", "哪些商机超过100万", "哪些报价超过200万", "所有合同", "逾期的回款有哪些",
    "赢单额最高的10个客户", "各客户的回款额", "各客户的工单数", "哪些线索没人跟进", "今年各渠道的线索",
    "MQL转SQL率按大区", "全公司今年的赢单额", "如果没有{rep}，今年的赢单额会怎样", "which deals does {rep} have",
    "won amount by rep this year", "top 10 customers by payments received",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """Names and ids of all rows, and of those that a viewer may see."""

    every: frozenset[str]
    own: frozenset[str]

    def leaks(self, text: str, question: str) -> list[str]:
        """What stands in an answer and is neither the viewer's nor in the question."""
        return [one for one in self.every - self.own if one in text and one not in question]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def answering(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Answering]:
    folder = tmp_path_factory.mktemp("probe")
    database = await sample_rows(migrated_sqlite, folder, TODAY)
    warehouse = Warehouse(database, folder / "warehouse", 128)
    desk = Desk(database, warehouse, load_registry, Vocabulary.load(), ZONE)
    await desk.scope("", OPERATOR, NOW, "zh")
    yield Answering(desk, folder, "")
    await warehouse.close()
    database.close()


@pytest.mark.parametrize("role", ROLES)
async def test_nothing_of_others(answering: Answering, role: str) -> None:
    """All that an answer shows, with its whole table, held against the rows of the truth."""
    desk = answering.desk
    viewer, others, truth = await desk.database.read(lambda store: look(store, ROLES[role]))
    answered = 0
    for template in QUESTIONS:
        question = template.format(**others)
        text = await told(answering, question, Asker(viewer, NOW, "zh"))
        assert truth.leaks(text, question) == [], question
        answered += "我理解为" in text
    assert answered >= 10, "a probe that is refused everything shows nothing"


@pytest.mark.parametrize("role", ROLES)
async def test_numbers_are_of_ones_own_rows(answering: Answering, role: str) -> None:
    """Counts and sums of deals equal those over the rows that the truth shows."""
    desk = answering.desk
    viewer, _, _ = await desk.database.read(lambda store: look(store, ROLES[role]))
    deals = await desk.database.read(
        lambda store: store.attribution.rows("deal", store.attribution.seen(viewer)[1], viewer)
    )
    won = [
        one for one in deals if one["result"] == "won" and one["closed"] and YEAR.first <= one["closed"] <= YEAR.last
    ]
    expected = {
        "won_deals": float(len(won)),
        "won_amount": float(sum(one["amount_fen"] or 0 for one in won)),
        "open_deals": float(sum(one["result"] == "open" for one in deals)),
    }
    for metric, number in expected.items():
        span = None if metric == "open_deals" else YEAR
        answer = await desk.answer(Plan(metrics=(metric,), span=span), viewer, NOW, "zh")
        assert (answer.result.whole.values[metric] or 0.0) == pytest.approx(number), metric
        assert answer.result.own


async def told(answering: Answering, question: str, asker: Asker) -> str:
    """Everything that the asker gets to read: card, file, or the sentence instead."""
    desk = answering.desk
    outcome = await desk.read(question, await desk.scope(question, asker.person, asker.now, asker.language))
    text = str(outcome) if not isinstance(outcome, Understood) else ""
    for plan in plans(outcome):
        if plan.kind not in {"value", "list"}:
            made = await answering.make(plan, asker, (question,))
            text += f"{made.text}{made.card or ''}"
        try:
            answer = await desk.answer(plan, asker.person, asker.now, asker.language)
        except NotAnswerable as error:
            text += answering.sorry(error, asker)
            continue
        text += "".join(f"{one.value} {one.text} " for line in table(answer).lines for one in line.cells)
        text += str(cards.answered(answer, ""))
    return text


def plans(outcome: Outcome) -> Iterator[Plan]:
    if isinstance(outcome, Understood):
        yield outcome.plan
    if isinstance(outcome, Ambiguous):
        yield from (one.plan for one in outcome.choices)


def look(store: Store, id_: str) -> tuple[Person, dict[str, str], Truth]:
    """The viewer; a rep, team, region and customer of others; what is whose."""
    viewer = store.people.get(id_)
    assert viewer
    every, own = names(store, OPERATOR), names(store, viewer)
    people = {one.id for one in store.people.visible_to(viewer)}
    reps = [one for one in store.people.visible_to(OPERATOR) if one.role == "rep" and one.id not in people]
    [rep, *_] = [one for one in reps if set(one.regions) - set(viewer.regions)]
    seen = {one.id for one in store.customers.visible_to(viewer, limit=10_000)}
    [customer, *_] = [one for one in store.customers.visible_to(OPERATOR, limit=10_000) if one.id not in seen]
    [region, *_] = [one for one in rep.regions if one not in viewer.regions]
    others = {"rep": rep.name, "team": rep.team, "region": region, "customer": customer.short_name or customer.name}
    return viewer, others, Truth(frozenset(every), frozenset(own))


def names(store: Store, viewer: Person) -> set[str]:
    """Ids and names of people, customers and deals, ids of leads."""
    customers = store.customers.visible_to(viewer, limit=10_000)
    lead_ids, deal_ids = store.attribution.seen(viewer)
    deals: list[dict[str, Any]] = store.attribution.rows("deal", deal_ids, viewer)
    found = {one.id for one in customers} | {one.name for one in customers}
    found |= {one.name for one in store.people.visible_to(viewer)}
    found |= {one["company"] for one in store.attribution.rows("lead", lead_ids, viewer)}  # who is no customer yet
    return found | set(lead_ids) | {one["id"] for one in deals} | {one["name"] for one in deals}
