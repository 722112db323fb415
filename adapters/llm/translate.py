"""What we say to the model. Whatever comes from people stands between fences that nobody can guess, as data. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.contracts.model import Writing
from config.locales import t

# (role, text), as LangChain takes it
Prompt = Sequence[tuple[str, str]]


def writing(task: Writing, fence: str) -> Prompt:
    """Ask for a text. `fence`: random, new for every call, so that data can't close its own fence."""
    system = t("llm.prompt.write", task.language, instruction=task.instruction, limit=task.limit)
    parts = [fenced("material", task.material, fence, task.language)]
    if task.question:
        parts.append(fenced("question", task.question, fence, task.language))
    return [("system", system), ("human", "\n\n".join(parts))]


def choosing(question: str, options: Mapping[str, str], none: str, language: str, fence: str) -> Prompt:
    """Ask which option is meant. What options mean is data too: it comes from talk-tracks."""
    listed = "\n".join(f"- {key}: {meaning}" for key, meaning in options.items())
    system = t("llm.prompt.choose", language, none=none)
    parts = (fenced("options", listed, fence, language), fenced("text", question, fence, language))
    return [("system", system), ("human", "\n\n".join(parts))]


def filling(instruction: str, text: str, language: str, fence: str) -> Prompt:
    """Ask for the fields of a schema."""
    system = t("llm.prompt.fill", language, instruction=instruction)
    return [("system", system), ("human", fenced("text", text, fence, language))]


def with_schema(prompt: Prompt, schema: Mapping[str, Any], language: str) -> Prompt:
    """For endpoints that can promise JSON, but not which."""
    described = t("llm.prompt.schema", language, schema=json.dumps(schema, ensure_ascii=False))
    (role, system), *rest = prompt
    return [(role, f"{system}\n{described}"), *rest]


def repairing(prompt: Prompt, answer: str, problem: str, language: str) -> Prompt:
    """Show the model its answer and what is wrong with it."""
    return [*prompt, ("ai", answer[:4000] or "-"), ("human", t("llm.prompt.repair", language, problem=problem[:1000]))]


def fenced(what: str, data: str, fence: str, language: str) -> str:
    """Data with its name, between two marks."""
    return f"{t(f'llm.prompt.{what}', language)}\n<data-{fence}>\n{data.replace(fence, '')}\n</data-{fence}>"


def size(prompt: Prompt) -> str:
    """All of a prompt as one text, to count its tokens."""
    return "\n".join(text for _, text in prompt)
