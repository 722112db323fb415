"""Which customers may be one: a Splink model on DuckDB, in memory. Blocking: callers give it a thread of its own."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from knowledge.identity.model import COMPARISONS, settings
from knowledge.identity.names import taken_apart

if TYPE_CHECKING:
    import duckdb
    from splink import Linker

SEED = 20
PAIRS = 1_000_000  # strangers drawn to learn how alike they are
RECALL = 0.5  # share of all doubles whose keys and provinces are equal, on generated names
FEW = 50  # candidates: fewer tell nothing of strangers, and what ships is taken
RARE, OFTEN = 1e-7, 1e-2  # bounds of the share of pairs that are one
KNOWN = 2_000  # names that a brand's rarity is believed by from the start: few customers tell little of it
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer, or a name in another system. `reach`: telephone numbers and mail domains of its own."""

    id: str
    name: str
    industry: str = ""
    province: str = ""
    region: str = ""
    reach: tuple[str, ...] = ()
    kind: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that may be one; at least one is a customer. `levels`: comparison → level, without what is unknown."""

    left: Candidate
    right: Candidate
    probability: float
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use."""

    memory_mb: int = 512
    threads: int = 1
    folder: str = ""  # where DuckDB spills to; "": nowhere


def find_pairs(
    candidates: Sequence[Candidate],
    least: float,
    *,
    only: Collection[str] | None = None,
    limits: Limits | None = None,
) -> list[Pair]:
    """Pairs of at least this probability, the surest first. `only`: one of the two must be among these ids."""
    if len(candidates) < 2:
        return []
    by_id = {f"{one.kind} {one.id}": one for one in candidates}
    with _connection(limits or Limits()) as connection:
        linker = _linker(connection, _table(by_id, only))
        if len(candidates) >= FEW:
            linker.training.estimate_u_using_random_sampling(PAIRS, seed=SEED, min_count_per_level=None)
        rows = linker.inference.predict(threshold_match_probability=least).as_record_list()
    pairs = [_pair(by_id[row["id_l"]], by_id[row["id_r"]], row) for row in rows]
    return sorted(pairs, key=lambda pair: (-pair.probability, pair.left.id, pair.right.id))


def _connection(limits: Limits) -> duckdb.DuckDBPyConnection:
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {"threads": limits.threads}
    config["memory_limit"] = f"{limits.memory_mb}MB"
    if limits.folder:
        config["temp_directory"] = limits.folder
    return duckdb.connect(config=config)


def _linker(connection: duckdb.DuckDBPyConnection, table: Any) -> Linker:
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection)
    linker = Linker(
        api.register(table), settings("l.wanted OR r.wanted", _share_of_doubles(table)), log_level=logging.ERROR
    )
    brands = Counter(filter(None, table.column("brand").to_pylist()))
    rarity = {"brand": list(brands), "tf_brand": [_rarity(count, len(table)) for count in brands.values()]}
    linker.table_management.register_term_frequency_lookup(api.register(_pyarrow().table(rarity)), "brand")
    return linker


def _rarity(count: int, total: int) -> float:
    """How often a stranger has this brand: the pair itself is left out, and few customers are not believed at once."""
    return (max(count - 2, 0) + 1) / (total + KNOWN)


def _share_of_doubles(table: Any) -> float:
    """Of all pairs, from those whose keys and provinces are equal: surely one, and half of all."""
    sure = Counter(zip(table.column("key").to_pylist(), table.column("province").to_pylist(), strict=True))
    found = sum(count * (count - 1) / 2 for (key, province), count in sure.items() if key and province)
    pairs = len(table) * (len(table) - 1) / 2
    return min(max((found + 1) / RECALL / pairs, RARE), OFTEN)


def _pair(left: Candidate, right: Candidate, row: dict[str, Any]) -> Pair:
    levels = {}
    for name, comparison in COMPARISONS.items():
        value = int(row[f"gamma_{name}"])  # 0 is the last level, -1 is unknown
        if value >= 0:
            levels[name] = comparison.levels[len(comparison.levels) - 1 - value].name
    if right.kind != CUSTOMER or (left.kind == CUSTOMER and right.id < left.id):
        left, right = right, left
    return Pair(left, right, float(row["match_probability"]), levels)


def _table(by_id: dict[str, Candidate], only: Collection[str] | None) -> Any:
    pyarrow = _pyarrow()
    schema = pyarrow.schema([
        *((name, pyarrow.string()) for name in _TEXTS),
        ("latin", pyarrow.bool_()),
        ("wanted", pyarrow.bool_()),
        ("reach", pyarrow.list_(pyarrow.string())),
    ])  # fmt: skip
    return pyarrow.Table.from_pylist(list(_rows(by_id, only)), schema)


def _pyarrow() -> Any:
    return import_module("pyarrow")  # it has no types; 0.2 s that only a run pays


_TEXTS = ("id", "key", "brand", "sound", "trade", "place", "industry", "province", "region", "first_reach")


def _rows(by_id: dict[str, Candidate], only: Collection[str] | None) -> Iterator[dict[str, Any]]:
    """Empty is unknown: None."""
    for id_, one in by_id.items():
        name = taken_apart(one.name)
        yield {
            "id": id_,
            "key": name.key or None,
            "brand": name.brand or None,
            "sound": name.sound or None,
            "trade": None if name.latin else name.trade or None,  # in another language it can't be compared
            "place": name.place or None,
            "industry": one.industry or None,
            "province": one.province or None,
            "region": one.region or None,
            "first_reach": one.reach[0] if one.reach else None,
            "latin": name.latin,
            "wanted": one.kind == CUSTOMER and (only is None or one.id in only),
            "reach": list(one.reach),
        }
