"""The language model as the rest of Xiaoce sees it: masked on the way out, guarded on the way in, never in the way."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog

from adapters.llm.answers import Said
from adapters.llm.attempt import Attempts
from adapters.llm.budget import Budget, Ledger
from adapters.llm.client import ChatClient
from adapters.llm.drafts import Drafts
from adapters.llm.errors import Trouble
from adapters.llm.guard import Source, clean, faults, in_language, settled, shortened, source_of
from adapters.llm.injection import without_orders
from adapters.llm.masking import Mask
from adapters.llm.names import Names, mostly_chinese
from adapters.llm.notice import Report, facts, sentence
from adapters.llm.outage import Outage
from adapters.llm.structured import Unfit, choice_of, read, ungrounded
from adapters.llm.tally import Tally
from adapters.llm.translate import Prompt, choosing, filling, repairing, with_schema, writing
from bot.contracts.clock import Clock
from bot.contracts.model import Filled, OnDraft, Writing
from config.groups.llm import Llm
from config.languages import operator_language
from config.locales import t

# People's, customers' and competitors' names. The same object as long as nothing changed: it is indexed once.
KnownNames = Callable[[], Awaitable[Collection[str]]]

T = TypeVar("T")

LONGEST = 20_000  # characters of instruction and data together; more would cost too much time and money

log = structlog.get_logger(__name__)


class LanguageModel:
    """Implements `bot.contracts.Model`. Nothing raises but cancellation; whatever goes wrong is None."""

    def __init__(
        self,
        settings: Llm,
        *,
        names: KnownNames,
        ledger: Ledger,
        report: Report,
        tally: Tally,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._settings, self._names, self._tally = settings, names, tally
        self._client = ChatClient(settings)
        outage = Outage(settings.failures, settings.window_seconds, settings.rest_seconds, time.monotonic)
        budget = Budget(ledger, settings.daily_tokens, clock, zone)
        self._attempts = Attempts(settings, outage, budget, report, self._tally)
        self._indexed: tuple[Collection[str], Names] = ((), Names())

    @property
    def available(self) -> bool:
        """Whether the model isn't being left alone after failures."""
        return not self._attempts.outage.open

    async def write(self, task: Writing, on_draft: OnDraft | None = None) -> str | None:
        """See `bot.contracts.Model.write`."""
        asked = without_orders(task.question)
        if task.question.strip() and not asked.strip():
            return None  # it only talked to the model
        prepared = await self._prepared(task.instruction, without_orders(task.material), asked)
        if prepared is None:
            return None
        mask, source, (instruction, material, question) = prepared
        hidden = Writing(instruction, material, question, task.language, task.limit)
        page = _Page(task, mask, source, Drafts(on_draft, self._settings.draft_seconds, time.monotonic))
        prompt = writing(hidden, secrets.token_hex(6))
        try:
            said = await self._attempts.make(prompt, partial(self._client.stream, prompt, page.wanted))
        finally:
            await page.drafts.finish()
        return self._judged(page.accepted(said)) if said else None

    async def choose(self, question: str, options: Mapping[str, str], language: str) -> str | None:
        """See `bot.contracts.Model.choose`."""
        asked, known = without_orders(question), [without_orders(meaning) for meaning in options.values()]
        if not options or not asked.strip() or (prepared := await self._prepared("", asked, *known)) is None:
            return None
        mask, _, (_, hidden, *meanings) = prepared
        none = next(word for word in ("none", "none_of_these", "-") if word not in options)
        listed = dict(zip(options, meanings, strict=True))
        prompt = choosing(hidden, listed, none, language, secrets.token_hex(6))
        filled = await self._structured(prompt, choice_of([*options, none]), mask, language)
        chosen = str(self._judged(filled).model_dump()["choice"]) if filled else none
        return chosen if chosen in options else None

    async def fill(self, instruction: str, text: str, schema: type[Filled]) -> Filled | None:
        """See `bot.contracts.Model.fill`."""
        prepared = await self._prepared(instruction, text)
        if prepared is None:
            return None
        mask, _, (hidden_instruction, hidden) = prepared
        language = "zh" if mostly_chinese(text) else "en"
        prompt = filling(hidden_instruction, hidden, language, secrets.token_hex(6))
        filled = await self._structured(prompt, schema, mask, language)
        if filled is None:
            return None
        if wrong := ungrounded(filled, source_of(text, known=mask.known)):
            log.info("llm.ungrounded", what=_kinds(wrong))
            return self._judged(None)
        return self._judged(filled)

    async def open(self, *, lost: bool) -> None:
        """Get ready for the first question. `lost`: people were told before we began that the model is lost, so the
        first answer is a recovery."""
        if lost:
            self._attempts.outage.lost()
        await self._client.open()

    async def check(self) -> list[str]:
        """Ask for one word. One sentence per fault and its remedy; empty when all is well."""
        language = operator_language()
        try:
            await self._client.ask([("human", t("llm.prompt.check", language))])
        except Trouble as trouble:
            return [sentence(trouble, language, facts(self._settings))]
        return []

    async def close(self) -> None:
        """Give the sockets back."""
        await self._client.close()

    async def _prepared(self, *texts: str) -> tuple[Mask, Source, list[str]] | None:
        """Mask, source (all but the first text, which is ours), masked texts; None when it can't be."""
        if not self.available:
            return None
        if sum(map(len, texts)) > LONGEST:
            log.info("llm.too_long")
            return None
        try:
            known = await self._known()
        except Exception as error:  # without the names nothing can be masked, so nothing is sent
            log.error("llm.names_unknown", error=type(error).__name__)
            return None
        return await asyncio.to_thread(_prepare, known, texts)

    async def _known(self) -> Names:
        given = await self._names()
        if given is not self._indexed[0]:
            self._indexed = (given, await asyncio.to_thread(Names, given))
        return self._indexed[1]

    def _judged(self, result: T) -> T:
        """Count whether what was paid for is of use."""
        self._tally.model_judged(self._settings.model_name, used=result is not None)
        return result

    async def _structured(self, prompt: Prompt, schema: type[Filled], mask: Mask, language: str) -> Filled | None:
        """Ask for JSON; once more with what was wrong with it."""
        wanted = schema.model_json_schema()
        if self._settings.json_by == "json_mode":
            prompt = with_schema(prompt, wanted, language)
        for _ in range(2):
            said = await self._attempts.make(prompt, partial(self._client.ask, prompt, wanted))
            if said is None:
                return None
            if said.refused:
                return self._judged(None)
            try:
                return read(said.text, schema, mask)
            except Unfit as unfit:
                self._judged(None)
                log.info("llm.unfit", problem=str(unfit))
                prompt = repairing(prompt, said.text, str(unfit), language)
        return None


class _Page:
    """One text while it is being written."""

    def __init__(self, task: Writing, mask: Mask, source: Source, drafts: Drafts) -> None:
        self._task, self._mask, self._source, self.drafts = task, mask, source, drafts
        self._endless = False

    def wanted(self, raw: str) -> bool:
        """Whether to go on: not once it is too long, or has said something ungrounded. Shows drafts on the way."""
        if self.drafts.due:
            draft = settled(self._restored(raw))  # a placeholder cut in two stands after the last clause
            if faults(draft, self._source):
                return False
            if in_language(draft, self._task.language):
                self.drafts.offer(shortened(draft, self._task.limit) or "")
        self._endless = len(raw) > 4 * self._task.limit + 400  # what is only too long is cut
        return not self._endless

    def accepted(self, said: Said) -> str | None:
        """The text, if it may be shown."""
        text = self._restored(said.text)
        whole: str | None = text if said.finished and len(text) <= self._task.limit else settled(text)
        whole = shortened(whole or "", self._task.limit)
        problem = "refusal" if said.refused else "endless" if self._endless else "" if whole else "empty"
        problem = problem or self._problem(whole or "")
        if problem:
            log.info("llm.ungrounded", what=problem)
            return None
        return whole

    def _problem(self, text: str) -> str:
        if not in_language(text, self._task.language):
            return "language"
        return _kinds(faults(text, self._source))

    def _restored(self, raw: str) -> str:
        return self._mask.restore(clean(raw))


def _prepare(known: Names, texts: tuple[str, ...]) -> tuple[Mask, Source, list[str]]:
    mask = Mask(known)
    return mask, source_of(*texts[1:], known=known), [mask.hide(text) for text in texts]


def _kinds(wrong: list[str]) -> str:
    """Which kinds of fault, without the words: they may be somebody's name or number."""
    return ", ".join(sorted({fault.split(" ")[0] for fault in wrong}))
