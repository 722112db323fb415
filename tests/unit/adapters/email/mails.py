"""Mails as the world writes them."""

from __future__ import annotations

from email.message import EmailMessage

QUOTE = "张经理：\n总价128万元，预付30%，交货期45天。\n李工\n"


def mail(text: str = QUOTE, **headers: str) -> EmailMessage:
    """A plain mail from a customer to us."""
    message = EmailMessage()
    message["From"] = headers.pop("sender", "李工 <li@customer.example>")
    message["To"] = "张敏 <min@example.com>"
    message["Subject"] = headers.pop("subject", "回复：报价")
    message["Date"] = "Mon, 02 Mar 2026 10:21:00 +0800"
    message["Message-ID"] = "<m1@customer.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def raw(message: EmailMessage) -> bytes:
    """As it comes from a server."""
    return bytes(message).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def written(head: str, body: bytes) -> bytes:
    """A mail byte by byte, for what no library would write."""
    return head.strip().replace("\n", "\r\n").encode() + b"\r\n\r\n" + body
