"""Language model providers as data: where they are, what they are called, and what their endpoint understands.

Every one speaks OpenAI's `chat/completions`. Model names change often: `llm.model` overrides what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Structured = Literal["json_schema", "function_calling", "json_mode"]


@dataclass(frozen=True, slots=True)
class Provider:
    """What has to be known about one endpoint. `extra` turns "thinking" off: it costs time and tokens unseen."""

    base_url: str = ""  # "": the operator must say
    model: str = ""  # "": the operator must say
    needs_key: bool = True
    structured: Structured = "json_mode"  # how JSON is asked for
    output_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    counts_streams: bool = True  # whether it tells the tokens of a stream when asked to
    temperature: bool = True  # whether it lets us choose
    extra: Mapping[str, Any] = field(default_factory=dict)  # sent with each request


PROVIDERS: Mapping[str, Provider] = {
    "deepseek": Provider("https://api.deepseek.com", "deepseek-v4-flash", extra={"thinking": {"type": "disabled"}}),
    "qwen": Provider(
        "https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen-plus", extra={"enable_thinking": False}
    ),
    "glm": Provider(
        "https://open.bigmodel.cn/api/paas/v4",
        "glm-4.7",
        counts_streams=False,
        extra={"thinking": {"type": "disabled"}},
    ),
    "kimi": Provider(
        "https://api.moonshot.cn/v1",
        "kimi-k2.6",
        output_limit="max_completion_tokens",
        temperature=False,
        extra={"thinking": {"type": "disabled"}},
    ),
    "openai": Provider(
        "https://api.openai.com/v1", "gpt-4.1-mini", structured="json_schema", output_limit="max_completion_tokens"
    ),
    "ollama": Provider("http://127.0.0.1:11434/v1", needs_key=False, structured="json_schema"),
    "server": Provider(needs_key=False, structured="json_schema"),  # vLLM, llama.cpp, LM Studio, a gateway
}
