"""Connected systems: what one may send, how it proves who it is, and what it listens to (C3, C5, C7). Pure.

An entry is one YAML file; `system_reading.parse` reads it. Connecting a system changes nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.events.conditions import Condition

KINDS = ("crm", "erp", "mes", "hr", "finance", "service", "marketing", "warehouse", "store", "xiaoce")
RESERVED = ("quarantine", "events", "systems", "xiaoce")  # names that mean something else in addresses
FORMATS = ("structured", "binary")
REFERENCE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Listening:
    """One subscription of a system. Its `types` are names of the catalogue: patterns are resolved when it is read."""

    name: str
    types: frozenset[str]
    to: str  # URL
    where: Condition = field(default_factory=Condition)
    secrets: tuple[str, ...] = ()  # references; the first signs, all do while one takes another's place
    version: int | None = None  # of the data; None: the newest
    ordered_by: str = ""  # a key: events of one value are sent one after the other
    rate: float | None = None  # most per second
    format: str = "structured"  # or binary


@dataclass(frozen=True, slots=True)
class Watch:
    """A table that a system writes its events into, for those that can't call anybody."""

    name: str
    database: str  # address, as a reference
    table: str
    after: str  # column that grows with every row
    id: str  # columns that hold the event's attributes; "" of `time` and `subject`: there is none
    type: str
    time: str = ""
    subject: str = ""
    data: Mapping[str, str] = field(default_factory=dict)  # field of the event -> column
    data_json: str = ""  # column that holds all of it, as JSON; either this or `data`
    fixed_type: str = ""  # where the table holds events of one type only
    schema: str = ""
    source: str = ""  # CloudEvents source; "": the system's first one


@dataclass(frozen=True, slots=True)
class System:
    """A system's entry."""

    name: str
    title: str
    kind: str
    owner: str  # employee who is told of trouble
    produces: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()  # prefixes of CloudEvents sources that it may use
    token: str = ""  # reference; the bearer that it sends
    secrets: tuple[str, ...] = ()  # references; with one of them it signs
    listens: tuple[Listening, ...] = ()
    watches: tuple[Watch, ...] = ()
    text: str = ""  # as written

    def may_send(self, type_: str) -> bool:
        """Whether it is a producer of this type."""
        return type_ in self.produces

    def may_use(self, source: str) -> bool:
        """Whether this CloudEvents source is its own: one of its prefixes, whole or up to a slash."""
        return any(source == one or source.startswith(one.rstrip("/") + "/") for one in self.sources)

    def listening(self, name: str) -> Listening | None:
        """One of its subscriptions."""
        return next((one for one in self.listens if one.name == name), None)

    @property
    def references(self) -> frozenset[str]:
        """Names of all secrets that its entry needs."""
        said = [self.token, *self.secrets, *(one.database for one in self.watches)]
        said += [part for one in self.listens for part in (one.to, *one.secrets)]
        return frozenset(name for text in said for name in REFERENCE.findall(text))
