"""The house's own registry, and values like a company's: enough to read any question with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.contracts.person import Person, Role
from knowledge.metrics.loading import load_registry
from knowledge.metrics.plan import Plan
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.questions.outcome import KnownValues, Outcome, Scope
from knowledge.questions.understanding import understand

TODAY = date(2026, 11, 20)  # a Friday
ASKER = Person("E2001", "李伟", Role.MANAGER, "华东组", ("华东",))


def _same(*values: str) -> dict[str, str]:
    return {one: one for one in values}


VALUES: KnownValues = {
    "channel": _same("代理商", "官网", "展会扫码", "抖音", "搜索", "电话外呼", "老客户转介绍", "行业媒体"),
    "campaign": {"M1": "2026-08 金属加工装备展"},
    "region": _same("华东", "华南", "华北", "华中", "西南"),
    "province": _same("上海", "江苏", "广东", "湖北"),
    "team": _same("华东组", "华南组"),
    "rep": {"E1001": "张敏", "E1002": "王磊", "E1012": "林凯文", "E2001": "李伟"},
    "product": _same("RZ-L3000", "RZ-L6000", "RZ-B110", "RZ-W"),
    "industry": _same("新能源", "汽车零部件", "农机"),
    "stage": _same("lead", "discovery", "demo", "quote", "negotiation", "contract"),
    "tier": _same("A", "B", "C"),
    "customer": {"K1": "常州建岳金属制品有限公司", "K2": "台州兆丰制冷设备有限公司"},
    "competitor": _same("恒力达", "德玛克"),
    "result": _same("open", "won", "lost"),
    "lost_reason": _same("价格", "竞品", "无响应", "项目延期"),
    "invalid_reason": _same("个人邮箱", "电话未接通"),
    "severity": _same("P1", "P2", "P3"),
    "payment_kind": _same("预付款", "到货款", "refund"),
    "action": _same("扫码", "点击", "通话"),
}
Read = Callable[..., Outcome]


@pytest.fixture(scope="session")
def scope() -> Scope:
    """Of a manager on that day."""
    return Scope(load_registry(), VALUES, Vocabulary.load(), TODAY, ASKER)


@pytest.fixture
def read(scope: Scope) -> Read:
    """Understands a sentence, after `last` if there was a question before."""

    def _read(text: str, last: Plan | None = None, language: str = "zh") -> Outcome:
        return understand(text, replace(scope, last=last, language=language))

    return _read
