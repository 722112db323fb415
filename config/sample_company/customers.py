"""The CRM's customers: 400 rows, among them duplicates, industries off the golden list, and gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from config.sample_company.catalog import OFF_LIST_INDUSTRIES
from config.sample_company.companies import Company
from config.sample_company.frame import Frame, between
from config.sample_company.manifest import Duplicate
from config.sample_company.names import HOMOPHONES
from config.sample_company.people import Person

ROWS = 400
DUPLICATE_KINDS = ("suffix",) * 4 + ("branch",) * 3 + ("typo",) * 3 + ("english",) * 2
_GAPS = {"industry": 8, "yearly_wan": 26, "level": 10}  # attribute → rows left empty


@dataclass(frozen=True)
class Customer:
    """One row of the CRM; `yearly_wan` is yearly purchases in 万元. `company` is the truth behind the row."""

    id: str
    name: str
    industry: str
    province: str
    region: str
    yearly_wan: int | None
    owner: str
    level: str
    created: date
    company: Company
    kind: str = ""  # how it duplicates another row, or empty


CUSTOMER_COLUMNS = {
    "客户编号": "id",
    "客户名称": "name",
    "行业": "industry",
    "省份": "province",
    "大区": "region",
    "年采购额(万元)": "yearly_wan",
    "负责人工号": "owner",
    "等级": "level",
    "创建日期": "created",
}


def make_customers(frame: Frame, people: list[Person], source: Iterator[Company]) -> list[Customer]:
    """400 rows by date of creation: a smaller id is an older row."""
    dice = frame.dice("customers")
    first = [_customer(frame, dice, people, next(source)) for _ in range(ROWS - len(DUPLICATE_KINDS))]
    rows = first + _copies(frame, dice, people, first)
    rows.sort(key=lambda c: (c.created, c.name))
    numbered = [replace(row, id=f"C{n:04d}") for n, row in enumerate(rows, 1)]
    return _spoil(dice, numbered)


def duplicates(customers: Sequence[Customer]) -> tuple[Duplicate, ...]:
    """The planted pairs, older row first."""
    originals = {c.company: c.id for c in customers if not c.kind}
    return tuple(Duplicate(originals[c.company], c.id, c.kind) for c in customers if c.kind)


def missing(customers: Sequence[Customer]) -> dict[str, tuple[str, ...]]:
    """Column → the customers for whom it is empty."""
    return {
        header: tuple(c.id for c in customers if getattr(c, attribute) in (None, ""))
        for header, attribute in CUSTOMER_COLUMNS.items()
        if attribute in _GAPS
    }


def off_list(customers: Sequence[Customer]) -> tuple[str, ...]:
    """Customers whose industry is not on the golden list."""
    return tuple(c.id for c in customers if c.industry in OFF_LIST_INDUSTRIES)


def _customer(frame: Frame, dice: Random, people: list[Person], company: Company) -> Customer:
    old = dice.random() < 0.6
    newest = frame.start if old else frame.today - timedelta(days=60)
    created = between(dice, frame.start - timedelta(days=1600 if old else 0), newest)
    yearly = min(4800, max(20, round(dice.lognormvariate(5.2, 1.0))))
    return Customer(
        id="",
        name=company.name,
        industry=company.industry.label,
        province=company.city.province,
        region=company.city.region,
        yearly_wan=yearly,
        owner=_owner(frame, dice, people, company).id,
        level="A" if yearly >= 500 else "B" if yearly >= 150 else "C",
        created=created,
        company=company,
    )


def _owner(frame: Frame, dice: Random, people: list[Person], company: Company) -> Person:
    return dice.choice([p for p in people if p.role == "销售" and p.region == company.city.region])


def _copies(frame: Frame, dice: Random, people: list[Person], first: list[Customer]) -> list[Customer]:
    """Rows that another rep entered later for a company that was already there."""
    typo_first = [c for c in first if c.company.brand[1] in HOMOPHONES]
    chosen = dice.sample(typo_first, len(DUPLICATE_KINDS))
    return [
        replace(
            row,
            name=_other_name(row.company, kind),
            kind=kind,
            owner=_owner(frame, dice, people, row.company).id,
            created=between(dice, row.created + timedelta(days=5), frame.today - timedelta(days=30)),
        )
        for row, kind in zip(chosen, DUPLICATE_KINDS, strict=True)
    ]


def _other_name(company: Company, kind: str) -> str:
    spell = {
        "suffix": company.longer_name,
        "branch": company.branch_name,
        "typo": company.mistyped_name,
        "english": company.english_name,
    }
    return spell[kind]()


def _spoil(dice: Random, customers: list[Customer]) -> list[Customer]:
    """Leave gaps and write industries as people type them, in rows that are not part of a duplicate pair."""
    paired = {c.company for c in customers if c.kind}
    rows = {c.id: c for c in customers}
    plain = [c.id for c in customers if c.company not in paired]
    spoiled = dice.sample(plain, len(OFF_LIST_INDUSTRIES) + sum(_GAPS.values()))
    for industry in OFF_LIST_INDUSTRIES:
        id_ = spoiled.pop()
        rows[id_] = replace(rows[id_], industry=industry)
    for attribute, count in _GAPS.items():
        for _ in range(count):
            id_ = spoiled.pop()
            rows[id_] = _without(rows[id_], attribute)
    return list(rows.values())


def _without(customer: Customer, attribute: str) -> Customer:
    if attribute == "yearly_wan":
        return replace(customer, yearly_wan=None)
    return replace(customer, level="") if attribute == "level" else replace(customer, industry="")
