"""What the operator decides about history and logs; docs/operate.md shows how to use it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Retention(BaseModel, extra="forbid"):
    """How long history is kept. Unanswered messages and undelivered replies are never deleted."""

    messages_days: int = Field(0, ge=0, description="Days that messages, cards and memories stay; 0: for ever.")
    deliveries_days: int = Field(0, ge=0, description="Days that delivered replies stay; 0: for ever.")
    files_days: int = Field(0, ge=0, description="Days that files which people sent stay; 0: for ever.")
    audit_days: int = Field(0, ge=0, description="Days that entries of the audit log stay; 0: for ever.")
    usage_days: int = Field(0, ge=0, description="Days that the language model's tokens by day stay; 0: for ever.")
    wire_days: int = Field(
        2,
        ge=1,
        description="Days that processes keep what they hand to each other while an answer grows. It is of use for "
        "minutes, and holds words of answers and platforms' secret addresses.",
    )
    dialogues_days: int = Field(
        0,
        ge=0,
        description="Days that recordings, transcripts, chats and e-mails of customers stay, with what was noticed in "
        "them; 0: for ever.",
    )
    loads_days: int = Field(
        90,
        ge=0,
        description="Days that finished loads of sources stay, with refused rows that were taken since; the last 100 "
        "loads of each source stay longer. 0: for ever.",
    )
    events_days: int = Field(
        400,
        ge=0,
        description="Days that business events stay after they came, with what was sent on of them, and quarantined "
        "ones after somebody decided; none that still waits to be sent; deadlines that are over likewise. 0: for ever.",
    )
    workflows_days: int = Field(
        7, ge=0, description="Days that finished workflows stay in the engine's tables; 0: for ever."
    )


class Log(BaseModel, extra="forbid"):
    """What the program tells its operator."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is written.")
    format: Literal["text", "json"] = Field("text", description="json: one object a line, for log collectors.")
