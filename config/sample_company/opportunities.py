"""Sales opportunities: from which lead, who works on them, how far they came, and how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from config.sample_company.catalog import (
    COMPETITORS,
    HIGHEST_PRICE,
    LOWEST_PRICE,
    PRODUCTS,
    STAGES,
    Product,
)
from config.sample_company.customers import Customer
from config.sample_company.frame import Frame, between, on_workday
from config.sample_company.leads import Lead
from config.sample_company.people import Person, reps_of

OPEN, WON, LOST = "进行中", "赢单", "输单"
LAST_WEEK_QUOTED = 32  # open opportunities that get a quote in the last full week
_WITHOUT_LEAD = 60  # repeat business: no lead came before it
_LOST_REASONS = ("价格", "竞品", "预算取消", "项目延期", "无响应")


@dataclass(frozen=True)
class Opportunity:
    """One row; `amount` in yuan. `reached` (stage → day entered) becomes the stage history."""

    id: str
    name: str
    customer: Customer
    customer_id: str
    lead_id: str
    owner: str
    product: str
    stage: str
    amount: int
    competitor: str
    created: date
    expected: date
    closed: date | None
    outcome: str
    lost_reason: str
    updated: date
    model: Product
    reached: dict[str, date]
    fresh_quote: bool = False  # quoted in the last full week


OPPORTUNITY_COLUMNS = {
    "商机编号": "id",
    "商机名称": "name",
    "客户编号": "customer_id",
    "线索编号": "lead_id",
    "负责人工号": "owner",
    "产品": "product",
    "阶段": "stage",
    "预计金额(元)": "amount",
    "主要竞品": "competitor",
    "创建日期": "created",
    "预计成交日期": "expected",
    "关闭日期": "closed",
    "结果": "outcome",
    "输单原因": "lost_reason",
    "最近跟进日期": "updated",
}


@dataclass(frozen=True)
class StageEntry:
    """The day an opportunity entered a stage."""

    opportunity: str
    stage: str
    entered: date


STAGE_COLUMNS = {"商机编号": "opportunity", "阶段": "stage", "进入日期": "entered"}


def make_opportunities(
    frame: Frame, people: list[Person], customers: list[Customer], leads: Sequence[Lead]
) -> list[Opportunity]:
    """One for each lead that converts and each repeat order, in order of creation."""
    dice = frame.dice("opportunities")
    starts = [(x.converts, x.customer, x.id) for x in leads if x.converts and x.customer]
    starts += [_repeat(frame, dice, customers) for _ in range(_WITHOUT_LEAD)]
    starts.sort(key=lambda start: (start[0], start[2], start[1].id))
    rows = [_opportunity(frame, dice, people, n, *start) for n, start in enumerate(starts, 1)]
    return _finish_one_yesterday(frame, _quote_last_week(frame, dice, rows))


def stage_history(opportunities: Sequence[Opportunity]) -> list[StageEntry]:
    """Every stage of every opportunity, in order."""
    return [StageEntry(o.id, stage, day) for o in opportunities for stage, day in o.reached.items()]


def _repeat(frame: Frame, dice: Random, customers: list[Customer]) -> tuple[date, Customer, str]:
    customer = dice.choice([c for c in customers if c.created < frame.start])
    return on_workday(between(dice, frame.start, frame.today - timedelta(days=10))), customer, ""


def _opportunity(
    frame: Frame, dice: Random, people: list[Person], number: int, created: date, customer: Customer, lead: str
) -> Opportunity:
    product = dice.choices(PRODUCTS, [p.weight for p in PRODUCTS])[0]
    units = dice.choices((1, 2, 3), (78, 17, 5))[0]
    wan = min(HIGHEST_PRICE, max(LOWEST_PRICE, product.price * units * dice.uniform(0.88, 1.15)))
    length = dice.randint(35, 130)
    end = on_workday(created + timedelta(days=length))
    outcome = OPEN if end >= frame.today else WON if dice.random() < 0.37 else LOST
    stage = _stage(dice, outcome, (frame.today - created).days / length)
    reached = _reached(stage, outcome, created, min(end, frame.today - timedelta(days=1)))
    return Opportunity(
        id=f"OP{number:05d}",
        name=f"{customer.company.city.label}{customer.company.brand} {product.label}{units}台套",
        customer=customer,
        customer_id=customer.id,
        lead_id=lead,
        owner=_owner(dice, people, customer, created).id,
        product=product.model,
        stage=stage,
        amount=round(wan) * 10_000,
        competitor=dice.choice(COMPETITORS) if dice.random() < 0.7 else "",
        created=created,
        expected=end,
        closed=None if outcome == OPEN else end,
        outcome=outcome,
        lost_reason=dice.choices(_LOST_REASONS, (34, 26, 16, 14, 10))[0] if outcome == LOST else "",
        updated=max(reached.values()),
        model=product,
        reached=reached,
    )


def _owner(dice: Random, people: list[Person], customer: Customer, day: date) -> Person:
    """The customer's own rep when they had joined by then, else a colleague of the region."""
    there = reps_of(people, customer.region, day)
    return next((p for p in there if p.id == customer.owner), None) or dice.choice(there)


def _stage(dice: Random, outcome: str, progress: float) -> str:
    if outcome == WON:
        return "合同"
    if outcome == LOST:
        return dice.choices(STAGES[1:5], (15, 20, 35, 30))[0]
    return STAGES[min(4, int(progress * 5))]


def _reached(stage: str, outcome: str, created: date, end: date) -> dict[str, date]:
    """Stages up to `stage`, evenly over the time; a won deal enters its contract on the last day."""
    stages = STAGES[: STAGES.index(stage) + 1]
    share = len(stages) - 1 if outcome == WON else len(stages)
    step = (end - created).days / max(1, share)
    return {name: created + timedelta(days=round(n * step)) for n, name in enumerate(stages)}


def _quote_last_week(frame: Frame, dice: Random, rows: list[Opportunity]) -> list[Opportunity]:
    """Bring 32 open opportunities to the stage of quoting before or in the last full week."""
    monday, _ = frame.last_week
    ready = [o for o in rows if o.outcome == OPEN and o.created <= monday - timedelta(days=10)]
    ready.sort(key=lambda o: STAGES.index(o.stage), reverse=True)
    chosen = {o.id for o in ready[:LAST_WEEK_QUOTED]}
    return [_quoted(dice, o, monday) if o.id in chosen else o for o in rows]


def _quoted(dice: Random, row: Opportunity, monday: date) -> Opportunity:
    stage = dice.choice(("报价", "谈判"))
    reached = _reached(stage, OPEN, row.created, monday)
    competitor = row.competitor or dice.choice(COMPETITORS)
    return replace(
        row, stage=stage, reached=reached, competitor=competitor, updated=max(reached.values()), fresh_quote=True
    )


def _finish_one_yesterday(frame: Frame, rows: list[Opportunity]) -> list[Opportunity]:
    """The newest won deal closed on the last working day: its order is the one that will stall."""
    won = [o for o in rows if o.outcome == WON]
    newest = max(won, key=lambda o: (o.closed or o.created, o.id))
    day = frame.last_workday
    done = replace(newest, closed=day, updated=day, expected=day, reached=newest.reached | {"合同": day})
    return [done if o.id == newest.id else o for o in rows]
