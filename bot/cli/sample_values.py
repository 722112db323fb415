"""The sample company's values of every dimension, as a loaded instance would know them, without loading one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.contracts.person import Person, Role
from config.sample_company.catalog import REGIONS
from config.sample_company.company import Company, make_company
from config.sample_company.frame import Frame
from config.sample_company.generate import SEED
from knowledge.questions.outcome import KnownValues

_ROLES = {"销售": Role.REP, "主管": Role.MANAGER, "区域总监": Role.DIRECTOR, "渠道负责人": Role.CHANNEL_OWNER}
_ROLES |= {"销售运营": Role.SALES_OPS, "管理员": Role.ADMIN}
_SEVERITIES = ("P1", "P2", "P3")  # of its help desk's tickets
_STAGES = ("lead", "discovery", "demo", "quote", "negotiation", "contract")  # in which its deals are


def sample_company(today: date) -> Company:
    """All its records, in memory."""
    return make_company(Frame(today, SEED))


def sample_values(company: Company) -> KnownValues:
    """Dimension → value as stored → how people call it."""
    deals, leads, touches = company.opportunities, company.leads, company.touches
    return {
        "channel": _same(one.channel for one in leads),
        "campaign": {one.id: one.name for one in company.campaigns},
        "region": _same(REGIONS),
        "province": _same([*(one.province for one in company.customers), *(one.province for one in leads)]),
        "team": _same(one.team for one in company.people),
        "rep": {one.id: one.name for one in company.people},
        "product": _same(one.product for one in deals),
        "industry": _same([*(one.industry for one in company.customers), *(one.industry for one in leads)]),
        "stage": _same(_STAGES),
        "tier": _same(one.level for one in company.customers),
        "customer": {one.id: one.name for one in company.customers},
        "competitor": _same(one.competitor for one in deals),
        "result": _same(("open", "won", "lost")),
        "lost_reason": _same(one.lost_reason for one in deals),
        "invalid_reason": _same(one.reason for one in leads),
        "severity": _same(_SEVERITIES),
        "payment_kind": _same("refund" if one.kind == "退款" else one.kind for one in company.payments),
        "action": _same(one.action for one in touches),
        "signal_kind": {},
    }


def sample_people(company: Company) -> dict[str, Person]:
    """By employee number."""
    return {
        one.id: Person(
            one.id,
            one.name,
            _ROLES[one.role],
            one.team,
            tuple(part for part in one.region.split("、") if part in REGIONS),
            one.boss,
            one.language,
        )
        for one in company.people
    }


def _same(values: Iterable[str]) -> dict[str, str]:
    return {one: one for one in sorted(set(values)) if one}
