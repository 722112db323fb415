"""People and their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func
from sqlalchemy import select as core
from sqlmodel import Session, col, select

from bot.contracts.person import Person, Role
from storage.accounts import directory
from storage.chunks import chunks
from storage.errors import AccountTaken
from storage.permissions import visible
from storage.tables import AccountRow, PersonRow
from storage.upsert import table_of, upsert_all


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person with everything we keep. `accounts`: channel -> account; "" takes the account away. Who is `gone` has
    none."""

    id: str
    name: str
    role: Role
    team: str = ""
    regions: tuple[str, ...] = ()
    manager_id: str = ""
    email: str = ""
    mobile: str = ""
    hired: date | None = None
    language: str = "zh"
    accounts: Mapping[str, str] = field(default_factory=dict)
    gone: bool = False


_people, _accounts = table_of(PersonRow), table_of(AccountRow)
_BY_ACCOUNT = (
    core(_people)
    .join(_accounts)
    .where(_accounts.c.channel == bindparam("channel"), _accounts.c.account == bindparam("account"))
)


class People:
    """Who works here. Every listing takes a viewer. Who has left is kept for the audit log and for their customers'
    sake, but found by imports only."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_account(self, channel: str, account: str) -> Person | None:
        """Who wrote: the person behind a platform's id, or None for a stranger."""
        values = {"channel": directory(channel), "account": account}
        row = self._session.connection().execute(_BY_ACCOUNT, values).first()
        return _person(row) if row else None

    def by_emails(self, addresses: Iterable[str]) -> dict[str, Person]:
        """Who of us has these e-mail addresses (in lower case), by address, in their order; strangers are left out."""
        wanted = list(dict.fromkeys(addresses))
        query = core(_people).where(func.lower(_people.c.email).in_(wanted), ~_people.c.gone)
        found = {str(row.email).lower(): _person(row) for row in self._session.connection().execute(query)}
        return {address: found[address] for address in wanted if address in found}

    def email_domains(self) -> set[str]:
        """What stands behind the @ of our addresses, in lower case."""
        rows = self._session.connection().execute(core(_people.c.email).where(_people.c.email != "")).scalars()
        return {str(address).lower().rpartition("@")[2] for address in rows}

    def get(self, person_id: str) -> Person | None:
        """One person by employee number, for the flows; None when they have left."""
        row = self._session.get(PersonRow, person_id)
        return _person(row) if row and not row.gone else None

    def accounts(self, person_id: str) -> dict[str, str]:
        """Where a person can be reached: channel -> account."""
        rows = self._session.exec(select(AccountRow).where(AccountRow.person_id == person_id))
        return {row.channel: row.account for row in rows}

    def visible_to(self, viewer: Person) -> list[Person]:
        """Everybody whom the viewer may see, by employee number."""
        query = select(PersonRow).where(visible(viewer, PersonRow), ~col(PersonRow.gone)).order_by(col(PersonRow.id))
        return [_person(row) for row in self._session.exec(query)]

    def reps_hired(self, viewer: Person) -> dict[str, date]:
        """When the salespeople whom the viewer may see began, by employee number; of whom that is known."""
        here = visible(viewer, PersonRow), ~col(PersonRow.gone), col(PersonRow.role) == Role.REP.value
        query = core(_people.c.id, _people.c.hired).where(*here)
        return {id_: day for id_, day in self._session.connection().execute(query) if day is not None}

    def all_names(self) -> set[str]:
        """What everybody is called who is or was here: to be masked, never to be shown."""
        return set(self._session.exec(select(PersonRow.name)))

    def known(self, ids: Iterable[str]) -> set[str]:
        """Which of these employee numbers exist, for imports."""
        queries = (select(PersonRow.id).where(col(PersonRow.id).in_(some)) for some in chunks(ids))
        return {person_id for query in queries for person_id in self._session.exec(query)}

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """What these people are called, for pages that say who did something; unknown ids are left out."""
        query = select(PersonRow.id, PersonRow.name).where(col(PersonRow.id).in_(set(ids)))
        return dict(self._session.exec(query).all())

    def managers(self) -> dict[str, str]:
        """Who reports to whom, by employee number, for imports; whoever has no manager is left out."""
        query = select(PersonRow.id, PersonRow.manager_id).where(col(PersonRow.manager_id) != "")
        return dict(self._session.exec(query).all())

    def holders(self, channel: str, accounts: Iterable[str]) -> dict[str, str]:
        """Who has these accounts now, for imports; free ones are left out."""
        query = select(AccountRow).where(AccountRow.channel == channel)
        queries = (query.where(col(AccountRow.account).in_(some)) for some in chunks(accounts))
        return {link.account: link.person_id for some in queries for link in self._session.exec(some)}

    def accounts_of(self, channel: str) -> dict[str, tuple[str, str]]:
        """Everybody's account on a channel, for imports: account -> employee number and name."""
        query = core(_accounts.c.account, _people.c.id, _people.c.name).select_from(_accounts.join(_people))
        rows = self._session.connection().execute(query.where(_accounts.c.channel == channel))
        return {account: (person_id, name) for account, person_id, name in rows}

    def records(self, ids: Iterable[str]) -> dict[str, PersonRecord]:
        """What is kept about these people, for imports; unknown ids are left out."""
        wanted = list(ids)
        accounts: dict[str, dict[str, str]] = {}
        for link in self._session.exec(select(AccountRow).where(col(AccountRow.person_id).in_(wanted))):
            accounts.setdefault(link.person_id, {})[link.channel] = link.account
        rows = self._session.exec(select(PersonRow).where(col(PersonRow.id).in_(wanted)))
        return {row.id: _record(row, accounts.get(row.id, {})) for row in rows}

    def upsert(self, record: PersonRecord) -> None:
        """Add or change a person and the accounts of the channels named. Raises AccountTaken."""
        self.upsert_all([record])

    def upsert_all(self, records: Sequence[PersonRecord]) -> None:
        """The same for many; accounts may move between them, and who is gone loses theirs. Raises AccountTaken."""
        upsert_all(self._session, PersonRow, [_columns(record) for record in records])
        links = [(r.id, channel, account) for r in records if not r.gone for channel, account in r.accounts.items()]
        for person_id, channel, _ in links:
            mine = delete(AccountRow).where(col(AccountRow.person_id) == person_id)
            self._session.execute(mine.where(col(AccountRow.channel) == channel))
        gone = [record.id for record in records if record.gone]
        self._session.execute(delete(AccountRow).where(col(AccountRow.person_id).in_(gone)))
        for person_id, channel, account in links:
            self._link(person_id, channel, account)

    def _link(self, person_id: str, channel: str, account: str) -> None:
        if not account:
            return
        holder = self._session.get(AccountRow, (channel, account))
        if holder:
            raise AccountTaken(f"{AccountTaken.__doc__} ({channel} {account}: {holder.person_id})")
        self._session.add(AccountRow(channel=channel, account=account, person_id=person_id))
        self._session.flush()


def _person(row: PersonRow | Any) -> Person:
    """Of a row, or of a result with its columns."""
    return Person(row.id, row.name, Role(row.role), row.team, tuple(row.regions), row.manager_id, row.language)


def _record(row: PersonRow, accounts: Mapping[str, str]) -> PersonRecord:
    person = _person(row)
    return PersonRecord(
        person.id,
        person.name,
        person.role,
        person.team,
        person.regions,
        person.manager_id,
        row.email,
        row.mobile,
        row.hired,
        person.language,
        accounts,
        row.gone,
    )


def _columns(record: PersonRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "role": record.role.value,
        "team": record.team,
        "regions": record.regions,
        "manager_id": record.manager_id,
        "email": record.email,
        "mobile": record.mobile,
        "hired": record.hired,
        "language": record.language,
        "gone": record.gone,
    }
