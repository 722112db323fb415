"""业务事件地图: who produces which event, who listens (C7)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.contracts import Context, Example, Happening, Message, Outcome, OutgoingFile, Reply, Role
from config.locales import t
from skills.event_map.asked import PATTERNS, Asked, asked, asks_for_senders, is_surely_about_gaps
from skills.event_map.cards import MapCards
from skills.event_map.drawing import draw_map, picture
from skills.event_map.reading import Sources
from skills.event_map.wiring import Wire, Wiring
from storage.outgoing import keep_outgoing

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database

FOLDER = "pictures"

log = structlog.get_logger(__name__)


class EventMapSkill:
    """Everybody may ask: it holds names of systems and events, nothing of any customer."""

    name = "event_map"
    commands = ("业务事件地图", "事件地图", "event map")
    patterns = PATTERNS
    examples = (
        Example("业务事件地图", shown=True),
        Example("谁在监听订单确认"),
        Example("哪些系统订阅了回款到账"),
        Example("谁能发客户信用额度变更"),
        Example("哪些事件没人听"),
        Example("ERP 监听哪些事件"),
        Example("库存低于安全水位由哪个系统上报"),
        Example("event map", "en", shown=True),
        Example("who listens to order confirmed", "en"),
        Example("what events does the ERP send", "en"),
        Example("which events does nobody listen to", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = False

    def __init__(self, database: Database, sources: Sources, data: Path, public_url: str) -> None:
        self._database, self._sources, self._data, self._url = database, sources, data, public_url

    async def claims(self, text: str, context: Context) -> bool:
        """哪些事件没人听: about the map, whatever else 哪些事件没… may mean."""
        return is_surely_about_gaps(text)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """One card: about the event or the system that is named, else about everything; with its drawing."""
        if not isinstance(happening, Message) or happening.press:
            return []
        wiring = await self._database.read(self._sources.read)
        meant = asked(happening.text, self._sources.catalog, wiring.systems)
        cards = MapCards(wiring, context.language, self._url)
        wire = wiring.get(meant.type)
        senders = asks_for_senders(happening.text)
        card = (
            cards.type(wire, senders_first=senders)
            if wire
            else cards.system(meant.system)
            if meant.system
            else cards.overview()
        )
        named = wire.type.named(context.language) if wire else ""
        title = t("event_map.pictured", context.language, title=named) if wire else card.headline
        files = await self._pictured(wiring, drawn(wiring, meant), title, context.language, context.now)
        return [Reply(context.to, card=card, files=files)]

    async def _pictured(
        self, wiring: Wiring, wires: Sequence[Wire], title: str, lang: str, now: datetime
    ) -> tuple[OutgoingFile, ...]:
        """An answer is worth sending without its picture."""
        if not wires:
            return ()
        try:
            note = t("event_map.picture_note", lang, count=len(wires), all=len(wiring.wires))
            content = await asyncio.to_thread(picture, draw_map(wiring, wires, lang), title, note)
            if content is None:
                return ()
            path = await asyncio.to_thread(keep_outgoing, self._data / FOLDER, content, "png", now)
        except Exception:  # a library's fault must not cost the answer
            log.exception("no picture of the event map")
            return ()
        return (OutgoingFile(str(path.relative_to(self._data)), "event-map.png", "image/png"),)


def drawn(wiring: Wiring, meant: Asked) -> Sequence[Wire]:
    """What a picture shows: an event with its systems, a system with its events, or what leads from one to another."""
    if wire := wiring.get(meant.type):
        return [wire] if wire.is_used or wire.rules else []
    if meant.system:
        sent, heard = wiring.of(meant.system)
        return [one for one in wiring.wires if one in (*sent, *heard)]
    return [one for one in wiring.wires if one.is_heard and one.is_used] or [one for one in wiring.wires if one.is_used]
