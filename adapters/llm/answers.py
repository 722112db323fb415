"""What a model's messages say, whichever way the endpoint wraps them. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.llm.budget import estimate
from adapters.llm.translate import Prompt, size

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_THOUGHT = re.compile(r"^\s*<think>.*?(?:</think>\s*|\Z)", re.DOTALL)
_FENCE = re.compile(r"^\s*```[a-z]*\s*(.*?)\s*```\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """What the model answered."""

    text: str
    asked: int  # tokens of the question, as it counts them or as we estimate
    written: int  # of the answer
    finished: bool = True  # False: it stopped at a limit, ours or its own
    refused: bool = False

    @property
    def tokens(self) -> int:
        """All that is paid for."""
        return self.asked + self.written


def visible(raw: str) -> str:
    """The text without the thoughts that some models put in front, even while they are still thinking."""
    start = raw.lstrip()
    if "<think>".startswith(start[:7]) and len(start) < 7:
        return ""
    return _THOUGHT.sub("", raw)


def bare_json(text: str) -> str:
    """JSON without thoughts and without the ``` that chat models like to put around it."""
    text = visible(text)
    fenced = _FENCE.match(text)
    return fenced[1] if fenced else text.strip()


def said_by(message: BaseMessage, prompt: Prompt) -> Said:
    """What a whole message says; a called tool's arguments are its JSON."""
    calls = getattr(message, "tool_calls", None)
    text = json.dumps(calls[0]["args"], ensure_ascii=False) if calls else text_of(message)
    reason = message.response_metadata.get("finish_reason")
    refused = bool(message.additional_kwargs.get("refusal")) or reason == "content_filter"
    return Said(text, *(counted(message) or guess(prompt, text)), reason != "length", refused)


def text_of(message: BaseMessage) -> str:
    """The words of a message or chunk."""
    return message.content if isinstance(message.content, str) else str(message.text)


def counted(message: BaseMessage) -> tuple[int, int] | None:
    """Tokens of question and answer as a message counts them, None where it doesn't. Thoughts were written too, even if
    only the total counts them."""
    usage = getattr(message, "usage_metadata", None) or {}
    total, asked = usage.get("total_tokens") or 0, usage.get("input_tokens") or 0
    return (asked, max(total - asked, usage.get("output_tokens") or 0)) if total else None


def guess(prompt: Prompt, answer: str) -> tuple[int, int]:
    """Tokens of question and answer, where nobody tells."""
    return estimate(size(prompt)), estimate(answer)
