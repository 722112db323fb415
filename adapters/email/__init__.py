"""E-mail: a mailbox that is read, and .eml files from anywhere."""

from __future__ import annotations

from adapters.email.adapter import EmailAdapter
from adapters.email.errors import UnusableMail
from adapters.email.mail import Enclosed, Mail, Mailbox
from adapters.email.parse import enclosed_file, parse_mail
from adapters.email.ports import EmailPorts, Place, Progress

__all__ = [
    "EmailAdapter",
    "EmailPorts",
    "Enclosed",
    "Mail",
    "Mailbox",
    "Place",
    "Progress",
    "UnusableMail",
    "enclosed_file",
    "parse_mail",
]
