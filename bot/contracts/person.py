"""Who somebody is, and therefore what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of REQUIREMENTS; a person has exactly one."""

    REP = "rep"
    MANAGER = "manager"
    DIRECTOR = "director"
    CHANNEL_OWNER = "channel_owner"
    SALES_OPS = "sales_ops"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the company. Repositories take one as `viewer` and return only the rows they may see."""

    id: str  # employee number
    name: str
    role: Role
    team: str = ""
    regions: tuple[str, ...] = ()  # a director may have several
    manager_id: str = ""
    language: str = "zh"  # "zh" | "en"


# Whoever works on the machine itself: commands act, and are audited, in this name.
OPERATOR = Person("operator", "operator", Role.ADMIN)
