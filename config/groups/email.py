"""Settings of the mailbox that is read; docs/connect-email.md shows where each value is found."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, model_validator

from config.languages import operator_language
from config.locales import t


class Email(BaseModel, extra="forbid"):
    """A mailbox that is read over IMAP, never written to; docs/connect-email.md shows how to connect one."""

    enabled: bool = Field(False, description="Whether the mailbox is read.")
    host: str = Field("", description="IMAP server, e.g. imap.exmail.qq.com.")
    port: int = Field(993, ge=1, le=65535, description="Its port: 993 for ssl, 143 for starttls.")
    security: Literal["ssl", "starttls", "none"] = Field(
        "ssl", description="How the connection is encrypted; none is taken for a server on this machine only."
    )
    user: str = Field("", description="Name to sign in with, mostly the whole address.")
    password: SecretStr = Field(
        SecretStr(""), description="App password (客户端专用密码, 授权码), not the one for the web."
    )
    folder: str = Field("INBOX", min_length=1, description="Folder that is read.")
    poll_seconds: float = Field(
        60,
        ge=1,
        le=1500,
        description="How often to look for new mail; servers that announce it (IDLE) are heard at once.",
    )
    first_days: int = Field(1, ge=0, le=365, description="At the very first start: mail of so many days back is read.")

    @model_validator(mode="after")
    def _complete(self) -> Email:
        needed = {"host": self.host, "user": self.user, "password": self.password.get_secret_value()}
        missing = ", ".join(f"email.{name}" for name, value in needed.items() if not value)
        if self.enabled and missing:
            raise ValueError(t("email.settings.missing", operator_language(), names=missing))
        if self.enabled and self.security == "none" and not _is_here(self.host):
            raise ValueError(t("email.settings.security", operator_language()))
        return self


def _is_here(host: str) -> bool:
    """Whether a password sent there in clear never leaves this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
