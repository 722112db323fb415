"""Settings of business events: who may send how much, how they are sent on, and how long that is tried."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr, field_validator

from config.languages import operator_language
from config.locales import t


class Events(BaseModel, extra="forbid"):
    """The nerve centre: what systems tell each other through Xiaoce."""

    types: Path | None = Field(
        None, description="Folder with more event types, written like config/events; empty: only those that come along."
    )
    secrets: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Values that entries of systems name as ${name}: tokens, signing secrets (whsec_…), addresses of "
        "databases. `XIAOCE_EVENTS__SECRETS__ERP_TOKEN` is ${erp_token}.",
    )
    body_mb: float = Field(10, gt=0, le=256, description="Largest body that a system may send at once, in MB.")
    batch_events: int = Field(10_000, ge=1, le=100_000, description="Most events of one batch.")
    tolerance_seconds: float = Field(
        300, ge=1, le=3600, description="How far the clock of a system that signs may differ from ours, in seconds."
    )
    allow_private: tuple[str, ...] = Field(
        (),
        description="Hosts or networks (erp.internal, 10.1.0.0/16) that only this machine or its network reaches and "
        "that events may be sent to nevertheless.",
    )
    retry_seconds: tuple[float, ...] = Field(
        (0, 5, 300, 1800, 7200, 18_000, 36_000, 36_000),
        min_length=1,
        max_length=50,
        description="Waits before each attempt to deliver an event; after the last one it is a dead letter.",
    )
    timeout_seconds: float = Field(15, gt=0, le=120, description="How long a subscriber may take to answer.")
    answer_kb: int = Field(64, ge=1, le=4096, description="How much of a subscriber's answer is read, in KB.")
    at_once: int = Field(50, ge=1, le=1000, description="Most deliveries under way at the same time.")
    at_once_each: int = Field(8, ge=1, le=200, description="Most of them to one subscription.")
    disable_days: float = Field(
        5,
        gt=0,
        le=365,
        description="A subscription to which nothing could be delivered for so many days is disabled, and its owner "
        "told.",
    )
    watch_rows: int = Field(1000, ge=1, le=100_000, description="Rows of a watched table that are taken at a time.")

    @field_validator("allow_private")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if "/" in one:
                _network(one)
            elif not one.strip() or "://" in one or " " in one:
                raise ValueError(t("events.settings.host", operator_language(), value=one))
        return value

    @field_validator("retry_seconds")
    @classmethod
    def _waits(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(wait < 0 for wait in value):
            raise ValueError(t("events.settings.wait", operator_language()))
        return value


def _network(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError(t("events.settings.host", operator_language(), value=text)) from error
