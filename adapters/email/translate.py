"""A mail as `Message`, and back from its `raw`. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.email.mail import Enclosed, Mail, Mailbox
from bot.contracts.message import Attachment, Message

CHANNEL = "email"
EVENT = "mail"
MOST_EARLIER = 20_000  # characters of quoted history that are kept


def message_of_mail(mail: Mail, data: bytes, place: str, now: datetime) -> Message:
    """What the mailbox got. An event, never a question: nothing that a mail says is answered or obeyed.

    The id is the mail's content, so a mailbox that counts anew repeats nothing. `raw` holds the rest of the mail.
    """
    return Message(
        id=f"{CHANNEL}:{hashlib.sha256(data).hexdigest()[:40]}",
        channel=CHANNEL,
        conversation=mail.sender.address if mail.sender else "",
        sender=mail.sender.address if mail.sender else "",
        kind="event",
        event=EVENT,
        at=mail.at or now,
        text=mail.text,
        attachments=tuple(_attachment(file, place) for file in mail.enclosed),
        raw=as_json(mail),
    )


def refusal(head: Mail | None, data: bytes, reason: str, now: datetime) -> Message:
    """A mail that could not be read, so that somebody is told: `raw["refused"]` is the reason."""
    empty = Mail(id="", subject="", sender=None, to=(), cc=(), at=None, text="")
    message = message_of_mail(head or empty, data, "", now)
    return Message(
        id=message.id,
        channel=CHANNEL,
        conversation=message.conversation,
        sender=message.sender,
        kind="event",
        event=EVENT,
        at=message.at,
        raw={**message.raw, "refused": reason},
    )


def as_json(mail: Mail) -> dict[str, Any]:
    """The mail as plain values, to be stored."""
    return {
        "id": mail.id,
        "answers": mail.answers,
        "subject": mail.subject,
        "from": _box(mail.sender) if mail.sender else None,
        "to": [_box(box) for box in mail.to],
        "cc": [_box(box) for box in mail.cc],
        "at": mail.at.isoformat() if mail.at else None,
        "text": mail.text,
        "earlier": mail.earlier[:MOST_EARLIER],
        "enclosed": [[file.number, file.name, file.media_type, file.size] for file in mail.enclosed],
        "forwarded": [as_json(inner) for inner in mail.forwarded],
        "notes": list(mail.notes),
    }


def mail_of(stored: Mapping[str, Any]) -> Mail:
    """The mail that `as_json` was given."""
    return Mail(
        id=stored["id"],
        answers=stored["answers"],
        subject=stored["subject"],
        sender=Mailbox(*stored["from"]) if stored["from"] else None,
        to=tuple(Mailbox(*box) for box in stored["to"]),
        cc=tuple(Mailbox(*box) for box in stored["cc"]),
        at=datetime.fromisoformat(stored["at"]) if stored["at"] else None,
        text=stored["text"],
        earlier=stored["earlier"],
        enclosed=tuple(Enclosed(*file) for file in stored["enclosed"]),
        forwarded=tuple(mail_of(inner) for inner in stored["forwarded"]),
        notes=tuple(stored["notes"]),
    )


def _box(box: Mailbox) -> list[str]:
    return [box.address, box.name]


def _attachment(file: Enclosed, place: str) -> Attachment:
    kind = file.media_type.partition("/")[0]
    claimed = {"image": "image", "audio": "voice", "video": "video"}
    return Attachment(
        kind=claimed.get(kind, "file"),  # type: ignore[arg-type]  # the four values of AttachmentKind
        reference=f"{place}/{file.number}",
        name=file.name,
        media_type=file.media_type,
        size=file.size,
    )
