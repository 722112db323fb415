"""Calls to one OpenAI-compatible endpoint through LangChain. Knows nothing of guards, budgets or outages.

Only the address in the settings is called: no redirects, no tracing, no gateway of LangSmith, whatever the environment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any

from adapters.llm.answers import Said, counted, guess, said_by, text_of, visible
from adapters.llm.errors import Trouble, trouble_of
from adapters.llm.translate import Prompt
from config.groups.llm import Llm

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

_HEADERS = frozenset({
    "host", "accept", "accept-encoding", "connection", "content-type", "content-length", "authorization", "user-agent",
    "x-stainless-raw-response",  # by which the SDK recognises its own requests
})  # fmt: skip


class ChatClient:
    """One endpoint. Made without network; connects at the first call."""

    def __init__(self, settings: Llm) -> None:
        self._settings = settings
        self._model: BaseChatModel | None = None
        self._http: Any = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Import LangChain, which takes a second or two, before somebody waits for it."""
        await self._opened()

    async def stream(self, prompt: Prompt, wanted: Callable[[str], bool]) -> Said:
        """Ask, and show `wanted` the whole text at each chunk, until it says False. Raises Trouble."""
        # built before the clock runs: importing LangChain takes a second or two, and isn't the endpoint's fault
        model = await self._opened()
        with _translated(), _untraced():
            return await self._streamed(model, prompt, wanted)

    async def ask(self, prompt: Prompt, schema: Mapping[str, Any] | None = None) -> Said:
        """Ask once, for JSON if there is a schema. Raises Trouble."""
        model = await self._opened()
        with _translated(), _untraced():
            async with asyncio.timeout(self._settings.seconds):
                return await self._asked(self._bound(model, schema), prompt)

    async def close(self) -> None:
        """Give the sockets back."""
        if self._http is not None:
            await self._http.aclose()
        self._http = self._model = None

    async def _streamed(self, model: BaseChatModel, prompt: Prompt, wanted: Callable[[str], bool]) -> Said:
        raw, reason, ours = "", "", False
        paid: tuple[int, int] | None = None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.seconds
        first = min(deadline, loop.time() + self._settings.first_token_seconds)
        async with asyncio.timeout_at(first) as limit, aclosing(self._chunks(model, prompt)) as chunks:
            async for chunk in chunks:
                piece, reason = text_of(chunk), chunk.response_metadata.get("finish_reason") or reason
                paid = max(filter(None, (paid, counted(chunk))), key=sum, default=None)
                if piece and not raw:
                    limit.reschedule(deadline)
                raw += piece
                if piece and not wanted(visible(raw)):
                    ours = True
                    break
        if not reason and not ours:
            raise Trouble("odd")  # it broke off: an answer ends with a reason
        return Said(visible(raw), *(paid or guess(prompt, raw)), reason == "stop", reason == "content_filter")

    async def _asked(self, model: Any, prompt: Prompt) -> Said:
        """The answer; the SDK raises where JSON stopped at the length or was filtered, which are answers to us."""
        import openai

        try:
            return said_by(await model.ainvoke(list(prompt)), prompt)
        except openai.LengthFinishReasonError:
            return Said("", guess(prompt, "")[0], self._settings.output_tokens, finished=False)
        except openai.ContentFilterFinishReasonError:
            return Said("", *guess(prompt, ""), refused=True)

    async def _chunks(self, model: BaseChatModel, prompt: Prompt) -> AsyncGenerator[BaseMessage, None]:
        """The chunks; a connection that breaks once they came is no connection that can't be had."""
        begun = False
        try:
            async for chunk in model.astream(list(prompt), stream_usage=self._settings.preset.counts_streams):
                begun = begun or bool(chunk.content)
                yield chunk
        except Exception as error:
            trouble = trouble_of(error)
            raise Trouble("odd") if begun and trouble.kind == "unreachable" else trouble from None

    def _bound(self, model: BaseChatModel, schema: Mapping[str, Any] | None) -> Any:
        """The model, told how to answer in JSON."""
        if schema is None:
            return model
        how, name = self._settings.json_by, "answer"
        if how == "function_calling":
            tool = {"type": "function", "function": {"name": name, "parameters": dict(schema)}}
            return model.bind_tools([tool], tool_choice=name)
        if how == "json_mode":
            return model.bind(response_format={"type": "json_object"})
        return model.bind(
            response_format={"type": "json_schema", "json_schema": {"name": name, "schema": dict(schema)}}
        )

    async def _opened(self) -> BaseChatModel:
        async with self._opening:  # two callers at once would open two, and lose one
            if self._model is None:
                self._model = await asyncio.to_thread(self._made)
            return self._model

    def _made(self) -> BaseChatModel:
        from langchain.chat_models import init_chat_model
        from openai import DefaultAsyncHttpxClient

        settings, preset = self._settings, self._settings.preset
        self._http = DefaultAsyncHttpxClient(follow_redirects=False, event_hooks={"request": [_plain_headers]})
        limits: dict[str, object] = {preset.output_limit: settings.output_tokens}
        model: BaseChatModel = init_chat_model(
            settings.model_name,
            model_provider="openai",
            base_url=settings.address,
            api_key=settings.api_key.get_secret_value() or "none",  # the SDK wants one even where the endpoint doesn't
            temperature=settings.temperature if preset.temperature else None,
            timeout=settings.seconds,
            max_retries=0,  # somebody is waiting, and has a plain answer
            http_async_client=self._http,
            openai_proxy=None,
            use_responses_api=False,
            stream_chunk_timeout=0,  # ours is for the whole
            cache=False,
            extra_body={**limits, **settings.extra_fields},
        )
        return model


async def _plain_headers(request: Any) -> None:
    """The SDK adds the machine's details, and an organisation from the environment: the endpoint needs neither."""
    for name in set(request.headers) - _HEADERS:
        del request.headers[name]


@contextmanager
def _translated() -> Iterator[None]:
    """Vendors' errors become Trouble; `from None`, because theirs may repeat the key."""
    try:
        yield
    except Exception as error:
        raise trouble_of(error) from None


@contextmanager
def _untraced() -> Iterator[None]:
    """LangSmith would send prompts elsewhere when the environment asks it to."""
    from langsmith import tracing_context

    with tracing_context(enabled=False):
        yield
