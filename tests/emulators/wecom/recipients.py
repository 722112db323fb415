"""Who gets a message: members, departments, tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.emulators.wecom.company import Company
from tests.emulators.wecom.errors import ApiError

MAX_USERS, MAX_GROUPS = 1000, 100


@dataclass(frozen=True)
class Recipients:
    """The members found, and what was not found."""

    userids: tuple[str, ...]
    invalid_users: tuple[str, ...]  # lower-cased, as the server does
    invalid_parties: tuple[str, ...]
    invalid_tags: tuple[str, ...]
    unlicensed: tuple[str, ...]

    def answer(self) -> dict[str, str]:
        """The fields of the answer that name those not reached."""
        named = {
            "invaliduser": self.invalid_users,
            "invalidparty": self.invalid_parties,
            "invalidtag": self.invalid_tags,
            "unlicenseduser": self.unlicensed,
        }
        return {name: "|".join(ids) for name, ids in named.items() if ids}


def resolve(payload: Mapping[str, Any], company: Company) -> Recipients:
    """Find the members; 82001 if nobody is named, 81013 if nobody is found."""
    users, parties, tags = (_split(payload.get(name, "")) for name in ("touser", "toparty", "totag"))
    if not users and not parties and not tags:
        raise ApiError(82001)
    if len(users) > MAX_USERS or len(parties) > MAX_GROUPS or len(tags) > MAX_GROUPS:
        raise ApiError(40058, "too many receivers")
    if "@all" in users:
        users, parties, tags = list(company.users), [], []
    found = _find(users, parties, tags, company)
    if not found.userids:
        raise ApiError(81013)
    return found


def _split(text: Any) -> list[str]:
    if not isinstance(text, str):
        raise ApiError(40058, "receivers are strings joined by |")
    return [part.strip() for part in text.split("|") if part.strip()]


def _find(users: list[str], parties: list[str], tags: list[str], company: Company) -> Recipients:
    known = [company.find_user(user) for user in users]
    groups = [company.parties.get(party, ()) for party in parties] + [company.tags.get(tag, ()) for tag in tags]
    everyone = dict.fromkeys([user for user in known if user] + [user for group in groups for user in group])
    return Recipients(
        userids=tuple(user for user in everyone if user not in company.unlicensed),
        invalid_users=tuple(user.lower() for user, match in zip(users, known, strict=True) if not match),
        invalid_parties=tuple(party for party in parties if party not in company.parties),
        invalid_tags=tuple(tag for tag in tags if tag not in company.tags),
        unlicensed=tuple(user.lower() for user in everyone if user in company.unlicensed),
    )
