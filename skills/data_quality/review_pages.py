"""/duplicates in the console: pairs side by side, to merge, to keep apart, and to take back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from knowledge.identity.review import (
    DECIDERS,
    Done,
    Doubt,
    doubts,
    merge,
    one_doubt,
    part,
    reopen,
    undo,
    with_customers,
)
from skills.data_quality.pages import SEE_HISTORY, TEMPLATES
from skills.data_quality.words import Words, sureness

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

SHOWN = 20  # pairs on a page
Search = Callable[[str], Awaitable[None]]  # by whom


def review_pages(database: Database, search: Search, clock: Clock, zone: ZoneInfo, certain: float) -> list[Page]:
    """The page, for the console adapter."""
    pages = ReviewPages(database, search, clock, zone, certain)
    both = ("GET", "POST")
    return [
        Page(
            "/duplicates",
            pages.show,
            TEMPLATES,
            title="data_quality.review.title",
            group="data",
            methods=both,
            roles=DECIDERS,
        )
    ]


class ReviewPages:
    """Pairs of which the viewer sees both customers."""

    def __init__(self, database: Database, search: Search, clock: Clock, zone: ZoneInfo, certain: float) -> None:
        self._database, self._search, self._clock = database, search, clock
        self._zone, self._certain = zone, certain

    async def show(self, request: PageRequest) -> PageResult:
        """The list; `left` and `right` show one pair first. POST: `do` is merge, apart, undo, reopen or search."""
        if request.method != "POST":
            return await self._database.read(lambda store: self._show(store, request))
        if request.form.get("do") == "search":
            if request.viewer.role in SEE_HISTORY:
                await self._search(request.viewer.id)
            return PageResult(redirect="/duplicates?done=searching")
        done = await self._database.write(lambda store: self._done(store, request))
        return PageResult(redirect=f"/duplicates?done={done}")

    def _done(self, store: Store, request: PageRequest) -> Done:
        form, viewer, now = request.form, request.viewer, self._clock.now()
        left, right = form.get("left", ""), form.get("right", "")
        match form.get("do", ""):
            case "merge":
                return merge(store, viewer, left, right, form.get("kept", ""), now)
            case "apart":
                return part(store, viewer, left, right, now)
            case "reopen":
                return reopen(store, viewer, left, right, now)
            case "undo":
                number = form.get("merge", "")
                return undo(store, viewer, int(number) if number.isdecimal() and len(number) < 18 else 0, now)
        return "refused"

    def _show(self, store: Store, request: PageRequest) -> PageResult:
        viewer, words = request.viewer, Words(request.language)
        found = doubts(store, viewer, SHOWN)
        asked = one_doubt(store, viewer, request.query.get("left", ""), request.query.get("right", ""))
        if asked and asked.match.state == "open":
            found = [asked, *(one for one in found if one.match.key != asked.match.key)]
        refused = with_customers(store, viewer, store.identity.refused(viewer))
        done = request.query.get("done", "")
        values = {
            "count": store.identity.count(viewer),
            "pairs": [self._pair(one, words) for one in found],
            "merged": self._merged(store, request),
            "refused": [(one, self._day(one.match.decided_at)) for one in refused],
            "done": done if done in {"merged", "apart", "undone", "reopened", "refused", "searching"} else "",
            "searches": viewer.role in SEE_HISTORY,
        }
        return PageResult("duplicates.html", values)

    def _pair(self, doubt: Doubt, words: Words) -> dict[str, Any]:
        return {
            "doubt": doubt,
            "percent": sureness(doubt.match.probability),
            "sure": doubt.match.probability >= self._certain,
            "evidence": words.evidence(doubt),
            "compared": words.compared(doubt),
        }

    def _merged(self, store: Store, request: PageRequest) -> list[dict[str, str | int]]:
        merges = store.identity.merges.decided(request.viewer)
        seen = store.customers.seen(request.viewer, {id_ for one in merges for id_ in (one.kept_id, one.gone_id)})
        customers = {one.id: one.name for one in seen}
        people = store.people.names(one.by for one in merges)
        return [
            {
                "id": one.id,
                "kept": f"{customers.get(one.kept_id, '')} {one.kept_id}",
                "gone": f"{customers.get(one.gone_id, '')} {one.gone_id}",
                "by": people.get(one.by, one.by),
                "at": self._day(one.at),
            }
            for one in merges
        ]

    def _day(self, at: Any) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}" if at else ""
