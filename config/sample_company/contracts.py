"""Contracts as the office keeps them: an Excel workbook, amounts in 万元."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from config.sample_company.frame import Frame
from config.sample_company.opportunities import WON, Opportunity

if TYPE_CHECKING:
    from openpyxl import Workbook

_SAME_TIME = (2020, 1, 1, 0, 0, 0)  # zip members and document properties carry no clock, so bytes repeat


@dataclass(frozen=True)
class Contract:
    """One row; `wan` in 万元; `deal` is the won opportunity behind it."""

    id: str
    opportunity: str
    customer: str
    customer_name: str
    owner: str
    product: str
    wan: float
    signed: date
    delivery: date
    terms: str
    deal: Opportunity

    @property
    def yuan(self) -> int:
        """The amount in yuan."""
        return round(self.wan * 10_000)


CONTRACT_COLUMNS = {
    "合同编号": "id",
    "商机编号": "opportunity",
    "客户编号": "customer",
    "客户名称": "customer_name",
    "签约人工号": "owner",
    "产品": "product",
    "合同金额(万元)": "wan",
    "签约日期": "signed",
    "约定交付日期": "delivery",
    "付款条款": "terms",
}


def make_contracts(frame: Frame, opportunities: Sequence[Opportunity]) -> list[Contract]:
    """One for each won opportunity, numbered by year and in order of signing."""
    dice = frame.dice("contracts")
    won = [(o.closed, o) for o in opportunities if o.outcome == WON and o.closed]
    won.sort(key=lambda pair: (pair[0], pair[1].id))
    return [
        Contract(
            id=f"HT-{signed.year}-{number:04d}",
            opportunity=deal.id,
            customer=deal.customer_id,
            customer_name=deal.customer.name,
            owner=deal.owner,
            product=deal.product,
            wan=round(deal.amount / 10_000 * dice.uniform(0.94, 1.0), 1),
            signed=signed,
            delivery=signed + timedelta(days=dice.randint(40, 100)),
            terms="30% 预付，60% 到货，10% 质保一年",
            deal=deal,
        )
        for number, (signed, deal) in enumerate(won, 1)
    ]


def workbook(contracts: Sequence[Contract]) -> bytes:
    """An .xlsx with one sheet, 合同台账; dates are real Excel dates."""
    from openpyxl import Workbook  # 0.3 s: only when generating

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("openpyxl made a workbook without a sheet")
    sheet.title = "合同台账"
    sheet.append(list(CONTRACT_COLUMNS))
    for contract in contracts:
        sheet.append([getattr(contract, attribute) for attribute in CONTRACT_COLUMNS.values()])
    return _timeless(book)


def _timeless(book: "Workbook") -> bytes:
    """The saved workbook without the time of saving, which openpyxl writes in two places."""
    saved, result = io.BytesIO(), io.BytesIO()
    book.save(saved)
    now = f"{book.properties.modified:%Y-%m-%dT%H:%M:%SZ}".encode()
    created = f"{book.properties.created:%Y-%m-%dT%H:%M:%SZ}".encode()
    then = f"{datetime(*_SAME_TIME[:6]):%Y-%m-%dT%H:%M:%SZ}".encode()  # noqa: DTZ001 - zip times have no zone
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = content.replace(now, then).replace(created, then)
            target.writestr(zipfile.ZipInfo(name, _SAME_TIME), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()
