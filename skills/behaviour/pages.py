"""/behaviour in the console: diagnoses with evidence and suggestion, for the person and their own manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts import Page, PageRequest, PageResult
from skills.behaviour.aftermath import After, aftermath
from skills.behaviour.cards import Maker
from skills.behaviour.skill import READERS

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.diagnoses import Diagnosis
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One diagnosis with what came after its prompts, as of now."""

    diagnosis: Diagnosis
    person: str
    after: list[After]


def behaviour_pages(database: Database, make: Callable[[str], Maker], zone: ZoneInfo) -> list[Page]:
    """The pages, for the console adapter."""
    pages = BehaviourPages(database, make, zone)
    return [Page("/behaviour", pages.show, TEMPLATES, title="behaviour.page.title", group="coaching", roles=READERS)]


class BehaviourPages:
    """What the page shows."""

    def __init__(self, database: Database, make: Callable[[str], Maker], zone: ZoneInfo) -> None:
        self._database, self._make, self._zone = database, make, zone

    async def show(self, request: PageRequest) -> PageResult:
        """The viewer's own diagnoses, and those of people who report to them."""
        maker = self._make(request.language)
        entries = await self._database.read(lambda store: self._entries(store, request, maker))
        return PageResult("behaviour.html", {"rows": [self._row(one, request, maker) for one in entries]})

    def _entries(self, store: Store, request: PageRequest, maker: Maker) -> list[Entry]:
        found = store.diagnoses.visible_to(request.viewer, limit=SHOWN)
        names = store.people.names(one.person_id for one in found)
        prompts = store.prompts.these([id_ for one in found for id_ in one.prompt_ids])
        entries = []
        for one in found:
            known = [prompts[id_] for id_ in one.prompt_ids if id_ in prompts]
            after = aftermath(store, request.viewer, known, maker.kinds, self._zone)
            entries.append(Entry(one, names.get(one.person_id, one.person_id), after))
        return entries

    def _row(self, entry: Entry, request: PageRequest, maker: Maker) -> dict[str, Any]:
        one, own = entry.diagnosis, entry.diagnosis.person_id == request.viewer.id
        return {
            "at": one.at.astimezone(self._zone),
            "person": "" if own else entry.person,
            "ability": maker.ability(one.ability),
            "count": len(one.prompt_ids),
            "lines": [maker.told(after) for after in entry.after],
            "advice": (maker.advice if own else maker.coaching)(one.ability).splitlines(),
            "response": one.response,
        }
