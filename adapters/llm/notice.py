"""What an operator is told about the model: once when it is lost, once when it is back, once a day for the budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapters.llm.errors import Trouble
from config.groups.llm import Llm
from config.locales import t


@dataclass(frozen=True)
class Notice:
    """One thing to tell. `key` is the same on every machine for the same day and cause. Every machine that sees the
    same outage reports it: whoever tells people tells them once."""

    kind: Literal["down", "up", "budget"]
    key: str
    trouble: Trouble | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The sentence, with its remedy."""
        reason = {"reason": sentence(self.trouble, language, self.values)} if self.trouble else {}
        return t(f"llm.notice.{self.kind}", language, **self.values, **reason)


Report = Callable[[Notice], Awaitable[None]]


def sentence(trouble: Trouble, language: str, values: Mapping[str, object]) -> str:
    """What is wrong at the endpoint, and what to do."""
    return t(f"llm.fault.{trouble.kind}", language, status=trouble.status, **values)


def facts(settings: Llm) -> dict[str, object]:
    """What sentences name of the settings; never the key."""
    return {"address": settings.address, "provider": settings.provider, "model": settings.model_name}
