"""What a card's id and its buttons say: which day and scope it is about, and which finding. Pure."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast, get_args
from uuid import uuid4

from knowledge.briefing.types import Finding, Scope, ScopeKind

PREFIX = "brief"


@dataclass(frozen=True, slots=True)
class About:
    """What a card shows."""

    day: date
    scope: Scope


def card_id(day: date, scope: Scope) -> str:
    """One of its own for each card; what it is about can be read from it. Letters that all platforms' ids may have."""
    said = urlsafe_b64encode(f"{scope.kind}:{scope.name}".encode()).decode().rstrip("=")
    return f"{PREFIX}-{day:%Y%m%d}-{said}-{uuid4().hex[:10]}"


def about(id_: str) -> About | None:
    """None where it isn't a card of ours."""
    parts = id_.split("-", 2)
    if len(parts) < 3 or parts[0] != PREFIX:
        return None
    said = parts[2].rpartition("-")[0]
    try:
        text = urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
        day = datetime.strptime(parts[1], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    kind, _, name = text.partition(":")
    return About(day, Scope(cast(ScopeKind, kind), name)) if kind in get_args(ScopeKind) else None


def mark(key: str) -> str:
    """A finding's key in few letters, for the name of a button."""
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def marked(findings: Iterable[Finding], said: str) -> Finding | None:
    """The finding that a button was about."""
    return next((one for one in findings if mark(one.key) == said), None)
