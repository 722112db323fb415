"""How processes that share the work know of each other; docs/scale.md shows when more than one is needed."""

from __future__ import annotations

from pydantic import BaseModel, Field, model_validator

from config.languages import operator_language
from config.locales import t

BEATS_UNHEARD = 3  # at least so many must be missed before a process counts as dead


class Machines(BaseModel, extra="forbid"):
    """Heartbeats of the processes that share one database."""

    beat_seconds: float = Field(5.0, ge=0.1, le=60, description="How often a process says that it lives, in seconds.")
    silent_seconds: float = Field(
        20.0, ge=0.5, le=600, description="Silence after which others take over a process's work, in seconds."
    )

    @model_validator(mode="after")
    def _patient(self) -> Machines:
        if self.silent_seconds < BEATS_UNHEARD * self.beat_seconds:
            raise ValueError(t("settings.machines.impatient", operator_language(), times=BEATS_UNHEARD))
        return self
