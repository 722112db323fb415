"""What is wrong with the connection to Slack: one sentence per fault, with its remedy."""

from __future__ import annotations

from adapters.common.address import is_private
from adapters.slack.client import SlackClient
from bot.contracts.errors import DeliveryFailure
from config.groups.slack import Slack
from config.locales import t

# As in manifest.yaml; a test holds the two together.
SCOPES = frozenset({
    "app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands", "files:read", "files:write",
    "groups:history", "im:history", "im:write", "mpim:history",
})  # fmt: skip


async def faults(client: SlackClient, settings: Slack, public_url: str) -> list[str]:
    """Try tokens, scopes and the address that Slack must reach."""
    found = [*_token_faults(settings), *await bot_faults(client)]
    if settings.mode == "socket":
        return [*found, *await _app_faults(client)]
    if is_private(public_url) and not is_private(settings.base_url):
        found.append(t("slack.check.public_url", url=public_url + settings.events_path))
    return found


def _token_faults(settings: Slack) -> list[str]:
    found = []
    if "xoxb-" not in settings.bot_token.get_secret_value():  # a rotated one begins with xoxe.xoxb-
        found.append(t("slack.check.bot_token"))
    if settings.mode == "socket" and not settings.app_token.get_secret_value().startswith("xapp-"):
        found.append(t("slack.check.app_token"))
    return found


async def bot_faults(client: SlackClient) -> list[str]:
    """Try the bot's token and its scopes."""
    try:
        scopes = await client.scopes()
    except DeliveryFailure as error:
        return [str(error)]
    missing = sorted(SCOPES - scopes) if scopes else []  # Slack names them always; a proxy may take the header away
    return [t("slack.check.scopes", scopes=", ".join(missing))] if missing else []


async def _app_faults(client: SlackClient) -> list[str]:
    try:
        await client.socket_url()
    except DeliveryFailure as error:
        return [str(error)]
    return []
