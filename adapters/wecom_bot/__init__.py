"""WeCom's AI bot (智能机器人) and group webhooks (群机器人)."""

from adapters.wecom_bot.adapter import WecomBotAdapter
from adapters.wecom_bot.groups import WecomGroupAdapter
from adapters.wecom_bot.ports import Relay, Streams, StreamState, WecomBotPorts

__all__ = ["Relay", "StreamState", "Streams", "WecomBotAdapter", "WecomBotPorts", "WecomGroupAdapter"]
