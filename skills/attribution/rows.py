"""The rows behind one journey, as far as the viewer may see them, down to the rows of the sources they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.contracts import Person

if TYPE_CHECKING:
    from storage.store import Store

FEN = 100
ROWS_OF_A_SOURCE = 5  # for each record
PRIVATE = frozenset({"contact", "mobile", "email"})  # who it was is not asked here
LEFT_OUT = PRIVATE | {"id"}
MASK = "•••"
CHINESE_MOBILE = 11  # digits


@dataclass(frozen=True, slots=True)
class Record:
    """One lead, deal, contract or payment, with the rows it came from."""

    entity: str
    id: str
    facts: Mapping[str, Any]
    sources: Sequence[tuple[str, int, Mapping[str, Any]]] = ()  # (source, line, the row as it came)


@dataclass(frozen=True, slots=True)
class Chain:
    """Touches by id (those not seen are missing), records in the order of the chain; sums in yuan."""

    touches: Mapping[str, Record] = field(default_factory=dict)
    records: Sequence[Record] = ()
    amount: float = 0.0
    paid: float = 0.0


def chain(store: Store, viewer: Person, key: str, touch_ids: Sequence[str]) -> Chain:
    """Everything about a journey; `key` is lead:…, deal:… or none:…."""
    repository = store.attribution
    kind, _, id_ = key.partition(":")
    deals = repository.rows("deal", [id_], viewer) if kind == "deal" else []
    leads = repository.rows("lead", [one["lead_id"] for one in deals] if kind == "deal" else [id_], viewer)
    if kind == "lead":
        deals = repository.deals_of([id_], viewer)
    contracts = repository.contracts_of([one["id"] for one in deals], viewer)
    payments = repository.payments_of([one["id"] for one in contracts], viewer)
    touches = repository.rows("touch", touch_ids, viewer)
    groups = (
        ("lead", leads if kind != "none" else []),
        ("deal", deals),
        ("contract", contracts),
        ("payment", payments),
    )
    records = [_record(store, entity, row) for entity, rows in groups for row in rows]
    return Chain(
        {row["id"]: _record(store, "touch", row) for row in touches},
        records,
        sum(_fen(row, "amount_fen") for row in contracts) / FEN,
        sum(_fen(row, "amount_fen") for row in payments if row["paid"] is not None) / FEN,
    )


def _fen(row: Mapping[str, Any], column: str) -> int:
    """Whole 分 of a column that is read in yuan."""
    return int((row[column] or Decimal(0)) * FEN)


def _record(store: Store, entity: str, row: Mapping[str, Any]) -> Record:
    facts = {
        name.removesuffix("_fen"): value for name, value in row.items() if name not in LEFT_OUT and _is_said(value)
    }
    private = {_letters(row[name]) for name in PRIVATE if row.get(name)}
    return Record(entity, row["id"], facts, _sources(store, entity, row["id"], private))


def _is_said(value: object) -> bool:
    return value is not None and value not in ("", ())


def _sources(store: Store, entity: str, id_: str, private: Set[str]) -> list[tuple[str, int, Mapping[str, Any]]]:
    """Where a record came from, as it came but for who it was."""
    found = store.landing.rows_of(entity, id_)[:ROWS_OF_A_SOURCE]
    return [(row.source, row.line, _masked(row.data, private)) for row in found]


def _masked(data: Mapping[str, Any], private: Set[str]) -> dict[str, Any]:
    return {name: MASK if _letters(value) in private else value for name, value in data.items()}


def _letters(value: object) -> str:
    """However it is written in its source: +86 199-0000-0001 is 19900000001."""
    text = "".join(character for character in str(value).casefold() if character.isalnum())
    return text.removeprefix("86") if len(text) == CHINESE_MOBILE + 2 else text
