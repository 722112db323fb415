"""The workspace that the emulator plays: the app's credentials, its people and its channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ALL_EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "assistant_thread_context_changed",
        "assistant_thread_started",
        "file_shared",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
    }
)
ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "users:read",
        "users:read.email",
    }
)


@dataclass(frozen=True)
class Channel:
    """A channel as somebody set it up. Private channels without the bot are invisible to it."""

    name: str
    members: Iterable[str]
    bot_in: bool = True
    private: bool = False
    archived: bool = False


@dataclass(frozen=True)
class Workspace:
    """What is set on the app's pages at api.slack.com, and who works in the company."""

    bot_token: str
    app_token: str  # for Socket Mode
    signing_secret: str
    client_id: str  # for Sign in with Slack
    client_secret: str
    users: Mapping[str, str] = field(default_factory=dict)  # id (U… or W…) -> display name
    channels: Mapping[str, Channel] = field(default_factory=dict)  # id (C…) -> channel
    scopes: frozenset[str] = ALL_SCOPES
    events: frozenset[str] = ALL_EVENTS  # the app's subscriptions; only these are sent
    commands: tuple[str, ...] = ("/xiaoce",)
    redirect_urls: tuple[str, ...] = ()  # for sign-in; empty: any
    team_id: str = "T0EMULATED"
    team_name: str = "示例公司"
    app_id: str = "A0EMULATED"
    bot_user_id: str = "U0XIAOCE"
    bot_id: str = "B0XIAOCE"
    app_name: str = "小策"
    verification_token: str = "emulated-verification-token"

    def name_of(self, user: str) -> str:
        """The display name; of the bot too."""
        return self.app_name if user == self.bot_user_id else self.users[user]

    def email_of(self, user: str) -> str:
        """The address in the profile."""
        return f"{user.lower()}@example.com"

    def secrets(self) -> dict[str, str]:
        """What must never show up in an address, a message or a file."""
        return {
            "bot token": self.bot_token,
            "app token": self.app_token,
            "signing secret": self.signing_secret,
            "client secret": self.client_secret,
        }
