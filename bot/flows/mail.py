"""Mails become dialogues: from the mailbox, and as .eml files in chats. Consent first (A18); none is answered (D2).

What a mail says is data: nobody obeys it. The message that brought it is emptied as soon as it was read, so that its
words stand in the dialogue alone, and go with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import structlog

from adapters.email import Mail, UnusableMail, parse_mail
from adapters.email.translate import mail_of
from bot.contracts import Adapter, Clock, Message, Person, Reply
from bot.contracts.listening import Dialogue, Source
from bot.contracts.person import OPERATOR
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine, Job
from bot.flows.mail_reading import Ours, mail_id, ours_of, strangers, utterances, whose
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from bot.flows.recording_desk import forget_file
from config.locales import t
from knowledge.clauses.notice import Term, shown, terms_of
from storage.repositories.dialogues import DialogueRecord

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.customers import Customer
    from storage.repositories.deals import Deal
    from storage.repositories.files import FileRecord
    from storage.store import Store

State = Literal["kept", "known", "no_words", "no_customer", "several", "no_consent"]
READ = "forgotten"  # in an emptied message
LONGEST_TITLE = 80

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail."""

    state: State
    customer: str = ""
    dialogue: Dialogue | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """Who hands a mail in, and what is known beside it."""

    viewer: Person
    words: str = ""
    file_id: str = ""


def is_mail(file: FileRecord) -> bool:
    """A mail that was saved as a file; by its name, for its content is text like any other."""
    return file.name.lower().endswith(".eml") or file.media_type == "message/rfc822"


def is_outlook(file: FileRecord) -> bool:
    """A mail in Outlook's own format, which isn't read."""
    return file.name.lower().endswith(".msg")


class MailFlow:
    """Two doors, one way of reading."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        clock: Clock,
        data: Path,
        zone: ZoneInfo,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._data = data
        self._zone = zone
        self._delivery = delivery
        self._adapters = adapters

    async def came(self, message: Message) -> None:
        """Take what the mailbox got. Done twice, the second time does nothing."""
        if READ not in message.raw:
            await persistently(lambda: self._database.write(lambda store: self._read(store, message)))

    async def handed_in(self, file: FileRecord, person: Person, words: str, language: str) -> str:
        """Take a mail that somebody sent as a file; what to tell them. What isn't kept is deleted."""
        try:
            mail = await asyncio.to_thread(lambda: parse_mail((self._data / file.path).read_bytes()))
        except UnusableMail as error:
            await forget_file(self._database, self._data, file.id)
            return t(f"email.refused.{error.reason}", language)
        where = Where(person, words, file.id)
        taken = await persistently(lambda: self._database.write(lambda store: self._take(store, mail, where)))
        if taken.state != "kept":
            await forget_file(self._database, self._data, file.id)
        terms = terms_of(taken.dialogue, self._zone) if taken.dialogue else []
        return "\n".join([_told(taken, mail, language), *_lines(terms, language), *_unread(mail, language)])

    def _read(self, store: Store, message: Message) -> None:
        mail, refused = mail_of(message.raw), str(message.raw.get("refused", ""))
        taken = None if refused else self._take(store, mail, Where(OPERATOR))
        log.info("mail", message=message.id, state=taken.state if taken else refused)
        ours = ours_of(store, mail)
        if refused:
            person = next(iter(ours.people.values()), None)
            self._tell(store, message, person, mail, f"email.refused.{refused}")
        elif taken and taken.state not in {"kept", "known", "no_words"} and mail.forwarded:  # handed in on purpose
            sender = ours.people.get(mail.sender.address) if mail.sender else None
            self._tell(store, message, sender, mail, f"email.taken.{taken.state}", customer=taken.customer)
        store.messages.empty(message.id, READ)

    def _take(self, store: Store, mail: Mail, where: Where) -> Taken:
        """In one transaction with the consent: nobody can take it back between the two."""
        ours, id_ = ours_of(store, mail), mail_id(mail)
        known = store.dialogues.get(id_)
        if known is not None and known.state != "purged":
            return _known(store, where.viewer, id_)
        found = whose(store, where.viewer, mail, strangers(mail, ours), where.words)
        now = self._clock.now()
        said = utterances(mail, ours, id_, min(mail.at, now) if mail.at else now)
        if not said:
            return Taken("no_words")
        if found.customer is None:
            return Taken("several" if found.several else "no_customer")
        record = _record(store, mail, found.customer, ours, now)
        if known is not None or not _permitted(store, record):
            return Taken("no_consent", _short(found.customer))
        store.dialogues.open(replace(record, begun_at=said[-1].at, file_id=where.file_id))
        store.dialogues.add(id_, said)
        store.audit.add(where.viewer.id, "mail.kept", id_, {"customer": record.customer_id}, now)
        self._engine.enqueue(store, Job("listening", f"listening:{id_}", f"{id_}\n{id_}", partition=id_))
        return Taken("kept", _short(found.customer), store.dialogues.read(id_))

    def _tell(
        self, store: Store, message: Message, person: Person | None, mail: Mail, key: str, **values: object
    ) -> None:
        to = address_of(store, person, self._adapters) if person else None
        if person is None or to is None:
            return
        lang = language_of(store, person)
        subject = mail.subject or t("email.no_subject", lang)
        text = t("email.told", lang, subject=subject, told=t(key, lang, subject=subject, **values))
        self._delivery.post(store, f"mail:{message.id}", "", to, self._adapters[to.channel].render(Reply(to, text)))


def _known(store: Store, viewer: Person, id_: str) -> Taken:
    """What is there already, to whoever may see it."""
    record = store.dialogues.seen(viewer, id_)
    customer = store.customers.get(record.customer_id) if record else None
    return Taken("known", _short(customer) if customer else "", store.dialogues.read(id_) if record else None)


def _record(store: Store, mail: Mail, customer: Customer, ours: Ours, now: datetime) -> DialogueRecord:
    deal = _deal(store, customer.id, ours)
    return DialogueRecord(
        mail_id(mail),
        Source.EMAIL,
        now,
        customer.id,
        (deal.owner_id if deal else "") or customer.owner_id,
        deal.id if deal else "",
        mail.subject[:LONGEST_TITLE],
        state="ready",
        contacts=strangers(mail, ours),
    )


def _deal(store: Store, customer_id: str, ours: Ours) -> Deal | None:
    """The customer's only open deal, or the only one of whoever takes part in the mail; else it isn't known."""
    deals = store.deals.open([customer_id])
    people = {person.id for person in ours.people.values()}
    for some in (deals, [one for one in deals if one.owner_id in people]):
        if len(some) == 1:
            return some[0]
    return None


def _permitted(store: Store, record: DialogueRecord) -> bool:
    """The customer agreed, and nobody who takes part refused."""
    people = filter(None, (record.person_id, *record.contacts))
    return store.consents.permits({"customer": record.customer_id}) and all(
        store.consents.state("person", one) is not False for one in people
    )


def _short(customer: Customer) -> str:
    return customer.short_name or customer.name


def _told(taken: Taken, mail: Mail, language: str) -> str:
    subject = mail.subject or t("email.no_subject", language)
    return t(f"email.taken.{taken.state}", language, subject=subject, customer=taken.customer)


def _lines(terms: list[Term], language: str) -> list[str]:
    """Each sentence once, after what it says."""
    quotes = dict.fromkeys(term.quote for term in terms)
    said = {quote: shown([term for term in terms if term.quote == quote], language) for quote in quotes}
    return [f"- **{words}** “{quote}”" for quote, words in said.items()]


def _unread(mail: Mail, language: str) -> list[str]:
    """What of it wasn't read, and what to do."""
    enclosed = [t("email.enclosed", language, count=len(mail.enclosed))] if mail.enclosed else []
    return enclosed + [t(f"email.note.{note}", language) for note in mail.notes]
