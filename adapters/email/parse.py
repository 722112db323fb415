"""An .eml file, from a mailbox or from a chat, as a `Mail`. Blocking and possibly slow: call it in a thread."""

from __future__ import annotations

from dataclasses import replace
from email.message import Message

from adapters.email import headers
from adapters.email.body import bytes_of, is_enclosed, is_locked_text, locked, words
from adapters.email.errors import UnusableMail
from adapters.email.forwarded import inner_mail, is_forward
from adapters.email.mail import Enclosed, Mail
from adapters.email.policy import DEEPEST, LARGEST, MOST_PARTS, message_of, parts
from config.mail_history import part as parted

MOST_FORWARDED = 10
_DEEPEST = 3  # mails within mails
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}


def parse_mail(data: bytes) -> Mail:
    """Read one mail. Raises UnusableMail: encrypted, signed, too_large, too_many_parts, empty, unreadable."""
    return _mail(message_of(data), 0)


def head_of(data: bytes) -> Mail:
    """What a mail's headers alone tell; for mails that are refused. Raises UnusableMail if not even these are there."""
    return _head(message_of(data[:LARGEST].split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"))


def enclosed_file(data: bytes, number: int) -> tuple[Enclosed, bytes]:
    """An attachment and its bytes. Raises UnusableMail (gone) if the mail has none of that number."""
    for listed, part in _enclosed(message_of(data)):
        if listed.number == number:
            return listed, bytes_of(part, LARGEST)
    raise UnusableMail("gone")


def _mail(message: Message[str, str], depth: int) -> Mail:
    if reason := locked(message):
        raise UnusableMail(reason)
    head = _head(message)
    said = words(message)
    if is_locked_text(said):
        raise UnusableMail("encrypted")
    enclosed = tuple(listed for listed, _ in _enclosed(message))
    inner, notes = _attached_mails(message, depth)
    own, earlier = _split(said)
    if is_forward(head.subject) and earlier and (mail := inner_mail(earlier)):
        inner, earlier = (*inner, mail), ""
    if not (head.sender or head.to or head.subject or head.at or head.id):
        raise UnusableMail("unreadable" if said or enclosed else "empty")  # any file reads as a mail without headers
    return replace(
        head, text=own, earlier=earlier, enclosed=enclosed, forwarded=inner, notes=(*notes, *_notes(message))
    )


def _head(message: Message[str, str]) -> Mail:
    senders = headers.boxes(message, "From") or headers.boxes(message, "Sender")
    return Mail(
        id=headers.message_id(message, "Message-ID"),
        subject=headers.text(message, "Subject")[:500],
        sender=senders[0] if senders else None,
        to=headers.boxes(message, "To"),
        cc=headers.boxes(message, "Cc"),
        at=headers.when(message),
        text="",
        answers=headers.message_id(message, "In-Reply-To"),
    )


def _split(said: str) -> tuple[str, str]:
    """Own words and what came before."""
    place = parted(said)
    return "\n".join(said[start:end] for start, end in place.spans).strip(), said[place.earlier :].strip()


def _enclosed(message: Message[str, str]) -> list[tuple[Enclosed, Message[str, str]]]:
    found: list[tuple[Enclosed, Message[str, str]]] = []
    for part, _ in parts(message):
        if part.get_content_type() != "message/rfc822" and is_enclosed(part):
            number = len(found) + 1
            name = headers.filename(part) or f"file-{number}"
            found.append((Enclosed(number, name, part.get_content_type(), _size(part)), part))
    return found


def _size(part: Message[str, str]) -> int:
    content = part.get_payload()
    if not isinstance(content, str):
        return 0
    is_base64 = str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"
    return len(content) * 3 // 4 if is_base64 else len(content)


def _attached_mails(message: Message[str, str], depth: int) -> tuple[tuple[Mail, ...], tuple[str, ...]]:
    """Mails inside; a note for each that can't be read."""
    mails: list[Mail] = []
    notes: list[str] = []
    for part, _ in parts(message):
        inner = part.get_payload() if part.get_content_type() == "message/rfc822" else None
        if not (isinstance(inner, list) and inner and isinstance(inner[0], Message)):
            continue
        if depth >= _DEEPEST or len(mails) >= MOST_FORWARDED:
            notes.append("cut")
            break
        try:
            mails.append(_mail(inner[0], depth + 1))
        except UnusableMail as error:
            notes.append(error.reason)
    return tuple(mails), tuple(dict.fromkeys(notes))


def _notes(message: Message[str, str]) -> tuple[str, ...]:
    found = []
    listed = list(parts(message))
    kinds = [(part.get_content_type(), headers.filename(part).lower()) for part, _ in listed]
    if any(kind in _TNEF or name == "winmail.dat" for kind, name in kinds):
        found.append("winmail")
    if len(listed) >= MOST_PARTS or any(depth >= DEEPEST for _, depth in listed):
        found.append("parts")
    return tuple(found)
