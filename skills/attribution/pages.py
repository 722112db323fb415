"""/attribution in the console: the numbers, how sure they are, what is behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog

from bot.contracts import Clock, Page, PageRequest, PageResult
from bot.contracts.errors import BadInput
from bot.contracts.page import PageFile
from knowledge.journeys.building import CONVERSIONS, LEVELS
from knowledge.journeys.built import VALUES
from knowledge.journeys.models import ADDITIVE
from skills.attribution.changes import changes
from skills.attribution.chart import beside, flows
from skills.attribution.confidence import percent_of, set_confidence
from skills.attribution.export import exported
from skills.attribution.lines import lines
from skills.attribution.paths import ways
from skills.attribution.question import LOOKBACKS, SPANS, Question, read
from skills.attribution.rows import Chain, chain
from skills.attribution.skill import READERS
from skills.attribution.tracing import PAGE, shares_within, trace
from skills.attribution.words import Words
from storage.warehouse import WarehouseUnavailable

if TYPE_CHECKING:
    from skills.attribution.desk import Desk, Found
    from skills.attribution.lines import Line

TEMPLATES = Path(__file__).parent / "templates"
Show = Callable[[PageRequest], Awaitable[PageResult]]
log = structlog.get_logger(__name__)
NOT_FOUND = PageResult(status=404)
LEAD = "lead:"  # begins the key of a lead's journey


def attribution_pages(desk: Desk, clock: Clock, data: Path) -> list[Page]:
    """The pages, for the console adapter. `data`: where files to be saved are made."""
    pages = AttributionPages(desk, clock, data / "exports")
    methods = ("GET", "POST")
    return [
        Page(
            "/attribution",
            _guarded(pages.overview),
            TEMPLATES,
            title="attribution.page.title",
            methods=methods,
            roles=READERS,
            group="data",
        ),
        Page("/attribution/journeys", _guarded(pages.journeys), TEMPLATES, roles=READERS),
        Page("/attribution/journeys/{key}", _guarded(pages.journey), TEMPLATES, roles=READERS),
        Page("/attribution/export/attribution.csv", _guarded(pages.export), TEMPLATES, roles=READERS),
    ]


def _guarded(show: Show) -> Show:
    """Says so where no copy of the rows can be made."""

    async def shown(request: PageRequest) -> PageResult:
        try:
            return await show(request)
        except WarehouseUnavailable:
            log.exception("no figures")
            return PageResult("unavailable.html", status=503)

    return shown


class AttributionPages:
    """What each page shows, of what the viewer may see."""

    def __init__(self, desk: Desk, clock: Clock, exports: Path) -> None:
        self._desk, self._clock, self._exports = desk, clock, exports

    async def overview(self, request: PageRequest) -> PageResult:
        """Everything about the channels; a form changes a channel's confidence."""
        question = read(request.query, self._desk.settings)
        if request.method == "POST":
            return await self._set(request)
        found, rows, words = await self._found(request, question)
        done = request.query.get("done", "")
        values = await asyncio.to_thread(self._overview, found, rows, words)
        return PageResult("attribution.html", values | {"done": done, "wrong": ""})

    async def journeys(self, request: PageRequest) -> PageResult:
        """The journeys behind one channel's number."""
        question, channel = read(request.query, self._desk.settings), request.query.get("channel", "")
        found, rows, words = await self._found(request, question)
        line = next((one for one in rows if one.channel == channel), None)
        if line is None or question.model not in found.answer.results:
            return NOT_FOUND
        number = request.query.get("page", "0")
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
        traced = await asyncio.to_thread(trace, found.answer, question.model, channel, page)
        hidden = await self._hidden(request, [part.key for part in traced.parts])
        values = {
            "line": line,
            "trace": traced,
            "worth_of": lambda key: _may_know(found, key, hidden),
            "spread": question.model not in ADDITIVE,
            "more": (page + 1) * PAGE < traced.count,
            "one": lambda key: f"/attribution/journeys/{quote(key, safe='')}?{question.address('').partition('?')[2]}",
            "turn": lambda to: question.address("/attribution/journeys", channel=channel, page=str(to)),
        }
        return PageResult("journeys.html", self._frame(found, words) | values)

    async def journey(self, request: PageRequest) -> PageResult:
        """One journey: its touches, and the rows it led to, down to the rows of the sources."""
        question, key = read(request.query, self._desk.settings), request.path["key"]
        found, _, words = await self._found(request, question)
        row = found.answer.journeys.find(key)
        if row is None:
            return NOT_FOUND
        viewer, ids = request.viewer, found.answer.journeys.ids(row)
        behind: Chain = await self._desk.database.read(lambda store: chain(store, viewer, key, ids))
        answered, parts = question.model in found.answer.results, [0.0] * len(ids)
        if answered:
            parts = await asyncio.to_thread(shares_within, found.answer, question.model, row)
        hidden = await self._hidden(request, [key])
        start = int(found.answer.paths.starts[row])
        tokens = found.answer.paths.tokens[start : start + len(ids)]
        channels = [found.answer.paths.channels[token] for token in tokens]
        steps = list(zip(ids, channels, parts, strict=True))
        values = {"key": key, "behind": behind, "steps": steps, "known": _may_know(found, key, hidden)}
        return PageResult("journey.html", self._frame(found, words) | values)

    async def export(self, request: PageRequest) -> PageResult:
        """All models' shares, intervals, confidence and spending as CSV."""
        found, rows, words = await self._found(request, read(request.query, self._desk.settings))
        path = await exported(self._exports, request.viewer, found, rows, words, self._clock.now())
        return PageResult(file=PageFile(path, "text/csv"))

    async def _found(self, request: PageRequest, question: Question) -> tuple[Found, list[Line], Words]:
        found = await self._desk.find(request.viewer, question, self._clock.now())
        rows = await asyncio.to_thread(lines, found, request.viewer)
        return found, rows, Words(request.language, self._desk.zone)

    async def _hidden(self, request: PageRequest, keys: Sequence[str]) -> frozenset[str]:
        """Of these journeys' leads, those from which deals came that the viewer may not see."""
        leads = [key.removeprefix(LEAD) for key in keys if key.startswith(LEAD)]
        return await self._desk.database.read(
            lambda store: store.attribution.leads_with_hidden_deals(leads, request.viewer)
        )

    async def _set(self, request: PageRequest) -> PageResult:
        form, question = request.form, read(request.form, self._desk.settings)
        try:
            percent = percent_of(form.get("percent", ""), request.language)
        except BadInput as error:
            found, rows, words = await self._found(request, question)
            values = await asyncio.to_thread(self._overview, found, rows, words)
            return PageResult("attribution.html", values | {"done": "", "wrong": str(error)}, status=422)
        channel, note, now = form.get("channel", ""), form.get("note", "").strip(), self._clock.now()
        viewer = request.viewer
        saved = await self._desk.database.write(
            lambda store: set_confidence(store, viewer, channel, percent, note, now)
        )
        return PageResult(redirect=question.address(done="saved" if saved else "not_saved"))

    def _frame(self, found: Found, words: Words) -> dict[str, Any]:
        """What every page of this answer needs."""
        return {"question": found.question, "found": found, "words": words, "stale": words.stale(found)}

    def _overview(self, found: Found, rows: list[Line], words: Words) -> dict[str, Any]:
        question, answer = found.question, found.answer
        some = bool(answer.counts.conversions)
        taken, ends = ways(answer) if some else ([], [])
        since = changes(found.seen.runs, question.model)
        removal = answer.without(question.removed) if some else None
        models = [model for model in answer.results if model == question.model]
        models += [model for model in answer.results if model != question.model]
        return self._frame(found, words) | {
            "rows": rows if some else [],
            "models": models,
            "chart": beside(rows, question.model) if some else None,
            "flows": flows(ends),
            "ways": taken,
            "gaps": words.gaps(rows) if some else [],
            "changes": words.changes(since, rows) if since else [],
            "removal": words.removal(removal, found, rows) if removal else "",
            "choices": _choices(question, answer.results, words),
            "page": question.address,
            "trace": lambda channel: question.address("/attribution/journeys", channel=channel),
            "has_money": any(line.spent is not None for line in rows),
        }


def _may_know(found: Found, key: str, hidden: Collection[str] = ()) -> bool:
    """Who answers for the campaign of a lead has its deal in the sum, but reads no single deal's money.

    `hidden`: leads from which such deals came.
    """
    kind, _, id_ = key.partition(":")
    if found.seen.scope.everything:
        return True
    return id_ in found.seen.scope.deals if kind == "deal" else id_ not in hidden


def _choices(question: Question, models: Any, words: Words) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """(field, label, [(value, label, chosen)]) of the form."""
    tell = words.tell

    def days(known: tuple[int, ...], chosen: int, none: str, some: str) -> list[tuple[str, str, bool]]:
        every = sorted({*known, chosen}, key=lambda one: (not one, one))
        named = ((one, tell(f"page.{some}", days=one) if one else tell(f"page.{none}")) for one in every)
        return [(str(one), label, one == chosen) for one, label in named]

    return [
        ("model", tell("page.model"), [(one, words.model(one), one == question.model) for one in models]),
        ("level", tell("page.level"), [(one, tell(f"level.{one}"), one == question.level) for one in LEVELS]),
        (
            "conversion",
            tell("page.conversion"),
            [(one, tell(f"conversion.{one}"), one == question.conversion) for one in CONVERSIONS],
        ),
        ("value", tell("page.value"), [(one, tell(f"value.{one}"), one == question.value) for one in VALUES]),
        ("lookback", tell("page.lookback"), days(LOOKBACKS, question.lookback_days, "all_touches", "days")),
        ("span", tell("page.span"), days(SPANS, question.span_days, "all_time", "last_days")),
    ]
