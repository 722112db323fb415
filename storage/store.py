"""All repositories on one session: what a piece of work inside a transaction gets."""

from __future__ import annotations

from sqlmodel import Session

from storage.repositories.audit import Audit
from storage.repositories.cards import Cards
from storage.repositories.conversations import Conversations
from storage.repositories.customers import Customers
from storage.repositories.deliveries import Deliveries
from storage.repositories.errands import Errands
from storage.repositories.files import Files
from storage.repositories.leases import Leases
from storage.repositories.machines import Machines
from storage.repositories.messages import Messages
from storage.repositories.news import News
from storage.repositories.open_answers import OpenAnswers
from storage.repositories.people import People
from storage.repositories.playbook import PlaybookStore
from storage.repositories.preferences import Preferences
from storage.repositories.sign_ins import SignIns
from storage.repositories.usage import Usage
from storage.repositories.web_sessions import WebSessions


class Store:
    """Repositories that share one transaction. Valid only inside the `work` it is given to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.people = People(session)
        self.customers = Customers(session)
        self.conversations = Conversations(session)
        self.messages = Messages(session)
        self.deliveries = Deliveries(session)
        self.cards = Cards(session)
        self.preferences = Preferences(session)
        self.audit = Audit(session)
        self.files = Files(session)
        self.playbook = PlaybookStore(session)
        self.sign_ins = SignIns(session)
        self.web_sessions = WebSessions(session)
        self.machines = Machines(session)
        self.usage = Usage(session)
        self.news = News(session)
        self.open_answers = OpenAnswers(session)
        self.errands = Errands(session)
        self.leases = Leases(session)
