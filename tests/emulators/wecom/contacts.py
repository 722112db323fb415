"""Customer contact (客户联系): who knows which customer, and the codes with which a new one may be welcomed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.common.clock import Clock
from tests.emulators.common.record import Record
from tests.emulators.wecom.cards import refuse
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.schema import Fields, Items, Text

CODE_LIFETIME = timedelta(seconds=20)
TEXT_BYTES, MAX_ATTACHMENTS = 4000, 9
ATTACHMENT_TYPES = ("image", "link", "miniprogram", "video", "file")
WELCOME = Fields(
    {
        "welcome_code": Text(required=True),
        "text": Fields({"content": Text(max_bytes=TEXT_BYTES)}),
        "attachments": Items(
            Fields(
                {"msgtype": Text(required=True, choices=ATTACHMENT_TYPES), **dict.fromkeys(ATTACHMENT_TYPES, Fields())}
            ),
            most=MAX_ATTACHMENTS,
        ),
    }
)


@dataclass
class Customer:
    """One customer, and the members who have them as a contact."""

    external_userid: str
    name: str
    follow: dict[str, dict[str, Any]] = field(default_factory=dict)  # userid -> an entry of follow_user


@dataclass
class WelcomeCode:
    """The right to greet a new customer once, within 20 seconds."""

    value: str
    external_userid: str
    userid: str
    issued_at: datetime
    used: bool = False


class Contacts:
    """All customers of the company."""

    def __init__(self, clock: Clock, record: Record) -> None:
        self._clock = clock
        self._record = record
        self._customers: dict[str, Customer] = {}
        self._codes: dict[str, WelcomeCode] = {}

    def add(self, userid: str, name: str, state: str, external_userid: str = "") -> Customer:
        """A member and a customer become contacts."""
        external = external_userid or f"wm{secrets.token_urlsafe(22)}"
        customer = self._customers.setdefault(external, Customer(external, name))
        added = int(self._clock.now().timestamp())
        customer.follow[userid] = {"userid": userid, "remark": name, "createtime": added, "state": state, "tags": []}
        return customer

    def remove(self, userid: str, external_userid: str) -> None:
        """They are contacts no more."""
        self._customers[external_userid].follow.pop(userid, None)

    def issue_code(self, userid: str, external_userid: str) -> str:
        """A new welcome code."""
        code = WelcomeCode(secrets.token_urlsafe(24), external_userid, userid, self._clock.now())
        self._codes[code.value] = code
        return code.value

    def get(self, external_userid: str) -> dict[str, Any]:
        """externalcontact/get: the customer and everybody who has them as a contact; 84061 if nobody does."""
        customer = self._customers.get(external_userid)
        if customer is None or not customer.follow:
            raise ApiError(84061)
        contact = {"external_userid": external_userid, "name": customer.name, "type": 1, "gender": 0}
        return {"external_contact": contact, "follow_user": list(customer.follow.values())}

    def of(self, userid: str) -> dict[str, Any]:
        """externalcontact/list: a member's customers; 84061 if there are none."""
        found = [customer.external_userid for customer in self._customers.values() if userid in customer.follow]
        if not found:
            raise ApiError(84061)
        return {"external_userid": found}

    def welcome(self, payload: dict[str, Any]) -> WelcomeCode:
        """externalcontact/send_welcome_msg: whom the greeting goes to, if the code is good."""
        refuse(WELCOME.check(payload, ""), self._record)
        if not payload.get("text", {}).get("content") and not payload.get("attachments"):
            raise ApiError(40058, "neither text nor attachments")
        code = self._codes.get(payload["welcome_code"])
        if code is None or self._clock.now() - code.issued_at >= CODE_LIFETIME:
            raise ApiError(41050)
        if code.used:
            raise ApiError(41051)
        code.used = True
        return code
