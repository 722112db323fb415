"""How people sign in to the console, and how much one of them may ask; docs/sign-in.md shows it step by step."""

from __future__ import annotations

import ipaddress

from pydantic import BaseModel, Field, field_validator

from config.languages import operator_language
from config.locales import t

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Signin(BaseModel, extra="forbid"):
    """Signing in to the console."""

    link: bool = Field(True, description="Whether people may sign in with a link made by `xiaoce people token`.")
    wecom: bool = Field(True, description="Whether people sign in with WeCom, once wecom.enabled is true.")
    slack: bool = Field(True, description="Whether people sign in with Slack, once slack.client_id is set.")
    wecom_authorize_url: str = Field(
        "https://open.weixin.qq.com", description="Where WeCom's own browser is sent to be recognised."
    )
    wecom_login_url: str = Field(
        "https://login.work.weixin.qq.com", description="Where other browsers are sent for WeCom's QR code."
    )
    slack_team: str = Field("", description="Id of the only workspace that may sign in (T…); empty: any with the app.")
    idle_minutes: int = Field(
        240, ge=5, le=43_200, description="A session ends after so many minutes in which its owner does nothing."
    )
    attempts_per_minute: int = Field(
        10, ge=3, le=1000, description="Failed sign-ins of one address in a minute; then it waits."
    )
    messages_per_minute: int = Field(
        60, ge=5, le=10_000, description="Messages and presses of one person in a minute; ten times that per address."
    )
    uploads_per_minute: int = Field(
        30, ge=1, le=10_000, description="Uploads of one person in a minute; ten times that per address."
    )
    upload_mb_per_hour: int = Field(500, ge=1, description="MB that one person may upload in an hour.")

    @field_validator("wecom_authorize_url", "wecom_login_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(t("console.settings.address", operator_language()))
        return value.rstrip("/")


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks (10.0.0.0/8), with commas between them. Raises ValueError in the operator's language."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(ipaddress.ip_network(part, strict=False) for part in parts)
    except ValueError as error:
        raise ValueError(t("console.settings.networks", operator_language(), value=repr(text))) from error
