"""A rule: what must happen within which time after what, and who is told when it doesn't. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Literal

from knowledge.events.conditions import Condition
from knowledge.slas.calendar import Calendar
from knowledge.slas.spans import Span

Whom = Literal["owner", "manager", "director", "sales_ops"]
WHOM: tuple[Whom, ...] = ("owner", "manager", "director", "sales_ops")
OWNERS = ("customer", "signer", "system")  # else an employee number


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: so long past due, by the rule's calendar, these are told. None: when it is due."""

    after: Span | None
    to: Whom


@dataclass(frozen=True, slots=True)
class Repeat:
    """The last rung once more, so many times, while nobody reacts."""

    every: Span  # by the rule's calendar
    times: int


@dataclass(frozen=True, slots=True)
class Window:
    """When people are told. Both times alike: at any hour."""

    begin: time
    end: time
    working_days: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One SLA."""

    name: str
    version: int
    title: Mapping[str, str]
    what: Mapping[str, str]  # that is waited for: ERP 生成采购单
    begin: str  # type of the event that opens it
    ends: tuple[str, ...]  # types of the events that close it
    key: str  # the correlation key that both have
    calendar: Calendar
    within: Span | None = None
    by: str = ""  # field of the beginning's data that says when it is due; either this or `within`
    where: Condition = field(default_factory=Condition)
    cancels: tuple[str, ...] = ()  # types after which nobody waits any more
    changes: tuple[str, ...] = ()  # types that may bring another due time or make the condition false
    again: bool = False  # whether a case may begin anew after it was closed
    system: str = ""  # whose doing is waited for
    owner: str = "customer"
    nudges: tuple[float, ...] = ()  # shares of the span, at which the owner is reminded
    ladder: tuple[Rung, ...] = ()
    repeat: Repeat | None = None
    send: Window | None = None  # None: as the settings say
    settle: float = 0  # seconds past due until somebody is told: it often heals by itself
    file: str = ""

    def named(self, lang: str = "zh") -> str:
        """Its title."""
        return self.title.get(lang) or self.title["zh"]

    def waits_for(self, lang: str = "zh") -> str:
        """What must happen."""
        return self.what.get(lang) or self.what.get("zh") or self.named(lang)

    @property
    def types(self) -> frozenset[str]:
        """All types of events that matter to it."""
        return frozenset((self.begin, *self.ends, *self.cancels, *self.changes))
