"""Briefs for the deck's tests: usual ones, and those that a page has hardly room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from knowledge.briefing.types import (
    Action,
    Brief,
    Column,
    Evidence,
    EvidenceRow,
    Factor,
    Finding,
    Note,
    Outcome,
    Point,
    Scope,
    Series,
    Unit,
    Value,
    Who,
    Worth,
)

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 20)
LONG = "长三角精密激光切割与智能焊接一体化成套装备（苏州工业园区）有限责任公司第二事业部" * 6
WORD = "<b>&amp;Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 8
_QUOTES: dict[str, Unit] = {"quote": "text", "customer": "text", "amount": "yuan", "above": "rate", "owner": "text"}
_DEALS: dict[str, Unit] = {
    "deal": "text", "customer": "text", "stage": "text", "amount": "yuan", "days": "days", "owner": "text"
}  # fmt: skip
_WEEKS = ("09-21", "09-28", "10-05", "10-12", "10-19", "10-26", "11-02", "11-09")


def brief(*findings: Finding, outcomes: Sequence[Outcome] = (), held: Sequence[Finding] = ()) -> Brief:
    """Of 华东组 on 2026-11-20, half past eight."""
    return Brief(
        day=DAY,
        scope=Scope("team", "华东组"),
        findings=findings,
        below=(stalled(),) if findings else (),
        held=tuple(held),
        outcomes=tuple(outcomes),
        missing=("sla",),
        notes=(Note("note.late", {"name": "展会扫码", "hours": 61}),),
        as_of=datetime(2026, 11, 20, 8, 30, tzinfo=ZONE),
    )


def quotes(*, name: str = "李伟", customer: str = "苏州精工机械", each: int = 1_466_450) -> Finding:
    """17 dear quotes, 12 of which may still be won; `each`: yuan of one."""
    cells = [(f"Q{at:05}", customer, Decimal(each + at if each else 0), 0.234, name) for at in range(5)]
    rows = tuple(EvidenceRow("quote", str(one[0]), one) for one in cells)
    points = tuple(Point(*one) for one in zip(_WEEKS, (3, 5, 1, 4, 6, 5, 7, 17), [False] * 7 + [True], strict=True))
    return Finding(
        finder="quotes",
        key="quotes:2026-11-09",
        count=17,
        amounts={f"deal:O{at}": Decimal(each) for at in range(12)},
        worth=Worth(
            Decimal(each) * 12,
            Factor(0.6739, "measured", Note("basis.explained", {"hits": 31, "n": 46}), 31, 46),
            Factor(0.788, "measured", Note("basis.unexplained", {"with": 0.67, "without": 0.14, "hits": 8, "n": 56})),
        ),
        evidence=Evidence(_columns(_QUOTES), rows, tuple(f"Q{at:05}" for at in range(17))),
        series=Series("quotes", "line", "count", points),
        action=Action("quotes", Who("E1001", name), date(2026, 11, 23)),
        owner=Who("E1001", name),
        proposal=Note("proposal.quotes", {"count": 17}),
        values={"count": 17, "above": 0.15, "open": 12},
        since=date(2026, 11, 9),
        until=date(2026, 11, 15),
    )


def stalled(points: Sequence[Point] = (Point("demo", 4), Point("quote", 9, True), Point("negotiation", 7))) -> Finding:
    """23 deals that stand still, got worse; points: by stage."""
    row = EvidenceRow("deal", "O1", ("O1", "无锡远大", "quote", Decimal(880_000), 45, "王芳"))
    return replace(
        quotes(each=150_000),
        finder="stalled",
        key="stalled",
        count=23,
        evidence=Evidence(_columns(_DEALS), (row,), ("O1",)),
        series=Series("stalled", "bar", "count", tuple(points)),
        action=Action("stalled", Who("E1002", "王芳"), date(2026, 11, 24)),
        proposal=Note("proposal.stalled"),
        values={"count": 23, "stage": "quote", "in_stage": 9, "limit": 21},
        since=None,
        until=None,
        worse=True,
    )


def late(names: Sequence[str] = ("百度竞价", "展会扫码", "抖音", "官网自然"), channel: str = "展会扫码") -> Finding:
    """A channel whose data is late; the last one of the names cost nothing."""
    spent = [1_234_567.5 / (at + 1) for at in range(len(names) - 1)] + [0.0]
    points = tuple(Point(name, value, name == channel) for name, value in zip(names, spent, strict=True))
    row = EvidenceRow("source", "touches", (channel, 61, date(2026, 11, 17), Decimal(617_283), ""))
    columns: dict[str, Unit] = {"source": "text", "hours": "count", "newest": "day", "spend": "yuan", "owner": "text"}
    values: dict[str, Value] = {"channel": channel, "hours": 61, "days": 30}
    return replace(
        quotes(each=0),
        finder="late_data",
        key=f"late_data:{channel}",
        count=1,
        evidence=Evidence(_columns(columns), (row,), ("touches",)),
        series=Series("late_data", "bar", "yuan", points),
        action=Action("late_data", Who("", ""), date(2026, 11, 20)),
        proposal=Note("proposal.late_data"),
        values=values,
        since=None,
        until=None,
    )


def outcomes() -> tuple[Outcome, ...]:
    """One that helped, one that didn't."""
    told = date(2026, 11, 10)
    return (
        Outcome("followups", "followups", told, 30, 12, Decimal(30_000_000), Decimal(9_000_000), planned=True),
        Outcome("stalled", "stalled", told, 20, 23, Decimal(9_000_000), Decimal(10_000_000)),
    )


def usual() -> Brief:
    """Three findings, two outcomes."""
    return brief(quotes(), stalled(), late(), outcomes=outcomes())


def extreme() -> Brief:
    """Texts and numbers beyond what anybody would write."""
    many = [f"{LONG[:30]}{at}" for at in range(30)]
    dear = quotes(name=LONG, customer=LONG, each=987_654_321_987)
    return brief(
        dear, late(many, WORD), replace(late([WORD, LONG], LONG), key=f"late_data:{WORD}"), outcomes=outcomes()
    )


def nothing_drawn() -> Brief:
    """A finding whose values are all nothing, and one without a single point."""
    flat = stalled([Point("demo", 0), Point("quote", 0)])
    return brief(flat, stalled([]))


def _columns(units: dict[str, Unit]) -> tuple[Column, ...]:
    return tuple(Column(*one) for one in units.items())


BRIEFS = {
    "usual": usual,
    "one finding": lambda: brief(quotes()),
    "none": brief,
    "none new": lambda: brief(held=(quotes(), stalled(), late())),
    "extreme": extreme,
    "nothing drawn": nothing_drawn,
}
"""By their names in the tests."""
