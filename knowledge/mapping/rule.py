"""A source's definition: what its connection, rhythm and fields are. Parsed in `definition.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.contracts.sources import Origin

UNITS: Mapping[str, Decimal] = {  # yuan, or units of a foreign currency, that one of it is
    "元": Decimal(1),
    "yuan": Decimal(1),
    "分": Decimal("0.01"),
    "cent": Decimal("0.01"),
    "角": Decimal("0.1"),
    "千元": Decimal(1000),
    "千": Decimal(1000),
    "thousand": Decimal(1000),
    "万元": Decimal(10_000),
    "万": Decimal(10_000),
    "wan": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "million": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
    "亿": Decimal(100_000_000),
}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one business field is filled."""

    sources: tuple[str, ...] = ()  # the source's fields; several are joined
    const: str | None = None  # the same for every row; then there are no sources
    join: str = " "
    unit: str = ""  # of money: a key of UNITS; "" is yuan
    currency: str = ""  # of money: its code; "" is CNY
    currency_from: str = ""  # of money: the source's field that says the code
    format: str = ""  # of dates and times: as in strptime; "" takes every form that can't be mistaken
    words: Mapping[str, str] = field(default_factory=dict)  # the source's word -> ours


@dataclass(frozen=True, slots=True)
class Fresh:
    """How it is known how new the data is. `by` and `per` name business or source fields; "" is the load's own time."""

    by: str = ""
    per: str = ""
    yellow_seconds: int | None = None  # None: as the settings say
    red_seconds: int | None = None
    working_days: bool = False  # whether hours of days off don't count


@dataclass(frozen=True, slots=True)
class Definition:
    """One source, whole."""

    source: str
    entity: str
    origin: Origin
    fields: Mapping[str, FieldRule]
    title: str = ""
    system: str = "other"
    owner: str = ""  # employee number
    every_seconds: int | None = None
    fresh: Fresh | None = None
    key: tuple[str, ...] = ()
    zone: str = ""  # IANA; "" is the company's
    rates: Mapping[str, Decimal] = field(default_factory=dict)  # CNY for one unit
    text: str = field(default="", compare=False)  # as people wrote it

    @property
    def columns(self) -> tuple[str, ...]:
        """Every field of the source that is read, each once."""
        rules = self.fields.values()
        read = [*self.key, *(name for rule in rules for name in rule.sources)]
        read += [rule.currency_from for rule in rules if rule.currency_from]
        if self.fresh:
            read += [name for name in (self.fresh.by, self.fresh.per) if name and name not in self.fields]
        return tuple(dict.fromkeys(read))
