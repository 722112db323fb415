"""/rules in the console: one's own rules, those of the people under one, and a sentence for a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts import Clock, Page, PageRequest, PageResult
from skills.rules.cards import Maker
from skills.rules.desk import Asker, RuleDesk, rules_of
from skills.rules.understanding import LONGEST

if TYPE_CHECKING:
    from storage.repositories.rules import Rule, State
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOUND = PageResult(status=404)


def rule_pages(desk: RuleDesk, clock: Clock) -> list[Page]:
    """The pages, for the console adapter."""
    pages, both = RulePages(desk, clock), ("GET", "POST")
    return [
        Page("/rules", pages.listing, TEMPLATES, title="rules.page.title", group="coaching", methods=both),
        Page("/rules/{id}", pages.show, TEMPLATES, methods=both),
    ]


class RulePages:
    """What the pages show; whoever isn't a rule's owner can only read it in the list."""

    def __init__(self, desk: RuleDesk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock

    async def listing(self, request: PageRequest) -> PageResult:
        """Every rule that the viewer may see. POST: `sentence` makes a draft; `id` with `do` switches one."""
        if request.method == "POST":
            return await self._posted(request)
        return await self._list(request)

    async def show(self, request: PageRequest) -> PageResult:
        """One of the viewer's own rules with its preview. POST: `do` is on, off, delete or change."""
        rule = await self._desk.own(request.path["id"], request.viewer)
        if rule is None:
            return NOT_FOUND
        if request.method != "POST":
            return await self._show(rule, request)
        if request.form.get("do") == "change":
            return await self._changed(rule, request)
        return await self._done(rule, request)

    async def _posted(self, request: PageRequest) -> PageResult:
        if id_ := request.form.get("id", ""):
            rule = await self._desk.own(id_, request.viewer)
            return await self._done(rule, request) if rule else NOT_FOUND
        sentence = request.form.get("sentence", "").strip()
        if len(sentence) > LONGEST:
            return await self._list(request, sentence, "long")
        shown = await self._desk.draft(sentence, self._asker(request))
        if isinstance(shown, str):
            return await self._list(request, sentence, shown)
        return PageResult(redirect=f"/rules/{shown.rule.id}")

    async def _done(self, rule: Rule, request: PageRequest) -> PageResult:
        do, who = request.form.get("do", ""), self._asker(request)
        if do == "delete":
            await self._desk.drop(rule, who)
        elif do in {"on", "off"}:
            state: State = "live" if do == "on" else "off"
            if not await self._desk.switch(rule, state, who):
                return await self._list(request, fault="full")
        return PageResult(redirect="/rules")

    async def _changed(self, rule: Rule, request: PageRequest) -> PageResult:
        shown = await self._desk.fill_in(rule, request.form, self._asker(request))
        if isinstance(shown, str):
            return await self._show(rule, request, shown)
        return PageResult(redirect=f"/rules/{rule.id}")

    async def _list(self, request: PageRequest, sentence: str = "", fault: str = "") -> PageResult:
        viewer, now = request.viewer, self._clock.now()

        def look(store: Store) -> tuple[list[tuple[Rule, int]], dict[str, str]]:
            rules = rules_of(store, viewer, now)
            return rules, store.people.names(rule.owner_id for rule, _ in rules)

        rules, names = await self._desk.past.database.read(look)
        maker = Maker(request.language, "", self._desk.subjects.kinds)
        values = {
            "mine": [pair for pair in rules if pair[0].owner_id == viewer.id],
            "team": [
                (rule, fired, names.get(rule.owner_id, "")) for rule, fired in rules if rule.owner_id != viewer.id
            ],
            "sentence": sentence,
            "fault": fault,
            "most": self._desk.most,
            "longest": LONGEST,
            "examples": maker.examples().splitlines(),
        }
        return PageResult("rules_list.html", values, status=422 if fault else 200)

    async def _show(self, rule: Rule, request: PageRequest, fault: str = "") -> PageResult:
        shown = await self._desk.shown(rule, self._asker(request))
        maker = Maker(request.language, "", self._desk.subjects.kinds)
        values = {
            "rule": rule,
            "preview": shown.preview,
            "described": maker.describe(shown.definition, shown.customer),
            "facts": maker.facts(shown.definition, shown.customer),
            "lines": maker.lines(shown.preview, shown.kept),
            "form": maker.form(shown.definition),
            "fault": fault,
        }
        return PageResult("rules_show.html", values, status=422 if fault else 200)

    def _asker(self, request: PageRequest) -> Asker:
        return Asker(request.viewer, request.language, self._clock.now())
