"""Bodies of multipart/form-data, read after the record has read them."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message


def parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """The content of each part by its name; empty when the body isn't what the header says."""
    whole = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    return {_name(part): _content(part) for part in whole.walk() if not part.is_multipart() and _name(part)}


def _name(part: Message) -> str:
    return str(part.get_param("name", "", header="content-disposition"))


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
