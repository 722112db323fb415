"""A question as it may be kept: D10, the audit log keeps no personal data and no customer's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.contracts.person import OPERATOR

if TYPE_CHECKING:
    from datetime import datetime

    from bot.contracts import Person
    from storage.store import Store

GAP = "playbook.gap"
_MASK = "***"
_PERSONAL = re.compile(r"\+?\d[\d\- ]{6,}\d|[\w.+-]+@[\w-]+\.[\w.]+")  # telephone numbers, mail addresses


def masked(store: Store, text: str, customer: str = "") -> str:
    """The text without personal data and names of customers, whoever may see them; `customer`: one more name."""
    text = _PERSONAL.sub(_MASK, text)
    for found in store.customers.mentioned_in(OPERATOR, text):
        for name in (found.name, found.short_name):
            text = re.sub(re.escape(name), _MASK, text, flags=re.IGNORECASE) if name else text
    return text.replace(customer, _MASK) if customer else text


def keep_gap(store: Store, question: str, language: str, message: str, person: Person, now: datetime) -> None:
    """Keep a question that nothing answered for sales ops; `question` is masked already. `message` counts a repeated
    delivery once."""
    detail = {"question": question, "language": language, "message": message}
    store.audit.add(person.id, GAP, "playbook", detail, now)
