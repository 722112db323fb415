"""What a method is: its arguments, its limits, and the function that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.emulators.slack.shapes.schema import Spec
from tests.emulators.slack.world import World

TokenKind = Literal["bot", "app", "user", "none"]
Answer = dict[str, Any]

TIER_2, TIER_3, TIER_4, SPECIAL = 20, 50, 100, 600  # calls a minute


@dataclass(frozen=True)
class Call:
    """One call whose token and arguments are good."""

    world: World
    method: str
    args: Mapping[str, Any]
    token: str = ""  # by which it was made


@dataclass(frozen=True)
class Method:
    """One method of the Web API."""

    name: str
    handle: Callable[[Call], Answer]
    arguments: Mapping[str, Spec] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()  # one of these is enough
    per_minute: int = TIER_3
    token: TokenKind = "bot"  # the kind of a token, not a token
    json: bool = True  # whether it takes a JSON body, not forms only
    writes: bool = False  # whether its calls go into the ledger
