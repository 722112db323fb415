"""Between the browser's JSON and the contracts. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.contracts import Address, Attachment, Message, Payload, Person, Press, Reply
from bot.contracts.errors import BadInput

CHANNEL = "console"
TEXT_LIMIT = 8000  # characters of one message
ATTACHMENT_LIMIT = 10  # files of one message
FIELDS_LIMIT = 20  # questions of one form
ANSWER_LIMIT = 300  # characters of one answer
_ACTION = re.compile(r"[a-z0-9_]{1,40}")
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # databases refuse NUL and half characters


class Unreadable(BadInput):
    """The browser sent something that this page never sends; reload the page."""


def address_of(person_id: str) -> Address:
    """Where a person reads answers in the console."""
    return Address(CHANNEL, f"user:{person_id}")


def person_id_of(to: Address) -> str:
    """The person behind an address of this channel."""
    return to.conversation.removeprefix("user:")


def message_from(data: Mapping[str, Any], person: Person, attachments: Sequence[Attachment], at: datetime) -> Message:
    """What somebody wrote, with the files that were uploaded before. Raises Unreadable."""
    text = clean_text(data.get("text", ""))
    if not text and not attachments:
        raise Unreadable
    kind = "attachment" if attachments else "text"
    return _message(data, person, at, kind=kind, text=text, attachments=tuple(attachments))


def press_from(data: Mapping[str, Any], person: Person, at: datetime) -> Message:
    """A pressed button, or a card that was unfolded or folded. Raises Unreadable."""
    card_id, action = data.get("card"), data.get("action")
    if not isinstance(card_id, str) or not 0 < len(card_id) <= 200 or _UNWANTED.search(card_id):
        raise Unreadable
    if not isinstance(action, str) or not _ACTION.fullmatch(action):
        raise Unreadable
    # The card id is all that this channel needs to change a card in place.
    press = Press(card_id, action, handle=card_id, values=_answers(data.get("values", {})))
    return _message(data, person, at, kind="press", press=press)


def _answers(values: object) -> dict[str, str]:
    """Answers to a form, in shape; what the card asked is known where it is kept. Raises Unreadable."""
    if not isinstance(values, dict) or len(values) > FIELDS_LIMIT:
        raise Unreadable
    if not all(_ACTION.fullmatch(key) for key in values):
        raise Unreadable
    answers = {key: clean_text(value) for key, value in values.items()}
    if any(len(answer) > ANSWER_LIMIT for answer in answers.values()):
        raise Unreadable
    return {key: answer for key, answer in answers.items() if answer}


def upload_ids(data: Mapping[str, Any]) -> list[str]:
    """The uploads that a message names. Raises Unreadable."""
    ids = data.get("uploads", [])
    if not isinstance(ids, list) or len(ids) > ATTACHMENT_LIMIT:
        raise Unreadable
    return [_uuid(value) for value in ids]


def clean_text(value: object) -> str:
    """Text without characters that no keyboard types. Raises Unreadable when it's too long or no text."""
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        raise Unreadable
    return _UNWANTED.sub("", value.replace("\r\n", "\n")).strip()


def payload_of(reply: Reply) -> Payload:
    """A reply as JSON, one for each reply. `kind`: text | card | card_update | file.

    Markdown stays Markdown here and becomes HTML when it's shown, in the viewer's language.
    """
    return {
        "kind": _kind(reply),
        "text": reply.text,
        "card": asdict(reply.card) if reply.card else None,
        "files": [asdict(file) for file in reply.files],
        "citations": [asdict(citation) for citation in reply.citations],
        "replaces": reply.update.card_id if reply.update else "",
    }


def _kind(reply: Reply) -> str:
    if reply.card:
        return "card_update" if reply.update else "card"
    return "file" if reply.files and not reply.text else "text"


def _message(data: Mapping[str, Any], person: Person, at: datetime, **fields: Any) -> Message:
    return Message(
        id=f"{CHANNEL}:{person.id}:{_uuid(data.get('id'))}",
        channel=CHANNEL,
        conversation=address_of(person.id).conversation,
        sender=person.id,
        at=at,
        **fields,
    )


def _uuid(value: object) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError as error:
        raise Unreadable from error
