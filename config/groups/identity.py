"""Settings of identity: when two customers may be one, and what looking for them may use."""

from __future__ import annotations

from pydantic import BaseModel, Field, model_validator

from config.languages import operator_language
from config.locales import t


class Identity(BaseModel, extra="forbid"):
    """One customer across systems (客户查重): thresholds and limits."""

    review: float = Field(
        0.3, ge=0.01, lt=1, description="From this probability on two customers are shown to people as perhaps one."
    )
    certain: float = Field(
        0.9, gt=0, le=1, description="From this probability on they are shown as surely one; people still decide."
    )
    memory_mb: int = Field(1024, ge=128, le=262_144, description="Memory that a search may use, in MB; then it spills.")
    threads: int = Field(1, ge=1, le=64, description="Processors that a search may use.")

    @model_validator(mode="after")
    def _in_order(self) -> Identity:
        if self.review > self.certain:
            raise ValueError(t("identity.settings.order", operator_language()))
        return self
