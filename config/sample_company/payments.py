"""Finance's ledger as an SQL dump: three instalments a contract, some late, some open, two refunds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from config.sample_company.contracts import Contract
from config.sample_company.frame import Frame

_KINDS = (("预付款", 30), ("到货款", 60), ("质保金", 10))  # percent of the contract
_DELAYS = (-2, 0, 3, 8, 15, 35, 70)  # days after the due date
_DELAY_WEIGHTS = (14, 26, 22, 16, 12, 7, 3)
_BATCH = 100  # rows an INSERT

_SCHEMA = """CREATE TABLE payments (
  receipt_no    VARCHAR(20) PRIMARY KEY,
  contract_no   VARCHAR(20) NOT NULL,
  customer_name VARCHAR(120) NOT NULL,
  kind          VARCHAR(12) NOT NULL,
  due_date      DATE NOT NULL,
  paid_date     DATE,
  amount_cny    DECIMAL(14,2) NOT NULL,
  region        VARCHAR(8) NOT NULL
);
"""


@dataclass(frozen=True)
class Payment:
    """One instalment; `fen` is the amount in 分, negative for a refund; `paid` is None while it is open."""

    id: str
    contract: str
    customer_name: str
    kind: str
    due: date
    paid: date | None
    fen: int
    region: str


def make_payments(frame: Frame, contracts: Sequence[Contract]) -> list[Payment]:
    """Every instalment that is due by 60 days from now, in order of the due date."""
    dice = frame.dice("payments")
    rows = [payment for contract in contracts for payment in _instalments(frame, dice, contract)]
    rows += _refunds(dice, rows)
    rows.sort(key=lambda p: (p.due, p.contract, p.kind))
    return [replace(p, id=f"SK{n:06d}") for n, p in enumerate(rows, 1)]


def dump(payments: Sequence[Payment]) -> str:
    """A dump in standard SQL: SQLite, MySQL and PostgreSQL load it as it is."""
    parts = ["-- 财务系统导出：回款台账（金额单位：元）\n", _SCHEMA, "BEGIN;\n"]
    for first in range(0, len(payments), _BATCH):
        values = ",\n".join(_values(p) for p in payments[first : first + _BATCH])
        parts.append(f"INSERT INTO payments VALUES\n{values};\n")
    return "".join([*parts, "COMMIT;\n"])


def _instalments(frame: Frame, dice: Random, contract: Contract) -> list[Payment]:
    dues = (contract.signed, contract.delivery, contract.delivery + timedelta(days=365))
    total = contract.yuan * 100
    rows = []
    for (kind, percent), due in zip(_KINDS, dues, strict=True):
        if due > frame.today + timedelta(days=60):
            continue
        paid = due + timedelta(days=dice.choices(_DELAYS, _DELAY_WEIGHTS)[0])
        rows.append(
            Payment(
                id="",
                contract=contract.id,
                customer_name=contract.customer_name,
                kind=kind,
                due=due,
                paid=max(paid, contract.signed) if paid < frame.today else None,
                fen=total * percent // 100,
                region=contract.deal.customer.region,
            )
        )
    return [p if p.paid is None or p.paid < frame.today else replace(p, paid=None) for p in rows]


def _refunds(dice: Random, rows: Sequence[Payment]) -> list[Payment]:
    """Part of two delivery payments went back, on the day after they came."""
    paid = [p for p in rows if p.kind == "到货款" and p.paid]
    return [replace(p, kind="退款", due=p.due, fen=-(p.fen // 10), paid=p.paid) for p in dice.sample(paid, 2)]


def _values(payment: Payment) -> str:
    paid = f"'{payment.paid}'" if payment.paid else "NULL"
    sign, fen = ("-" if payment.fen < 0 else ""), abs(payment.fen)
    return (
        f"('{payment.id}', '{payment.contract}', '{payment.customer_name}', '{payment.kind}', "
        f"'{payment.due}', {paid}, {sign}{fen // 100}.{fen % 100:02d}, '{payment.region}')"
    )
