"""Platforms that know who somebody is; each implements `adapters.console.ports.IdentityProvider`."""

from __future__ import annotations

from adapters.console.identity.slack import SlackIdentity
from adapters.console.identity.wecom import WecomIdentity
from adapters.console.ports import IdentityProvider
from bot.contracts import Clock
from config.groups.signin import Signin
from config.groups.slack import Slack
from config.settings import Wecom

__all__ = ["SlackIdentity", "WecomIdentity", "identity_providers"]


def identity_providers(signin: Signin, wecom: Wecom, slack: Slack, clock: Clock) -> tuple[IdentityProvider, ...]:
    """The providers for which the settings have what is needed, in the order in which they are offered."""
    found: list[IdentityProvider] = []
    if signin.wecom and wecom.enabled:
        found.append(WecomIdentity(wecom, signin, clock))
    if signin.slack and slack.client_id:
        found.append(SlackIdentity(slack, signin, clock))
    return tuple(found)
