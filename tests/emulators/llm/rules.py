"""What an OpenAI-compatible endpoint refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KNOWN = {
    "model", "messages", "stream", "stream_options", "temperature", "max_tokens", "max_completion_tokens",
    "response_format", "tools", "tool_choice", "parallel_tool_calls", "thinking", "enable_thinking",
}  # fmt: skip
_ROLES = {"system", "user", "assistant"}


def problem(body: Any, models: set[str]) -> str:
    """What is wrong with a request; "" when nothing is."""
    if not isinstance(body, dict) or (unknown := body.keys() - _KNOWN):
        return f"Unrecognized request arguments: {sorted(unknown) if isinstance(body, dict) else body}"
    if body.get("model") not in models:
        return f"The model {body.get('model')!r} does not exist"
    if body.get("stream_options") and not body.get("stream"):
        return "stream_options is only allowed when stream is enabled"
    if "max_tokens" in body and "max_completion_tokens" in body:
        return "max_tokens and max_completion_tokens can't be used together"
    return _messages(body.get("messages")) or _format(body) or _tools(body)


def _messages(messages: Any) -> str:
    if not isinstance(messages, list) or not messages:
        return "messages must be a non-empty array"
    for message in messages:
        if message.get("role") not in _ROLES or not isinstance(message.get("content"), str) or not message["content"]:
            return f"invalid message {message!r}"
    return "" if messages[-1]["role"] == "user" else "the last message must be the user's"


def _format(body: Mapping[str, Any]) -> str:
    wanted = body.get("response_format")
    if wanted is None:
        return ""
    kind = wanted.get("type")
    if kind == "json_object":
        said = " ".join(message["content"] for message in body["messages"])
        return "" if "json" in said.lower() else "'messages' must contain the word 'json' in some form"
    if kind == "json_schema":
        described = wanted.get("json_schema", {})
        return "" if described.get("name") and isinstance(described.get("schema"), dict) else "invalid json_schema"
    return f"invalid response_format {kind!r}"


def _tools(body: Mapping[str, Any]) -> str:
    names = {tool.get("function", {}).get("name") for tool in body.get("tools", [])}
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("function", {}).get("name") not in names:
        return "tool_choice names no tool"
    return "tool_choice without tools" if choice and not names else ""
