"""The language model's settings; docs/language-model.md shows what to write for each provider."""

from __future__ import annotations

import ipaddress
import json
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from config.groups.llm_providers import PROVIDERS, Provider, Structured
from config.languages import operator_language
from config.locales import t

ProviderName = Literal["deepseek", "qwen", "glm", "kimi", "openai", "ollama", "server"]
LOCAL_ENDINGS = (".local", ".internal", ".lan", ".localhost")


class Llm(BaseModel, extra="forbid"):
    """An optional language model: any OpenAI-compatible endpoint."""

    enabled: bool = Field(False, description="Whether a language model helps with phrasing and understanding.")
    provider: ProviderName = Field(
        "deepseek", description="deepseek, qwen, glm, kimi, openai, ollama, or server for any other endpoint."
    )
    model: str = Field("", description="Name of the model; empty: the provider's usual one.")
    base_url: str = Field(
        "", description="Address of the API, mostly ending in /v1; empty: the provider's own. Nothing else is called."
    )
    api_key: SecretStr = Field(SecretStr(""), description="Key of the API; ollama and server may do without.")
    temperature: float = Field(0.2, ge=0, le=2, description="0: sober; 1: varied.")
    seconds: float = Field(30, gt=0, le=600, description="Longest that one answer may take, in seconds.")
    unseen_seconds: float = Field(
        5, gt=0, le=600, description="The same where nobody sees it being written: WeCom's app can't show drafts."
    )
    first_token_seconds: float = Field(10, gt=0, le=600, description="Longest wait for an answer's first word.")
    draft_seconds: float = Field(0.7, ge=0.1, le=60, description="Shortest time between two drafts of an answer.")
    output_tokens: int = Field(1024, ge=16, le=32768, description="Tokens that one answer may have.")
    daily_tokens: int = Field(
        1_000_000, ge=0, description="Tokens a day, of all machines together; then plain answers. 0: no limit."
    )
    concurrent: int = Field(4, ge=1, le=256, description="Calls at a time; the others wait.")
    failures: int = Field(3, ge=1, le=100, description="So many failures in a row, and the model is left alone.")
    window_seconds: float = Field(120, gt=0, description="Within so many seconds those failures must fall.")
    rest_seconds: float = Field(60, gt=0, description="How long the model is left alone, in seconds.")
    structured: Literal["", "json_schema", "function_calling", "json_mode"] = Field(
        "", description="How JSON is asked for; empty: as the provider likes it."
    )
    extra: str = Field(
        "", description="JSON object sent with each request; empty: the provider's own, which turns thinking off."
    )

    @property
    def preset(self) -> Provider:
        """What is known about the provider."""
        return PROVIDERS[self.provider]

    @property
    def model_name(self) -> str:
        """The model that is really asked."""
        return self.model or self.preset.model

    @property
    def address(self) -> str:
        """The address that is really called, without a slash at the end."""
        return (self.base_url or self.preset.base_url).rstrip("/")

    @property
    def json_by(self) -> Structured:
        """How JSON is really asked for."""
        return next((way for way in get_args(Structured) if way == self.structured), self.preset.structured)

    @property
    def extra_fields(self) -> dict[str, Any]:
        """What is really sent with each request."""
        return dict(json.loads(self.extra)) if self.extra else dict(self.preset.extra)

    @field_validator("base_url")
    @classmethod
    def _safe(cls, value: str) -> str:
        """An http(s) address without credentials; without TLS only where nobody else can listen."""
        if value and (problem := _address_problem(value)):
            raise ValueError(t(f"llm.settings.{problem}", operator_language()))
        return value

    @field_validator("extra")
    @classmethod
    def _object(cls, value: str) -> str:
        try:
            whole = not value or isinstance(json.loads(value), dict)
        except ValueError:
            whole = False
        if not whole:
            raise ValueError(t("llm.settings.extra", operator_language()))
        return value

    @model_validator(mode="after")
    def _complete(self) -> Llm:
        missing = [name for name, there in self._needed().items() if not there]
        if self.enabled and missing:
            names = ", ".join(f"llm.{name}" for name in missing)
            raise ValueError(t("llm.settings.missing", operator_language(), names=names, provider=self.provider))
        return self

    def _needed(self) -> dict[str, bool]:
        return {
            "base_url": bool(self.address),
            "model": bool(self.model_name),
            "api_key": bool(self.api_key.get_secret_value()) or not self.preset.needs_key,
        }


def _address_problem(value: str) -> str:
    """Which text of `llm.settings` says what is wrong with an address; "" when nothing is."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "address"
    if parts.scheme not in ("http", "https") or not host:
        return "address"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "address_secret"
    return "" if parts.scheme == "https" or _near(host) else "address_plain"


def _near(host: str) -> bool:
    """Whether a host is this machine or of a private network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(LOCAL_ENDINGS)
    return address.is_private or address.is_loopback
