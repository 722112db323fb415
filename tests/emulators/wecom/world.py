"""Everything the emulator knows, in one place that its parts share."""

from __future__ import annotations

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.archive_rights import ArchiveRights
from tests.emulators.wecom.card_desk import CardDesk
from tests.emulators.wecom.chats import Chats
from tests.emulators.wecom.company import Company
from tests.emulators.wecom.contacts import Contacts
from tests.emulators.wecom.faults import Faults
from tests.emulators.wecom.ledger import Ledger
from tests.emulators.wecom.media import MediaStore
from tests.emulators.wecom.oauth import OAuth
from tests.emulators.wecom.quotas import Quotas
from tests.emulators.wecom.record import WecomRecord
from tests.emulators.wecom.tokens import Tokens


class World:
    """The state of one emulated WeCom server."""

    def __init__(self, company: Company, clock: Clock, accounts: int) -> None:
        self.company = company
        self.clock = clock
        self.record = WecomRecord()
        self.ledger = Ledger()
        self.faults = Faults()
        self.tokens = Tokens(company, clock, self.faults)
        self.media = MediaStore(clock)
        self.quotas = Quotas(clock, accounts)
        self.chats = Chats()
        self.cards = CardDesk(clock)
        self.contacts = Contacts(clock, self.record)
        self.oauth = OAuth(self)
        self.archive = ArchiveRights(company, clock, self.faults)
        self.callback_set = True  # without a callback URL, interactive cards are refused (43012)
