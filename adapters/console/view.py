"""Templates to HTML: the frame, the chat's entries, error pages. Everything is escaped unless Markdown made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from adapters.console.door import Visitor
from adapters.console.markdown import is_external, safe_url, to_html
from adapters.console.ports import HistoryEntry
from adapters.console.security import Seal
from adapters.console.translate import ANSWER_LIMIT
from bot.contracts import Page
from config.locales import t
from config.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"
INLINE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class View:
    """All that becomes HTML."""

    def __init__(self, settings: Settings, seal: Seal, pages: Sequence[Page]) -> None:
        self._company = settings.company
        self._zone = ZoneInfo(settings.time_zone)
        self._seal = seal
        self._menu = [page for page in pages if page.title]
        self._own = _environment(FileSystemLoader(TEMPLATES))
        # One environment for each folder: two skills may both have a "list.html".
        self._skills = {folder: self._overlay(folder) for folder in {page.templates for page in pages}}

    def page(
        self,
        template: str,
        visitor: Visitor | None,
        language: str,
        *,
        folder: Path | None = None,
        status: int = 200,
        path: str = "",
        **values: Any,
    ) -> web.Response:
        """A whole page inside the frame; `folder` is a skill's own templates."""
        environment = self._skills[folder] if folder else self._own
        html = environment.get_template(template).render(values | self._frame(visitor, path) | _words(language))
        return web.Response(text=html, content_type="text/html", status=status)

    def item(self, entry: HistoryEntry, visitor: Visitor) -> dict[str, Any] | None:
        """An entry as the chat's script takes it; None for what isn't shown (presses)."""
        if entry.direction == "in" and not entry.text and not entry.attachments:
            return None
        payload = entry.payload or {}
        return {
            "id": entry.id,
            "direction": entry.direction,
            "replaces": payload.get("replaces", ""),
            "day": entry.at.astimezone(self._zone).date().isoformat(),
            "html": self._entry_html(entry, payload, visitor),
        }

    def draft(self, text: str) -> dict[str, Any]:
        """What an answer looks like so far, as the chat's script takes it."""
        return {"html": str(to_html(text))}

    def _entry_html(self, entry: HistoryEntry, payload: Mapping[str, Any], visitor: Visitor) -> str:
        template = "card.html" if payload.get("replaces") else "entry.html"
        values = {
            "entry": entry,
            "payload": payload,
            "card": payload.get("card"),
            "files": [self._file(file, visitor.person.id) for file in payload.get("files", [])],
            "clock": self._clock(entry.at),
            "answer_limit": ANSWER_LIMIT,
        }
        return self._own.get_template(template).render(values | _words(visitor.language))

    def _file(self, file: Mapping[str, Any], person_id: str) -> dict[str, Any]:
        signed = self._seal.sign({**file, "person": person_id})
        return {
            "name": file["name"],
            "url": f"/chat/files/{signed}",
            "image": file["media_type"] in INLINE_IMAGES,
        }

    def moment(self, at: datetime) -> str:
        """Day and time as people of the company read them."""
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")

    def _clock(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%H:%M")

    def _frame(self, visitor: Visitor | None, path: str) -> dict[str, Any]:
        return {
            "viewer": visitor.person if visitor else None,
            "csrf": visitor.csrf if visitor else "",
            "menu": self._menu_of(visitor) if visitor else {},
            "company": self._company,
            "path": path,
            "zone": self._zone.key,
        }

    def _menu_of(self, visitor: Visitor) -> dict[str, list[Page]]:
        """The pages under their headings, in the order in which they were given."""
        menu: dict[str, list[Page]] = {}
        for page in self._menu:
            shown_to = page.menu or page.roles
            if not shown_to or visitor.person.role in shown_to:
                menu.setdefault(page.group, []).append(page)
        return menu

    def _overlay(self, folder: Path) -> Environment:
        return _environment(ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(TEMPLATES)]))


def _environment(loader: ChoiceLoader | FileSystemLoader) -> Environment:
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(markdown=to_html, safe_url=safe_url)
    environment.tests["external"] = is_external
    return environment


def _words(language: str) -> dict[str, Any]:
    return {"lang": language, "t": lambda key, **values: t(key, language, **values)}
