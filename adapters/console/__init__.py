"""The web console: a chat for whoever has neither WeCom nor Slack, and the frame of the skills' pages."""

from adapters.console.adapter import ConsoleAdapter
from adapters.console.ports import (
    ConsolePorts,
    History,
    HistoryEntry,
    IdentityProvider,
    Opening,
    Session,
    SignIn,
)

__all__ = [
    "ConsoleAdapter",
    "ConsolePorts",
    "History",
    "HistoryEntry",
    "IdentityProvider",
    "Opening",
    "Session",
    "SignIn",
]
