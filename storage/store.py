"""All repositories on one session: what a piece of work inside a transaction gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlmodel import Session

from storage.repositories.agendas import Agendas
from storage.repositories.alarms import Alarms
from storage.repositories.attribution import Attribution
from storage.repositories.audit import Audit
from storage.repositories.brief_kept import BriefKept
from storage.repositories.briefing import Briefing
from storage.repositories.cards import Cards
from storage.repositories.consents import Consents
from storage.repositories.contacts import Contacts
from storage.repositories.conversations import Conversations
from storage.repositories.customer_people import CustomerPeople
from storage.repositories.customers import Customers
from storage.repositories.deadline_board import DeadlineBoard
from storage.repositories.deadlines import Deadlines
from storage.repositories.deal_states import DealStates
from storage.repositories.deals import Deals
from storage.repositories.deliveries import Deliveries
from storage.repositories.diagnoses import Diagnoses
from storage.repositories.dialogues import Dialogues
from storage.repositories.errands import Errands
from storage.repositories.event_about import EventAbout
from storage.repositories.event_claims import EventClaims
from storage.repositories.event_deliveries import EventDeliveries
from storage.repositories.event_subscriptions import EventSubscriptions
from storage.repositories.events import Events
from storage.repositories.files import Files
from storage.repositories.funnel import Funnel
from storage.repositories.identity import Identities
from storage.repositories.labels import Labels
from storage.repositories.landing import Landing
from storage.repositories.leases import Leases
from storage.repositories.lights import Lights
from storage.repositories.linkables import Linkables
from storage.repositories.loads import Loads
from storage.repositories.loop import Loop
from storage.repositories.machines import Machines
from storage.repositories.messages import Messages
from storage.repositories.news import News
from storage.repositories.open_answers import OpenAnswers
from storage.repositories.patterns import Patterns
from storage.repositories.people import People
from storage.repositories.playbook import PlaybookStore
from storage.repositories.preferences import Preferences
from storage.repositories.prompts import Prompts
from storage.repositories.proposals import Proposals
from storage.repositories.purging import Purging
from storage.repositories.quality import Quality
from storage.repositories.quarantine import Quarantine
from storage.repositories.questions import Questions
from storage.repositories.quotes import Quotes
from storage.repositories.refusals import Refusals
from storage.repositories.rehearsals import Rehearsals
from storage.repositories.rules import Rules
from storage.repositories.sign_ins import SignIns
from storage.repositories.signals import Signals
from storage.repositories.source_health import SourceHealth
from storage.repositories.sources import Sources
from storage.repositories.staging import Staging
from storage.repositories.systems import Systems
from storage.repositories.tasks import Tasks
from storage.repositories.usage import Usage
from storage.repositories.visits import Visits
from storage.repositories.web_sessions import WebSessions

R = TypeVar("R")


class _Made(Generic[R]):
    """A repository that is made when it is first asked for: most transactions need two or three of them."""

    def __init__(self, kind: Callable[[Session], R]) -> None:
        self._kind = kind

    def __set_name__(self, owner: type[Store], name: str) -> None:
        self._name = name

    def __get__(self, store: Store, owner: type[Store]) -> R:
        made = self._kind(store.session)
        store.__dict__[self._name] = made
        return made


class Store:
    """Repositories that share one transaction. Valid only inside the `work` it is given to."""

    people = _Made(People)
    customers = _Made(Customers)
    customer_people = _Made(CustomerPeople)
    conversations = _Made(Conversations)
    messages = _Made(Messages)
    deliveries = _Made(Deliveries)
    cards = _Made(Cards)
    preferences = _Made(Preferences)
    audit = _Made(Audit)
    files = _Made(Files)
    playbook = _Made(PlaybookStore)
    sign_ins = _Made(SignIns)
    web_sessions = _Made(WebSessions)
    machines = _Made(Machines)
    usage = _Made(Usage)
    news = _Made(News)
    open_answers = _Made(OpenAnswers)
    errands = _Made(Errands)
    leases = _Made(Leases)
    deals = _Made(Deals)
    deal_states = _Made(DealStates)
    quotes = _Made(Quotes)
    dialogues = _Made(Dialogues)
    purging = _Made(Purging)
    consents = _Made(Consents)
    contacts = _Made(Contacts)
    signals = _Made(Signals)
    tasks = _Made(Tasks)
    prompts = _Made(Prompts)
    diagnoses = _Made(Diagnoses)
    labels = _Made(Labels)
    rules = _Made(Rules)
    proposals = _Made(Proposals)
    agendas = _Made(Agendas)
    patterns = _Made(Patterns)
    visits = _Made(Visits)
    identity = _Made(Identities)
    linkables = _Made(Linkables)
    quality = _Made(Quality)
    staging = _Made(Staging)
    sources = _Made(Sources)
    refusals = _Made(Refusals)
    loads = _Made(Loads)
    landing = _Made(Landing)
    loop = _Made(Loop)
    lights = _Made(Lights)
    alarms = _Made(Alarms)
    source_health = _Made(SourceHealth)
    attribution = _Made(Attribution)
    funnel = _Made(Funnel)
    briefing = _Made(Briefing)
    brief_kept = _Made(BriefKept)
    questions = _Made(Questions)
    events = _Made(Events)
    event_about = _Made(EventAbout)
    quarantine = _Made(Quarantine)
    systems = _Made(Systems)
    deadlines = _Made(Deadlines)
    deadline_board = _Made(DeadlineBoard)

    event_claims = _Made(EventClaims)
    event_deliveries = _Made(EventDeliveries)
    event_subscriptions = _Made(EventSubscriptions)
    rehearsals = _Made(Rehearsals)

    def __init__(self, session: Session) -> None:
        self.session = session
