"""The mail below a forwarding mail's words, as mail programs write it there: a few header lines, then its text."""

from __future__ import annotations

import re

from adapters.email.headers import mailboxes
from adapters.email.mail import Mail
from config.mail_history import part

_FORWARDS = re.compile(r"\s*(?:fwd?|转发|轉寄|轉發|转|wg|tr)\s?[:：]", re.I)
_LINE = re.compile(r"^[\s>*]{0,6}([^:：\n]{2,12}?)\*{0,2}\s?[:：]\**\s?(.{0,2000})$")
_NAMES = {
    **dict.fromkeys(("from", "发件人", "寄件者", "寄件人"), "from"),
    **dict.fromkeys(("to", "收件人"), "to"),
    **dict.fromkeys(("cc", "抄送"), "cc"),
    **dict.fromkeys(("subject", "主题", "主旨"), "subject"),
    **dict.fromkeys(("sent", "date", "发送时间", "发送日期", "日期", "时间"), "date"),
}
_HEAD = 14  # lines within which the header lines stand


def is_forward(subject: str) -> bool:
    """Whether the subject says that the mail passes another one on."""
    return bool(_FORWARDS.match(subject))


def inner_mail(earlier: str) -> Mail | None:
    """The mail that the text below a forwarding mail's words holds; None where no sender is named."""
    lines = earlier.splitlines()
    head: dict[str, str] = {}
    last = 0
    for number, line in enumerate(lines[:_HEAD]):
        found = _LINE.match(line)
        name = _NAMES.get(found[1].strip().lower()) if found else None
        if found and name and name not in head:
            head[name], last = found[2].strip(), number + 1
    senders = mailboxes(head.get("from", ""))
    if not senders:
        return None
    below = "\n".join(lines[last:])
    parted = part(below)
    return Mail(
        id="",
        subject=head.get("subject", "")[:500],
        sender=senders[0],
        to=mailboxes(head.get("to", "")),
        cc=mailboxes(head.get("cc", "")),
        at=None,
        text="\n".join(below[start:end] for start, end in parted.spans).strip(),
        earlier=below[parted.earlier :].strip(),
    )
