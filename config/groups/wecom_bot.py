"""Settings of WeCom's AI bot and group webhooks; docs/connect-wecom-bot.md shows where each value is found."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from config.languages import operator_language
from config.locales import t


class WecomBot(BaseModel, extra="forbid"):
    """A WeCom AI bot (智能机器人); docs/connect-wecom-bot.md shows where each value is found."""

    enabled: bool = Field(False, description="Whether the AI bot's adapter is started.")
    mode: Literal["callback", "websocket"] = Field(
        "websocket",
        description="websocket (长连接): we keep a connection to WeCom; callback: WeCom calls a public https address.",
    )
    bot_id: str = Field("", description="BotID; websocket.")
    secret: SecretStr = Field(SecretStr(""), description="Secret of the long connection; websocket.")
    ws_url: str = Field("wss://openws.work.weixin.qq.com", description="Address of the long connection.")
    token: SecretStr = Field(SecretStr(""), description="Token of the bot's callback URL; callback.")
    aes_key: SecretStr = Field(
        SecretStr(""), description="EncodingAESKey of the callback URL, 43 characters; callback."
    )
    callback_path: str = Field("/wecom-bot/callback", description="Path of the bot's callback URL, without host.")
    name: str = Field("", description="The bot's name as people mention it in groups; empty: the first @word.")

    @field_validator("ws_url")
    @classmethod
    def _socket(cls, value: str) -> str:
        if not value.startswith(("ws://", "wss://")):
            raise ValueError(t("settings.wecom_bot.ws_url", operator_language()))
        return value

    @field_validator("callback_path")
    @classmethod
    def _path(cls, value: str) -> str:
        if not value.startswith("/"):
            raise ValueError(t("settings.wecom_bot.callback_path", operator_language()))
        return value

    @model_validator(mode="after")
    def _complete(self) -> WecomBot:
        missing = [name for name, value in self._needed().items() if not value]
        if self.enabled and missing:
            names = ", ".join(f"wecom_bot.{name}" for name in missing)
            raise ValueError(t("settings.wecom_bot.missing", operator_language(), names=names, mode=self.mode))
        if self.enabled and self.mode == "callback" and len(self.aes_key.get_secret_value()) != 43:
            raise ValueError(t("settings.wecom_bot.aes_key", operator_language()))
        return self

    def _needed(self) -> dict[str, str]:
        if self.mode == "callback":
            return {"token": self.token.get_secret_value(), "aes_key": self.aes_key.get_secret_value()}
        return {"bot_id": self.bot_id, "secret": self.secret.get_secret_value()}


class WecomGroups(BaseModel, extra="forbid"):
    """Groups that are only written to, by their webhook (群机器人 / 消息推送)."""

    groups: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Name of ours → key of the group's webhook address (…/webhook/send?key=KEY); empty: no groups.",
    )
    base_url: str = Field("https://qyapi.weixin.qq.com", description="Address of the webhooks.")

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(t("settings.wecom_bot.base_url", operator_language()))
        return value.rstrip("/")

    @field_validator("groups")
    @classmethod
    def _keys(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, key in value.items():
            if not re.fullmatch(r"[A-Za-z0-9_-]{8,128}", key.get_secret_value()):
                raise ValueError(t("settings.wecom_bot.group_key", operator_language(), name=name))
        return value
