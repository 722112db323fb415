"""How the sample company's ERP, MES, finance and HR answer: the chain that one confirmed order sets off (C4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.sample_company.erp import LARGE_CNY

CUSTOM = "非标"  # in an item's name: somebody at the ERP has to look at it first, so no purchase order comes by itself
_DELIVERY_DAYS = 45
_DOWN_PAYMENT = 60  # percent of the amount that finance expects on delivery

Data = Mapping[str, Any]


def play(system: str, event: Data, now: datetime | None = None) -> dict[str, Any] | None:
    """The CloudEvent by which a system answers an event; None when it only takes note.

    `event` holds the attributes and `data`, whose fields are those of the catalogue's newest version. The answer's id
    is made of the event's: asked again, a system says the same again. Data of older versions it takes note of.
    """
    answer = _ANSWERS.get((system, str(event["type"])))
    data = event.get("data") or {}
    if answer is None or "order_no" not in data or (found := answer(data, (now or datetime.now(UTC)).date())) is None:
        return None
    kind, said = found
    return {
        "specversion": "1.0",
        "id": f"{system}-{event['id']}",
        "source": f"/{system}",
        "type": kind,
        "subject": str(data["order_no"]),
        "time": (now or datetime.now(UTC)).isoformat(),
        "datacontenttype": "application/json",
        "data": {**_base(data), **said},
    }


def _base(data: Data) -> dict[str, Any]:
    return {name: data[name] for name in ("order_no", "amount_cny", "region") if data.get(name) is not None}


def _delivery(data: Data, today: date) -> str:
    return str(data.get("delivery_date") or (today + timedelta(days=_DELIVERY_DAYS)).isoformat())


def _buy(data: Data, today: date) -> tuple[str, Data] | None:
    if CUSTOM in str(data.get("item", "")):
        return None
    return "purchase_order.created", {"purchase_order_no": f"PO{str(data['order_no'])[2:]}"}


def _plan(data: Data, today: date) -> tuple[str, Data]:
    return "production.scheduled", {"due_date": _delivery(data, today)}


def _forecast(data: Data, today: date) -> tuple[str, Data] | None:
    amount = data.get("amount_cny")
    if not amount:
        return None
    return "payment.forecast", {
        "expected_cny": int(amount) * _DOWN_PAYMENT // 100,
        "expected_on": _delivery(data, today),
    }


def _staff(data: Data, today: date) -> tuple[str, Data] | None:
    if int(data.get("amount_cny") or 0) < LARGE_CNY:
        return None
    return "staff.assigned", {"staff": ["H0107", "H0112"]}


_ANSWERS: Mapping[tuple[str, str], Callable[[Data, date], tuple[str, Data] | None]] = {
    ("erp", "order.confirmed"): _buy,
    ("mes", "order.confirmed"): _plan,
    ("finance", "order.confirmed"): _forecast,
    ("hr", "order.confirmed"): _staff,
}
