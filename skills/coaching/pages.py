"""/prompts in the console: what was sent, what was withheld and why, how people respond."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts import Clock, Page, PageRequest, PageResult
from skills.coaching.cards import WRONG
from skills.coaching.casework import Desk, soon
from skills.coaching.labelling import label_wrong
from skills.coaching.report import MONTH, drill_of, lines_of, percent
from skills.coaching.skill import READERS

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
MOST = 200
STATES = ("sent", "withheld", "digest")


def coaching_pages(database: Database, desk: Desk, clock: Clock) -> list[Page]:
    """The pages, for the console adapter."""
    pages = CoachingPages(database, desk, clock)
    methods = "GET", "POST"
    return [
        Page(
            "/prompts",
            pages.list,
            TEMPLATES,
            title="coaching.page.title",
            group="coaching",
            methods=methods,
            roles=READERS,
        )
    ]


class CoachingPages:
    """What the page shows: rows of people whom the viewer may see."""

    def __init__(self, database: Database, desk: Desk, clock: Clock) -> None:
        self._database, self._desk, self._clock = database, desk, clock

    async def list(self, request: PageRequest) -> PageResult:
        """Counts by kind, and the latest decisions; `state` narrows them. POST says that one is a false positive."""
        if request.method == "POST":
            await self._database.write(lambda store: self._label(store, request))
            return PageResult(redirect="/prompts?state=sent")
        return await self._database.read(lambda store: self._page(store, request))

    def _label(self, store: Store, request: PageRequest) -> None:
        """What the viewer may not see, or isn't a reason, changes nothing."""
        prompt, reason = store.prompts.seen(request.viewer, request.form.get("id", "")), request.form.get("reason", "")
        if prompt is not None and prompt.state == "sent" and reason in WRONG:
            note = request.form.get("note", "")
            label_wrong(store, prompt, reason, note, request.viewer.id, self._clock.now())

    def _page(self, store: Store, request: PageRequest) -> PageResult:
        now = soon(self._clock.now())
        wanted = request.query.get("state", "")
        states = (wanted,) if wanted in STATES else STATES
        prompts = store.prompts.visible_to(request.viewer, now - MONTH, now, states=states, limit=MOST)  # type: ignore[arg-type]  # checked above
        counts = store.prompts.counts(request.viewer, now - MONTH, now)
        rows = [
            (
                self._title(one.kind, request.language),
                one,
                percent(one.used, one.sent),
                percent(one.complaints, one.sent),
            )
            for one in counts
        ]
        values = {
            "rows": rows,
            "most": max((one.sent for one in counts), default=0),
            "lines": lines_of(store, self._desk, prompts, request.language),
            "drill": drill_of(store, self._desk, request.viewer, now) if self._desk.rules.drill else None,
            "states": STATES,
            "wanted": wanted,
            "wrong": WRONG,
            "local": self._desk.zone,
        }
        return PageResult("prompts.html", values)

    def _title(self, kind: str, language: str) -> str:
        return self._desk.kinds[kind].title[language] if kind in self._desk.kinds else kind
