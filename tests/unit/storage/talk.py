"""A customer, a dialogue with them, and what may be made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.contracts.listening import Evidence, Side, Signal, Source, Utterance, Word
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store
from tests.unit.storage.company import NOW, REP

MINUTE = timedelta(minutes=1)
SAID = (
    Utterance(
        "u1", "张工您好", Side.OURS, "张敏", NOW, 0.0, 1.5, (Word("张工", 0.0, 0.8, 0.9), Word("您好", 0.8, 1.5))
    ),
    Utterance("u2", "你们太贵了", Side.THEIRS, "张工", NOW + MINUTE, 2.0, 3.5),
    Utterance("u3", "周五前给您新报价", Side.OURS, "张敏", NOW + 2 * MINUTE, 4.0, 6.0),
    Utterance("u4", "嗯", Side.UNKNOWN),
)
PRICE = Signal("price_objection", 0.9, (Evidence("d1", "u2", "太贵了", NOW + MINUTE, 2.0),), {"rival": "恒力达"})


def record(id_: str = "d1", **changes: object) -> DialogueRecord:
    """A recording of the first rep with C1 about the deal O1."""
    plain = DialogueRecord(id_, Source.RECORDING, NOW, "C1", REP.id, "O1", "初次拜访", NOW)
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def customer(store: Store, id_: str = "C1", owner: str = "E1001", region: str = "华东") -> None:
    """A customer with a deal: C1 has O1."""
    store.customers.upsert(Customer(id_, f"客户{id_}", owner_id=owner, region=region))
    store.deals.upsert_all([Deal(f"O{id_[1:]}", id_, owner_id=owner, stage="quote")])


def talk(store: Store, id_: str = "d1", said: Sequence[Utterance] = SAID, **changes: object) -> None:
    """A dialogue that is ready."""
    assert store.dialogues.open(record(id_, **changes))
    assert store.dialogues.finish(id_, said)
