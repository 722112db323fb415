"""The company the emulator plays: its app's credentials and its members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Company:
    """What is set in WeCom's administration page."""

    corp_id: str
    agent_id: int
    secret: str
    token: str  # of the callback
    aes_key: str  # 43 characters, of the callback
    users: Mapping[str, str] = field(default_factory=dict)  # userid -> display name
    parties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # department id -> userids
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # tag id -> userids
    unlicensed: frozenset[str] = frozenset()  # visible to the app, but without an interface licence
    webhook_keys: frozenset[str] = frozenset()  # keys of the group robots
    app_name: str = "小策"

    def find_user(self, userid: str) -> str | None:
        """The userid as registered, found without regard to case."""
        wanted = userid.lower()
        return next((known for known in self.users if known.lower() == wanted), None)
