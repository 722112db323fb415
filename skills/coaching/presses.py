"""What the buttons of a prompt do: note the response, change the card in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.contracts import Card, CardUpdate, Context, Outcome, Press, Reply
from config.locales import t
from skills.coaching.cards import REASONS, WRONG, Maker
from skills.coaching.casework import LEVEL, MUTED, Desk
from skills.coaching.labelling import label_wrong
from skills.coaching.policy import LEVELS
from skills.coaching.report import rate_line
from skills.coaching.understanding import mute_until

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.cards import StoredCard
    from storage.repositories.prompts import Response
    from storage.store import Store

RESPONSES: Mapping[str, Response] = {
    "used": "used", "not_fit": "not_fit", "later": "later", "less": "less", "interrupted": "interrupted"
}  # fmt: skip


class Presses:
    """Answers presses on prompts, digests and the settings' card."""

    def __init__(self, database: Database, desk: Desk, maker: Callable[[Context], Maker]) -> None:
        self._database, self._desk, self._maker = database, desk, maker

    async def handle(self, press: Press, context: Context) -> Sequence[Outcome]:
        """Do it and show the card as it is now."""
        card = await self._database.write(lambda store: self._done(store, press, context))
        if card is None:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    def _done(self, store: Store, press: Press, context: Context) -> Card | None:
        stored = store.cards.get(press.card_id)
        if stored is None or stored.person_id != context.person.id:
            return None
        maker = self._maker(context)
        if press.action in {"mute", "settings"} or press.action.startswith("level_"):
            return self._set(store, stored.card, press, maker, context)
        if press.action == "not_fit" or press.action.startswith("reason_"):
            reason = press.values.get("reason", "") or press.action.removeprefix("reason_")
            return self._not_fit(store, stored, reason, press.values.get("note", ""), maker, context)
        return self._responded(store, stored, press.action, maker, context)

    def _set(self, store: Store, card: Card, press: Press, maker: Maker, context: Context) -> Card | None:
        """A mute level, or a pause."""
        if press.action == "mute":
            return self._mute(store, card, maker, context)
        if press.action == "settings" and not press.values.get("level"):  # no forms here: buttons
            return maker.choosing(card, self._desk.wishes(store, context.person.id).level, "")
        return self._level(store, card, press, maker, context)

    def _responded(self, store: Store, stored: StoredCard, action: str, maker: Maker, context: Context) -> Card | None:
        response = RESPONSES.get(action)
        if response is None:
            return None
        _respond(store, stored, response, context.now)
        if action == "less":
            return self._less(store, stored.card, maker, context)
        hours = f"{self._desk.rules.later_hours:g}"
        return maker.after(stored.card, action, t(f"coaching.after.{action}", context.language, hours=hours))

    def _less(self, store: Store, card: Card, maker: Maker, context: Context) -> Card:
        level = self._desk.wishes(store, context.person.id).level
        name = t(f"coaching.level_name.{level}", context.language)
        notice = t("coaching.after.less", context.language, level=name)
        figures = rate_line(store, self._desk, context.person.id, context.language, context.now)
        return maker.choosing(card, level, f"{notice} {figures}" if level == "smart" else notice)

    def _not_fit(
        self, store: Store, stored: StoredCard, reason: str, note: str, maker: Maker, context: Context
    ) -> Card:
        _respond(store, stored, "not_fit", context.now)
        if reason not in {*REASONS, *WRONG}:
            return maker.asking(stored.card)
        if reason.startswith("wrong"):
            _label(store, stored, reason, note, context)
        if reason == "wrong":  # a button, where the platform has no forms
            return maker.asking_why(stored.card)
        words = t(f"coaching.why_not.{reason}", context.language)
        card = replace(stored.card, actions=())
        return maker.after(card, "not_fit", t("coaching.after.not_fit", context.language, reason=words))

    def _level(self, store: Store, card: Card, press: Press, maker: Maker, context: Context) -> Card | None:
        level = press.values.get("level") or press.action.removeprefix("level_")
        if level not in LEVELS:
            return None
        notice = set_level(store, context.person.id, level, context)
        return maker.choosing(card, level, notice)

    def _mute(self, store: Store, card: Card, maker: Maker, context: Context) -> Card:
        until = mute_until(None, context.now.astimezone(self._desk.zone), self._desk.rules)
        return replace(card, notice=set_mute(store, context.person.id, until, context), actions=())


def set_level(store: Store, person_id: str, level: str, context: Context) -> str:
    """Choose a mute level; what to say of it. It ends a mute."""
    store.preferences.set(person_id, LEVEL, level, context.now)
    store.preferences.set(person_id, MUTED, "", context.now)
    name, meaning = (t(f"coaching.{key}.{level}", context.language) for key in ("level_name", "level_meaning"))
    return t("coaching.set.level", context.language, level=name, meaning=meaning)


def set_mute(store: Store, person_id: str, until: datetime, context: Context) -> str:
    """Leave somebody alone; what to say of it."""
    store.preferences.set(person_id, MUTED, until.isoformat(), context.now)
    return t("coaching.set.muted", context.language, until=f"{until:%m-%d %H:%M}")


def _ids(stored: StoredCard) -> list[str]:
    return [str(id_) for id_ in stored.context.get("prompts", ())]


def _respond(store: Store, stored: StoredCard, response: Response, at: datetime) -> None:
    """A digest is one interruption, however much it holds; so its first prompt stands for all."""
    for id_ in _ids(stored)[:1]:
        store.prompts.respond(id_, response, at)


def _label(store: Store, stored: StoredCard, reason: str, note: str, context: Context) -> None:
    for id_ in _ids(stored)[:1]:
        prompt = store.prompts.get(id_)
        if prompt is not None:
            label_wrong(store, prompt, reason, note, context.person.id, context.now)
