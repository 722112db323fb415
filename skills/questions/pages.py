"""/ask in the console: the question box, the answer with its chart and table, files, subscriptions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.contracts import Clock, Page, PageRequest, PageResult, Role
from bot.contracts.errors import BadInput
from bot.contracts.page import PageFile
from config.locales import t
from knowledge.metrics.listing import MOST
from knowledge.metrics.plan import Plan
from knowledge.metrics.refusals import NotAnswerable
from knowledge.questions.outcome import Ambiguous, Fault, Piece, Understood, Unknown
from skills.questions import cards, reasoning
from skills.questions import rhythm as rhythms
from skills.questions.answer import Answer
from skills.questions.answering import FOLDER, Asker
from skills.questions.drawing import draw
from skills.questions.examples import EXAMPLES
from skills.questions.export import MEDIA, Kind, exported
from skills.questions.noting import note, note_rows
from skills.questions.refusing import fault
from skills.questions.sentences import headline, subject
from skills.questions.subscribing import Subscribing, question
from skills.questions.table import first_rows, narrow, table
from skills.questions.token import Kept, address, one, pack, unpack
from skills.questions.views import drill, is_said, views, why_address
from storage.outgoing import keep_outgoing
from storage.warehouse import WarehouseUnavailable

if TYPE_CHECKING:
    from skills.questions.answering import Answering

TEMPLATES = Path(__file__).parent / "templates"
SEES_SQL = frozenset({Role.SALES_OPS, Role.ADMIN})
LONGEST = 500  # characters of the box
OPEN_DAYS, OPEN_MOST = 30, 50
LINES, LISTED = 1000, 50  # of the table on the page, and of listed rows, which are tall on phones; the file has all


def question_pages(answering: Answering, clock: Clock) -> list[Page]:
    """The pages, for the console adapter."""
    page = QuestionPages(answering, clock)
    return [
        Page("/ask", page.ask, TEMPLATES, title="questions.page.title", group="data"),
        Page("/ask/export/{name}", page.export, TEMPLATES),
        Page("/ask/subscriptions", page.subscriptions, TEMPLATES, methods=("GET", "POST")),
        Page("/ask/open", page.open_questions, TEMPLATES, roles=SEES_SQL),
    ]


class QuestionPages:
    """Everything is computed anew at each load, with the viewer's rights of that moment (D9)."""

    def __init__(self, answering: Answering, clock: Clock) -> None:
        self._answering, self._clock = answering, clock
        self._subscribing = Subscribing(answering)

    async def ask(self, request: PageRequest) -> PageResult:
        """`q`: a question in words; `plan`: one that was answered before; neither: the box and examples."""
        asker, token = self._asker(request), request.query.get("plan", "")
        text = request.query.get("q", "").strip()[:LONGEST]
        try:
            values = await self._asked(text, asker) if text else await self._opened(token, asker) if token else {}
        except BadInput:
            return self._page(request, {"wrong": t("questions.errors.link", request.language)}, status=404)
        except (NotAnswerable, WarehouseUnavailable) as error:
            said, _, url = self._answering.sorry(error, asker).partition("\n\n")
            values = {"wrong": said, "elsewhere": url.removeprefix(self._answering.public_url)}
        return self._page(request, {"text": text, **values})

    async def export(self, request: PageRequest) -> PageResult:
        """The table as answer.csv or answer.xlsx."""
        kind = request.path["name"].rpartition(".")[2]
        asker = self._asker(request)
        if kind not in MEDIA:
            return PageResult(status=404)
        try:
            plan = self._one(unpack(request.query.get("plan", "")))
            answer = await self._answer(plan, asker)
        except (BadInput, NotAnswerable, WarehouseUnavailable):
            return PageResult(status=404)
        await note_rows(self._answering.desk, asker, plan, "questions.exported")
        chosen: Kind = "csv" if kind == "csv" else "xlsx"
        content = await asyncio.to_thread(exported, answer, chosen)
        path = await asyncio.to_thread(keep_outgoing, self._answering.data / FOLDER, content, chosen, asker.now)
        return PageResult(file=PageFile(path, MEDIA[chosen]))

    async def subscriptions(self, request: PageRequest) -> PageResult:
        """One's own; a form ends one, or adds one to what an answer's page shows."""
        asker = self._asker(request)
        said = await self._changed(request, asker) if request.method == "POST" else ""
        found = await self._subscribing.of(asker)
        zone = self._answering.desk.zone
        rows = [
            (kept.number, question(kept), self._subscribing.when(kept, asker), following)
            for kept in found
            if (following := rhythms.read(kept.rhythm, kept.minute).following(asker.now, zone))
        ]
        return PageResult("subscriptions.html", {"rows": rows, "said": said})

    async def open_questions(self, request: PageRequest) -> PageResult:
        """What got no answer lately."""
        since = self._clock.now() - timedelta(days=OPEN_DAYS)
        viewer = request.viewer
        found = await self._answering.desk.database.read(
            lambda store: store.questions.not_understood(viewer, since, OPEN_MOST)
        )
        return PageResult("open_questions.html", {"rows": found, "local": self._answering.desk.zone})

    async def _asked(self, text: str, asker: Asker) -> dict[str, Any]:
        desk, names = self._answering.desk, self._answering.names(asker)
        outcome = await desk.read(text, await desk.scope(text, asker.person, asker.now, asker.language))
        if isinstance(outcome, Understood):
            await note(desk, asker, text, "answered", outcome.plan)
            return await self._shown(outcome.plan, (text,), asker, outcome.pieces)
        await note(desk, asker, text, "asked_back" if isinstance(outcome, Ambiguous) else "unknown")
        if isinstance(outcome, Ambiguous):
            kept = Kept(tuple(choice.plan for choice in outcome.choices), (text,))
            return {"choices": self._choices(kept, asker), "point": cards.choices(outcome, (text,), names, "").headline}
        if isinstance(outcome, Fault):
            return {"wrong": fault(outcome, names)}
        return self._not_understood(outcome, asker)

    async def _opened(self, token: str, asker: Asker) -> dict[str, Any]:
        """What a card's link stands for."""
        kept = unpack(token)
        if len(kept.plans) == 1:
            shown = await self._shown(kept.plans[0], kept.words, asker, kept.pieces)
            if kept.plans[0].kind == "list":
                await note_rows(self._answering.desk, asker, kept.plans[0], "questions.listed")
            return {"text": kept.words[-1] if kept.words else ""} | shown
        if kept.plans:
            return {"choices": self._choices(kept, asker), "point": t("questions.nearest", asker.language)}
        return self._not_understood(Unknown("nothing", (), kept.nearest), asker)

    async def _shown(
        self, plan: Plan, words: Sequence[str], asker: Asker, pieces: Sequence[Piece] = ()
    ) -> dict[str, Any]:
        answer = await self._answer(plan, asker, words, pieces)
        made, drawing = await asyncio.to_thread(lambda: (table(answer), draw(answer)))
        listed = plan.kind == "list"
        found = replace(made, lines=made.lines[: LISTED if listed else LINES])
        card = await self._card(answer)
        return {
            "answer": answer,
            "card": card,
            "lead_sections": [found for found in card.sections if found.title not in _usual(answer)],
            "how_sections": [found for found in card.sections if found.title == answer.names.text("section.how")],
            "remarks": [line for line in card.summary.split("\n\n") if line and line != first_rows(answer)],
            "subject": subject(answer),
            "table": None if is_said(answer) else narrow(found, answer) if listed else found,
            "all_columns": found if listed else None,
            "more_lines": len(made.lines) - len(found.lines) + found.more,
            "most": MOST,
            "drawing": drawing,
            "drill": lambda key: drill(answer, key),
            "views": views(answer),
            "token": pack(one(plan, words, proposed=answer.is_proposed)),
            "statements": answer.result.statements if asker.person.role in SEES_SQL else (),
            "why": why_address(answer),
            "days": [(code, cards.rhythm_name(code, answer.names)) for code in rhythms.EVERY],
            "subscribable": plan.kind in {"value", "list"} and bool(words),
        }

    async def _card(self, answer: Answer) -> Any:
        if answer.plan.kind in {"why", "what_if", "evidence"}:
            return reasoning.card(answer, await reasoning.behind_of(self._answering.desk, answer), "")
        return cards.answered(answer, "", point=headline(answer))

    async def _answer(
        self, plan: Plan, asker: Asker, words: Sequence[str] = (), pieces: Sequence[Piece] = ()
    ) -> Answer:
        desk = self._answering.desk
        await desk.scope("", asker.person, asker.now, asker.language)  # names of values
        return await desk.answer(plan, asker.person, asker.now, asker.language, words, pieces)

    def _choices(self, kept: Kept, asker: Asker) -> list[tuple[str, str]]:
        names = self._answering.names(asker)
        return [
            (names.comma(names.metric(metric) for metric in plan.metrics) or plan.rows, address(one(plan, kept.words)))
            for plan in kept.plans
        ]

    def _not_understood(self, outcome: Unknown, asker: Asker) -> dict[str, Any]:
        card = cards.unknown(outcome, (), self._answering.names(asker), "")
        return {"point": card.headline, "nearest": outcome.nearest}

    async def _changed(self, request: PageRequest, asker: Asker) -> str:
        """What was done, in words."""
        form = request.form
        if number := form.get("number", ""):
            return await self._subscribing.end(int(number) if number.isdigit() else 0, asker)
        hour, _, part = form.get("minute", "").partition(":")
        try:
            kept = unpack(form.get("plan", ""))
            when = rhythms.read(form.get("rhythm", ""), int(hour) * 60 + int(part or 0))
            return await self._subscribing.subscribe(self._one(kept), kept.words, when, asker)
        except (BadInput, ValueError):
            return t("questions.errors.link", asker.language)

    def _one(self, kept: Kept) -> Plan:
        if len(kept.plans) != 1:
            raise BadInput("questions.errors.link")
        return kept.plans[0]

    def _asker(self, request: PageRequest) -> Asker:
        return Asker(request.viewer, self._clock.now(), request.language)

    def _page(self, request: PageRequest, values: dict[str, Any], status: int = 200) -> PageResult:
        suggestions = [
            found.text
            for found in EXAMPLES
            if found.language == request.language and (not found.roles or request.viewer.role in found.roles)
        ]
        usual = {
            "text": "",
            "wrong": "",
            "elsewhere": "",
            "point": "",
            "choices": (),
            "nearest": (),
            "answer": None,
            "suggestions": [one for one in suggestions if "订阅" not in one and "send me" not in one][:6],
            "sees_open": request.viewer.role in SEES_SQL,
            "done": request.query.get("done", ""),
        }
        return PageResult("ask.html", usual | values, status=status)


def _usual(answer: Answer) -> frozenset[str]:
    """Titles of the sections that the page shows in its own way."""
    return frozenset((answer.names.text("section.rows"), answer.names.text("section.how")))
