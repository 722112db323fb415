"""The bot as set up in WeCom's administration page, and who can talk to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bot:
    """Credentials, members and groups."""

    bot_id: str
    secret: str  # of the long connection
    token: str  # of the callback
    aes_key: str  # 43 characters, of the callback
    users: Mapping[str, str] = field(default_factory=dict)  # userid -> display name
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # chatid -> userids
    name: str = "小策智能机器人"

    def mentioned(self, words: str) -> str:
        """What a member must write in a group for the bot to get it."""
        call = f"@{self.name}"
        return words if call in words else f"{call} {words}"

    def chat_of(self, userid: str, chatid: str) -> str:
        """Where a member writes: the group, or the member's own conversation. LookupError for strangers."""
        if userid not in self.users:
            raise LookupError(f"no member {userid!r}")
        if chatid and userid not in self.groups.get(chatid, ()):
            raise LookupError(f"{userid!r} is in no group {chatid!r}")
        return chatid or userid


def named(users: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    """Members with names; a bare userid is its own name."""
    return dict(users) if isinstance(users, Mapping) else {user: user for user in users}
