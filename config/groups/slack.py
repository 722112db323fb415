"""Slack's settings; docs/connect-slack.md shows where each value is found."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from config.languages import operator_language
from config.locales import t


class Slack(BaseModel, extra="forbid"):
    """A Slack app; docs/connect-slack.md shows where each value is found."""

    enabled: bool = Field(False, description="Whether the Slack adapter is started.")
    mode: Literal["events", "socket"] = Field(
        "events", description="events: Slack calls a public https address; socket: we keep a connection to Slack."
    )
    bot_token: SecretStr = Field(SecretStr(""), description="Bot User OAuth Token, xoxb-…")
    app_token: SecretStr = Field(SecretStr(""), description="App-Level Token with connections:write, xapp-…; socket.")
    signing_secret: SecretStr = Field(SecretStr(""), description="Signing Secret of Basic Information; events.")
    base_url: str = Field("https://slack.com", description="Address of Slack, without /api.")
    events_path: str = Field(
        "/slack/events", description="Path of the Request URL of events, interactivity and commands, without host."
    )
    client_id: str = Field("", description="Client ID, for signing in to the console with Slack.")
    client_secret: SecretStr = Field(SecretStr(""), description="Client Secret, for signing in to the console.")

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(t("settings.slack.base_url", operator_language()))
        return value.rstrip("/")

    @field_validator("events_path")
    @classmethod
    def _path(cls, value: str) -> str:
        if not value.startswith("/"):
            raise ValueError(t("settings.slack.events_path", operator_language()))
        return value

    @model_validator(mode="after")
    def _complete(self) -> Slack:
        missing = [name for name, value in self._needed().items() if not value]
        if self.enabled and missing:
            names = ", ".join(f"slack.{name}" for name in missing)
            raise ValueError(t("settings.slack.missing", operator_language(), names=names, mode=self.mode))
        if bool(self.client_id) != bool(self.client_secret.get_secret_value()):
            raise ValueError(t("settings.slack.sign_in", operator_language()))
        return self

    def _needed(self) -> dict[str, str]:
        mode = {"signing_secret": self.signing_secret} if self.mode == "events" else {"app_token": self.app_token}
        return {name: secret.get_secret_value() for name, secret in {"bot_token": self.bot_token, **mode}.items()}
