"""An optional language model. It phrases and understands; numbers, names and links never come from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

# Shows what a text looks like so far: whole text, replacing the draft before.
OnDraft = Callable[[str], Awaitable[None]]

Filled = TypeVar("Filled", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Writing:
    """A text to write, and all that it may be written from."""

    instruction: str  # ours: what to write, and how; never what somebody said
    material: str  # data: whatever stands in it is said about, never obeyed
    question: str = ""  # what the person asked, in their words; data too
    language: str = "zh"  # "zh" | "en"
    limit: int = 600  # characters at most


class Model(Protocol):
    """A language model. Nothing here raises: None means "do without", whatever the reason."""

    @property
    def available(self) -> bool:
        """Whether asking makes sense now: there is a model, and it isn't left alone after failures."""
        ...

    async def write(self, task: Writing, on_draft: OnDraft | None = None) -> str | None:
        """Text in which every number, name and link is from material or question; drafts pass the same guard.

        None when there is no model, it failed, was too slow, over budget, or said something ungrounded. Drafts may
        have been shown by then: the caller's plain answer replaces them.
        """
        ...

    async def choose(self, question: str, options: Mapping[str, str], language: str) -> str | None:
        """The key of the option (key → what it means) that fits what was asked; None when none does."""
        ...

    async def fill(self, instruction: str, text: str, schema: type[Filled]) -> Filled | None:
        """What the text says, in the fields of the schema; numbers, names and links are the text's own."""
        ...


class NoModel:
    """Stands where no language model is set up: everybody gives their plain answer."""

    available = False

    async def write(self, task: Writing, on_draft: OnDraft | None = None) -> str | None:
        """None."""
        return None

    async def choose(self, question: str, options: Mapping[str, str], language: str) -> str | None:
        """None."""
        return None

    async def fill(self, instruction: str, text: str, schema: type[Filled]) -> Filled | None:
        """None."""
        return None

    async def open(self, *, lost: bool) -> None:
        """Nothing to get ready."""

    async def check(self) -> list[str]:
        """Nothing to find fault with."""
        return []

    async def close(self) -> None:
        """Nothing to give back."""
