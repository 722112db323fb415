"""The playbook in the console: list, card, editor, and what the playbook lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Clock, Page, PageRequest, PageResult
from bot.contracts.person import OPERATOR
from config.locales import t
from knowledge.playbook.fault import BadCard, EditConflict, Fault
from knowledge.playbook.masking import GAP
from knowledge.playbook.playbook import Playbook
from skills.talktracks.cards import REASONS
from skills.talktracks.feedback import CLOSED, NOT_FIT, UNSAID, close, gaps, misfits
from skills.talktracks.listing import EDITORS, LIGHTS, Row, Wanted, light, may_edit, select

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.playbook import PlaybookText
    from storage.store import Store

TEMPLATES = Path(__file__).parent / "templates"
AUDIT_ENTRIES = 2000  # newest entries that the gaps page looks through
NOT_FOUND = PageResult(status=404)
SETTLED = frozenset({("gap", "done"), ("gap", "ignored"), ("misfit", "done")})


def playbook_pages(
    database: Database, playbook: Playbook, clock: Clock, time_zone: str = "Asia/Shanghai"
) -> list[Page]:
    """The pages, for the console adapter."""
    pages = PlaybookPages(database, playbook, clock, ZoneInfo(time_zone))
    gap_title = "talktracks.page.gaps"
    return [
        Page("/playbook", pages.list, TEMPLATES, title="talktracks.page.list", group="knowledge"),
        Page(
            "/playbook-gaps",
            pages.gaps,
            TEMPLATES,
            title=gap_title,
            group="knowledge",
            methods=("GET", "POST"),
            roles=EDITORS,
        ),
        Page("/playbook/{id}", pages.show, TEMPLATES),
        Page("/playbook/{id}/edit", pages.edit, TEMPLATES, methods=("GET", "POST")),
    ]


class PlaybookPages:
    """What each page shows."""

    def __init__(self, database: Database, playbook: Playbook, clock: Clock, zone: ZoneInfo) -> None:
        self._database = database
        self._playbook = playbook
        self._clock = clock
        self._zone = zone

    async def list(self, request: PageRequest) -> PageResult:
        """Cards with filters and validity lights."""
        today = self._today()
        wanted = Wanted.read(request.query)
        words = self._playbook.vocabulary
        rows = [
            Row(card, light(card, today), words.labels("stages", card.stage, request.language))
            for card in select(self._playbook.cards(), wanted, today, request.language)
        ]
        stages = [(key, words.label("stages", key, request.language)) for key in words.keys("stages")]
        choices = {name: _named(keys, request.language) for name, keys in _CHOICES.items()}
        values = {"rows": rows, "wanted": wanted, "stages": stages, **choices}
        return PageResult("playbook_list.html", values)

    async def show(self, request: PageRequest) -> PageResult:
        """One card, rendered, with its revisions."""
        id_, language = request.path["id"], request.query.get("language", request.language)
        revisions, names = await self._database.read(lambda store: _revisions(store, id_, language))
        card = self._playbook.card(id_, language)
        if card is None:
            other = next((c.language for c in self._playbook.cards() if c.id == id_), "")
            return PageResult(redirect=f"/playbook/{id_}?language={other}") if other else NOT_FOUND
        words = self._playbook.vocabulary
        facets = [(n, words.labels(terms, getattr(card, n), request.language)) for n, terms in _FACETS]
        values = {
            "card": card,
            "facets": [(name, label) for name, label in facets if label],
            "light": light(card, self._today()),
            "revisions": [replace(old, updated_at=old.updated_at.astimezone(self._zone)) for old in revisions],
            "names": names | {OPERATOR.id: t("playbook.page.operator", request.language)},
            "editable": may_edit(request.viewer, card),
            "languages": [c.language for c in self._playbook.cards() if c.id == id_],
        }
        return PageResult("playbook_show.html", values)

    async def edit(self, request: PageRequest) -> PageResult:
        """The editor. POST with `do` = check or save."""
        id_, language = request.path["id"], request.query.get("language", request.language)
        stored = await self._database.read(lambda store: store.playbook.get(id_, language))
        if stored is None:
            return NOT_FOUND
        if not may_edit(request.viewer, self._playbook.card(id_, language)):
            return PageResult("playbook_forbidden.html", status=403)
        if request.method != "POST":
            return _editor(stored, stored.text, stored.revision)
        return await self._posted(request, stored)

    async def gaps(self, request: PageRequest) -> PageResult:
        """Questions without an answer, and cards that did not fit. POST settles one of them."""
        if request.method == "POST":
            return await self._settled(request)
        entries = await self._database.read(
            lambda store: store.audit.listing(request.viewer, AUDIT_ENTRIES, (GAP, NOT_FIT, CLOSED))
        )
        values = {
            "gaps": gaps(entries),
            "misfits": misfits(entries),
            "titles": self._titles(request.language),
            "reasons": {key: t(f"talktracks.reason.{key}", request.language) for key in REASONS}
            | {UNSAID: t("playbook.page.unsaid", request.language)},
            "timezone": self._zone,
        }
        return PageResult("playbook_gaps.html", values)

    def _titles(self, language: str) -> dict[str, str]:
        """By id; in this language where there is a version in it."""
        cards = sorted(self._playbook.cards(), key=lambda card: card.language == language)
        return {card.id: card.title for card in cards}

    async def _settled(self, request: PageRequest) -> PageResult:
        """A gap or a misfit leaves the list; what isn't one of the buttons changes nothing."""
        kind, subject, how = (request.form.get(name, "") for name in ("kind", "subject", "how"))
        if subject and (kind, how) in SETTLED:
            await close(self._database, kind, subject, how, request.viewer.id, self._clock.now())
        return PageResult(redirect="/playbook-gaps")

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    async def _posted(self, request: PageRequest, stored: PlaybookText) -> PageResult:
        text, revision = request.form.get("text", ""), _number(request.form.get("revision", ""))
        try:
            self._playbook.check(stored.id, stored.language, text)
            if request.form.get("do") != "save":
                return _editor(stored, text, revision, checked=True)
            await self._playbook.edit(stored.id, stored.language, text, request.viewer.id, seen_revision=revision)
        except BadCard as error:
            return _editor(stored, text, revision, faults=error.faults)
        except EditConflict:
            return _editor(stored, text, revision, conflict=True)
        return PageResult(redirect=f"/playbook/{stored.id}?language={stored.language}")


_CHOICES = {"kinds": ("talktrack", "competitor"), "languages": ("zh", "en"), "lights": LIGHTS}
_FACETS = (("stage", "stages"), ("industry", "industries"), ("product", "products"))


def _revisions(store: Store, id_: str, language: str) -> tuple[Sequence[PlaybookText], dict[str, str]]:
    """Every revision, and the names of those who wrote them."""
    revisions = store.playbook.revisions(id_, language)
    return revisions, store.people.names(revision.updated_by for revision in revisions)


def _named(keys: Sequence[str], language: str) -> Sequence[tuple[str, str]]:
    return [(key, t(f"talktracks.page.{key}", language)) for key in keys]


def _editor(
    stored: PlaybookText,
    text: str,
    revision: int,
    *,
    faults: Sequence[Fault] = (),
    checked: bool = False,
    conflict: bool = False,
) -> PageResult:
    values = {
        "stored": stored,
        "text": text,
        "revision": revision,
        "faults": faults,
        "checked": checked,
        "conflict": conflict,
    }
    return PageResult("playbook_edit.html", values, status=409 if conflict else 422 if faults else 200)


def _number(text: str) -> int:
    """The revision in the form; 0, which no card has, when it is not a number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
