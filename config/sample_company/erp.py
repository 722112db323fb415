"""Orders and the events around them: confirmed, purchase order, production, people, payment forecast, shipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from config.sample_company.contracts import Contract
from config.sample_company.frame import Frame, at, in_hours
from config.sample_company.manifest import StalledOrder

LARGE_CNY = 1_000_000  # from here on HR assigns people
LIMIT_MINUTES = 15  # order.confirmed → purchase_order.created
_LATE_SHARE = 0.09


@dataclass(frozen=True)
class Order:
    """One ERP order; `yuan` is its amount; `answered` is when its purchase order was made, if ever."""

    id: str
    contract: str
    customer: str
    region: str
    product: str
    yuan: int
    confirmed: datetime
    answered: datetime | None
    status: str
    delivery: date


ORDER_COLUMNS = {
    "order_no": "id",
    "contract_no": "contract",
    "customer_no": "customer",
    "region": "region",
    "item": "product",
    "amount_cny": "yuan",
    "confirmed_at": "confirmed",
    "status": "status",
    "delivery_date": "delivery",
}


def make_orders(frame: Frame, contracts: Sequence[Contract]) -> list[Order]:
    """One for each contract, confirmed on the day of signing; the newest one stalls."""
    dice = frame.dice("erp")
    orders = [_order(frame, dice, n, contract) for n, contract in enumerate(contracts[:-1], 1)]
    return [*orders, _stalled(len(contracts), contracts[-1])]


def stalled(orders: Sequence[Order]) -> StalledOrder:
    """The one order without a purchase order."""
    (order,) = (o for o in orders if o.answered is None)
    return StalledOrder(order.id, order.contract, order.confirmed.isoformat())


def late(orders: Sequence[Order]) -> tuple[str, ...]:
    """Orders whose purchase order took more than 15 minutes."""
    limit = timedelta(minutes=LIMIT_MINUTES)
    return tuple(o.id for o in orders if o.answered and o.answered - o.confirmed > limit)


def events(frame: Frame, orders: Sequence[Order]) -> list[dict[str, object]]:
    """CloudEvents 1.0 as the message bus recorded them, in order of time, none after the end of yesterday."""
    dice = frame.dice("events")
    rows = [event for order in orders for event in _events(dice, order)]
    happened = [row for row in rows if row[0] < frame.midnight]
    happened.sort(key=lambda row: (row[0], row[3].id))
    return [_cloud_event(n, *row) for n, row in enumerate(happened, 1)]


def _order(frame: Frame, dice: Random, number: int, contract: Contract) -> Order:
    confirmed = in_hours(dice, contract.signed, 9, 16)
    is_late = dice.random() < _LATE_SHARE
    minutes = dice.randint(16, 55) if is_late else dice.randint(2, 13)
    answered = confirmed + timedelta(minutes=minutes, seconds=dice.randrange(60))
    status = "已发货" if contract.delivery < frame.today else "生产中"
    return _row(number, contract, confirmed, answered, status)


def _stalled(number: int, contract: Contract) -> Order:
    return _row(number, contract, at(contract.signed, 16, 20), None, "已确认")


def _row(number: int, contract: Contract, confirmed: datetime, answered: datetime | None, status: str) -> Order:
    return Order(
        id=f"SO{number:05d}",
        contract=contract.id,
        customer=contract.customer,
        region=contract.deal.customer.region,
        product=contract.product,
        yuan=contract.yuan,
        confirmed=confirmed,
        answered=answered,
        status=status,
        delivery=contract.delivery,
    )


_Happening = tuple[datetime, str, str, Order, dict[str, object]]


def _events(dice: Random, order: Order) -> list[_Happening]:
    """What each system reported: time, source, type, order, data."""
    base: dict[str, object] = {"order_no": order.id, "amount_cny": order.yuan, "region": order.region}
    confirmed = base | {"contract_no": order.contract, "customer_no": order.customer, "item": order.product}
    rows: list[_Happening] = [(order.confirmed, "/crm", "order.confirmed", order, confirmed)]
    if order.answered is None:
        return rows
    later = order.answered + timedelta(minutes=dice.randint(5, 50))
    shipped = at(order.delivery, dice.randint(9, 16), dice.randrange(60))
    number = f"PO{order.id[2:]}"
    large = order.yuan >= LARGE_CNY
    staffed = [(later + timedelta(minutes=35), "/hr", "staff.assigned", order, base | _staff(order))] if large else []
    return [
        *rows,
        *staffed,
        (order.answered, "/erp", "purchase_order.created", order, base | {"purchase_order_no": number}),
        (later, "/mes", "production.scheduled", order, base | {"due_date": order.delivery.isoformat()}),
        (later + timedelta(minutes=3), "/finance", "payment.forecast", order, base | _forecast(order)),
        (shipped, "/erp", "goods.shipped", order, base),
    ]


def _staff(order: Order) -> dict[str, object]:
    number = int(order.id[2:])
    return {"staff": [f"H{100 + number % 17:04d}", f"H{120 + number % 11:04d}"]}


def _forecast(order: Order) -> dict[str, object]:
    return {"expected_cny": order.yuan * 6 // 10, "expected_on": order.delivery.isoformat()}


def _cloud_event(
    number: int, time: datetime, source: str, kind: str, order: Order, data: dict[str, object]
) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"evt-{number:06d}",
        "source": source,
        "type": kind,
        "subject": order.id,
        "time": time.isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
