"""In a group everybody reads the answer. What only the asker may see (`Skill.private`) is said to them alone (D9)."""

from __future__ import annotations

from adapters.common.language import language
from bot.contracts import Address, Outcome, Reply
from bot.flows.persist import persistently
from bot.flows.turn import Alone, House, Turn
from config.locales import t
from storage.store import Store


def is_needed(turn: Turn, house: House, name: str) -> bool:
    """Whether this skill's answer would be read by others."""
    skill = house.skills.get(name)
    return turn.message.in_group and skill is not None and skill.private


async def alone_with(turn: Turn, house: House) -> Alone | None:
    """Where the asker reads alone, with what is kept there; None where the platform takes nothing there (yet)."""
    direct = await house.adapters[turn.to.channel].direct(turn.message.sender)
    if direct is None:
        return None
    to = Address(turn.to.channel, direct.conversation)

    def look(store: Store) -> Alone | None:
        if direct.begun_by_person and not store.messages.has_spoken(to):
            return None
        return Alone(to, store.conversations.memories(to))

    return await persistently(lambda: house.database.read(look))


def whisper(turn: Turn, outcomes: list[Outcome], name: str) -> None:
    """End the turn: the outcomes go to the asker, and the group reads where the answer is."""
    turn.privacy = "answer.private"
    told = [_note(turn, "xiaoce.private.sent")] if any(isinstance(outcome, Reply) for outcome in outcomes) else []
    turn.finish([*told, *outcomes], skill=name)


def withhold(turn: Turn, name: str) -> None:
    """End the turn without an answer: it must be asked again where nobody else reads."""
    turn.privacy = "answer.withheld"
    turn.finish([_note(turn, "xiaoce.private.ask_alone")], skill=name)


def _note(turn: Turn, key: str) -> Reply:
    """In the language that the person chose, else in that of the question."""
    asked = language(turn.message.text) if turn.message.text.strip() else turn.language
    return Reply(turn.to, text=t(key, str(turn.preferences.get("language") or asked)))
