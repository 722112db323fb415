"""A5: who decides and how many take part, from what was heard, as it was known then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.contracts.listening import Side
from knowledge.risk.history import with_people
from knowledge.risk.inputs import TimeFacts
from storage.repositories.contacts import Moment
from storage.repositories.customer_people import CustomerPerson

NOW = datetime(2026, 3, 30, tzinfo=UTC)
PEOPLE = (
    CustomerPerson("P1", "C1", "王建国", decides=True, wecom="wm1"),
    CustomerPerson("P2", "C1", "李燕", wecom="wm2"),
)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


HEARD = (
    Moment(ago(30), Side.THEIRS, "wm1", "王总"),
    Moment(ago(20), Side.OURS),
    Moment(ago(19), Side.THEIRS, "wm2", "李工"),
    Moment(ago(18), Side.THEIRS, "wm9", "赵工"),
    Moment(ago(17), Side.THEIRS, "", "说话人1"),
    Moment(ago(5), Side.THEIRS, "wm1", "王总"),
)


def test_as_it_was_known_then() -> None:
    """Nothing of what came later; strangers who wrote count, unknown voices don't."""
    assert with_people(TimeFacts(ago(10)), HEARD, PEOPLE) == TimeFacts(ago(10), decision_maker_at=ago(30), contacts=3)
    assert with_people(TimeFacts(NOW), HEARD, PEOPLE).decision_maker_at == ago(5)


def test_missing_stays_missing() -> None:
    """Nobody heard, nobody listed, or no moment to look from; what was said is kept."""
    assert with_people(TimeFacts(), HEARD, PEOPLE) == TimeFacts()
    assert with_people(TimeFacts(NOW), (), PEOPLE) == TimeFacts(NOW)
    assert with_people(TimeFacts(NOW), HEARD, ()) == TimeFacts(NOW, contacts=3)
    told = TimeFacts(NOW, decision_maker_at=ago(1), contacts=0)
    assert with_people(told, HEARD, PEOPLE) == told
