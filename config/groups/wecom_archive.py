"""Settings of the chat archive; docs/connect-wecom-archive.md shows where each value is found."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr, model_validator

from config.languages import operator_language
from config.locales import t


class WecomArchive(BaseModel, extra="forbid"):
    """WeCom's chat archive (会话内容存档), read only; docs/connect-wecom-archive.md shows how to connect it."""

    enabled: bool = Field(False, description="Whether the archive is pulled.")
    corp_id: str = Field("", description="企业 ID; empty: wecom.corp_id.")
    secret: SecretStr = Field(SecretStr(""), description="Secret of 会话内容存档, not the app's.")
    library: Path | None = Field(None, description="WeCom's own library, libWeWorkFinanceSdk_C.so.")
    keys: Path | None = Field(
        None, description="Folder with the private keys as PEM, each named by its version (版本号): 1.pem, 2.pem."
    )
    rooms: Path | None = Field(
        None, description="List of rooms (rooms.csv, docs/imports.md): whose they are, who takes part, who agreed."
    )
    pull_seconds: float = Field(10, ge=1, le=30, description="How often to look for new messages.")
    batch: int = Field(500, ge=1, le=1000, description="Messages pulled at once.")
    timeout_seconds: int = Field(30, ge=5, le=120, description="How long the library waits for WeCom.")
    check_minutes: int = Field(30, ge=1, le=1440, description="How often WeCom is asked who agreed (同意情况).")
    proxy: str = Field("", description="Proxy for the library: http://host:port or socks5://host:port.")
    proxy_password: SecretStr = Field(SecretStr(""), description="user:password of the proxy.")

    @property
    def keys_folder(self) -> Path:
        """Where the private keys are."""
        return self.keys or Path()

    @model_validator(mode="after")
    def _complete(self) -> WecomArchive:
        needed = {"secret": self.secret.get_secret_value(), "library": self.library, "keys": self.keys}
        missing = [f"wecom_archive.{name}" for name, value in {**needed, "rooms": self.rooms}.items() if not value]
        if self.enabled and missing:
            raise ValueError(t("wecom_archive.settings.missing", operator_language(), names=", ".join(missing)))
        return self
