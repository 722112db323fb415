"""Channels that share one directory of accounts."""

from __future__ import annotations

_DIRECTORIES = {"wecom_bot": "wecom"}  # the AI bot knows people by the same ids as the self-built app


def directory(channel: str) -> str:
    """The channel under which a channel's accounts are kept."""
    return _DIRECTORIES.get(channel, channel)
