"""What a mail says, who wrote it, and whose customer it is about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.email import Mail
from bot.contracts.listening import Side, Utterance
from config.mail_providers import PUBLIC

if TYPE_CHECKING:
    from bot.contracts import Person
    from storage.repositories.customers import Customer
    from storage.store import Store

MOST_SENTENCES = 400  # of one mail that are kept
MOST_CONTACTS = 50
LONGEST_SEARCHED = 4000  # characters of a mail in which customers' names are looked for, from each end
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")


@dataclass(frozen=True, slots=True)
class Ours:
    """Who of a mail's people works here."""

    people: Mapping[str, Person]  # by address
    domains: frozenset[str]  # of our own addresses

    def writes(self, address: str) -> bool:
        """Whether this address is ours: a person's, or any of our domain."""
        return address in self.people or domain_of(address) in self.domains


@dataclass(frozen=True, slots=True)
class Whose:
    """The customer of a mail; None with `several` when it could be one of many."""

    customer: Customer | None
    several: bool = False


def mail_id(mail: Mail) -> str:
    """The same for the same mail, by whichever door it came."""
    sender = mail.sender.address if mail.sender else ""
    told = "\n".join((mail.id, sender, mail.subject, *(" ".join(one.text.split()) for one in letters(mail))))
    return f"email:{hashlib.sha256(told.encode(errors='replace')).hexdigest()[:32]}"


def letters(mail: Mail) -> Iterator[Mail]:
    """The mails inside, then the mail itself: in the order in which they were written."""
    for inner in mail.forwarded:
        yield from letters(inner)
    yield mail


def domain_of(address: str) -> str:
    """The company that an address belongs to; "" where anybody may have one."""
    domain = address.rpartition("@")[2].lower()
    return "" if domain in PUBLIC else domain


def ours_of(store: Store, mail: Mail) -> Ours:
    """Who of its people works here."""
    people = store.people.by_emails(mail.addresses)
    return Ours(people, frozenset(store.people.email_domains() - PUBLIC))


def strangers(mail: Mail, ours: Ours) -> tuple[str, ...]:
    """The other side's addresses."""
    theirs = [one for one in mail.addresses if not ours.writes(one) and "|" not in one]
    return tuple(theirs[:MOST_CONTACTS])


def whose(store: Store, viewer: Person, mail: Mail, theirs: Sequence[str], words: str = "") -> Whose:
    """By what is said beside the mail, else by addresses of earlier mails, else by the names that stand in it.

    Somebody's customer who writes of another one only: nobody can say whose mail that is.
    """
    if beside := store.customers.named_in(viewer, words):
        return _of(beside)
    named = store.customers.named_in(viewer, _ends("\n".join(f"{one.subject}\n{one.text}" for one in letters(mail))))
    known = _by_address(store, viewer, theirs)
    if known and named:
        both = [one for one in known if one in named]
        return _of(both) if both else Whose(None, several=True)
    earlier = _ends("\n".join(one.earlier for one in letters(mail)))
    return _of(known or named or store.customers.named_in(viewer, earlier))


def utterances(mail: Mail, ours: Ours, id_: str, at: datetime) -> list[Utterance]:
    """Its sentences, and those of the mails inside."""
    said: list[Utterance] = []
    for letter in letters(mail):
        sender = letter.sender
        person = ours.people.get(sender.address) if sender else None
        side = Side.UNKNOWN if sender is None else Side.OURS if ours.writes(sender.address) else Side.THEIRS
        name = person.name if person else (sender.name or sender.address) if sender else ""
        account = sender.address if sender and side is Side.THEIRS else ""
        when = min(letter.at, at) if letter.at else at  # nothing was written in the future
        for found in _SENTENCE.finditer(letter.text):
            if (text := found.group().strip()) and len(said) < MOST_SENTENCES:
                said.append(Utterance(f"{id_}#{len(said) + 1}", text, side, name, when, account=account))
    return said


def _of(found: Sequence[Customer]) -> Whose:
    return Whose(found[0]) if len(found) == 1 else Whose(None, several=bool(found))


def _by_address(store: Store, viewer: Person, theirs: Sequence[str]) -> list[Customer]:
    """Those for whom these people wrote before; else those for whom somebody of their companies did."""
    if ids := store.dialogues.customers_of(theirs):
        return store.customers.seen(viewer, ids)
    companies = dict.fromkeys(f"@{domain}" for one in theirs if (domain := domain_of(one)))
    return store.customers.seen(viewer, store.dialogues.customers_of(companies, ending=True))


def _ends(text: str) -> str:
    """Beginning and end: greetings and signatures stand there."""
    return text if len(text) <= 2 * LONGEST_SEARCHED else f"{text[:LONGEST_SEARCHED]}\n{text[-LONGEST_SEARCHED:]}"
