"""Everything that leads out of the house: the platforms, and the optional language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.console.adapter import ConsoleAdapter
from adapters.console.identity import identity_providers
from adapters.console.ports import ConsolePorts
from adapters.email import EmailAdapter, EmailPorts
from adapters.llm import language_model
from adapters.slack import SlackAdapter, SlackPorts
from adapters.wecom.adapter import WecomAdapter
from adapters.wecom.client import WecomClient
from adapters.wecom_archive.adapter import WecomArchiveAdapter
from adapters.wecom_archive.ports import ArchivePorts
from adapters.wecom_bot import WecomBotAdapter, WecomBotPorts, WecomGroupAdapter
from bot.contracts import Adapter, Clock
from bot.contracts.model import NoModel
from bot.flows.archive import ArchiveDesk
from bot.flows.console_desk import CHANNEL as CONSOLE
from bot.flows.console_desk import ConsoleHistory, ConsoleSignIn
from bot.flows.engine import Engine
from bot.flows.home import HomeDesk
from bot.flows.lease import DatabaseLease
from bot.flows.mail_progress import MailProgress
from bot.flows.model_desk import Announcer, NameList, TokenLedger
from bot.flows.news import Newsroom
from bot.flows.open_answers import OpenAnswerDesk
from bot.flows.relay import DatabaseRelay
from bot.metrics import Metrics
from config.settings import Settings, Wecom
from knowledge.playbook.playbook import Playbook
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.llm.adapter import LanguageModel
    from bot.contracts import Page


@dataclass(frozen=True, slots=True)
class Doors:
    """Makes them; each asks for what it needs by ports of its own, which are fulfilled here."""

    settings: Settings
    clock: Clock
    database: Database
    engine: Engine

    def platforms(self, pages: Sequence[Page], home: HomeDesk) -> list[Adapter]:
        """Where the bot can be talked to. A new platform is added here and nowhere else."""
        settings = self.settings
        adapters: list[Adapter] = []
        if settings.console.enabled:
            adapters.append(self._console(pages))
        if settings.wecom.enabled:
            adapters.append(WecomAdapter(settings.wecom, self.clock, settings.public_url, settings.data))
        if settings.wecom_bot.enabled:
            adapters.append(self._wecom_bot())
        if settings.wecom_archive.enabled:
            adapters.append(self._wecom_archive())
        if settings.wecom_groups.groups:
            adapters.append(WecomGroupAdapter(settings.wecom_groups, settings.public_url))
        if settings.slack.enabled:
            ports = SlackPorts(home)
            adapters.append(SlackAdapter(settings.slack, self.clock, settings.public_url, settings.data, ports))
        if settings.email.enabled:
            adapters.append(self._email())
        return adapters

    def model(self, playbook: Playbook, report: Announcer, metrics: Metrics) -> LanguageModel | NoModel:
        """The optional language model; without one everything works."""

        def rivals() -> list[str]:
            return [name for card in playbook.cards() for name in card.names]

        return language_model(
            self.settings.llm,
            names=NameList(self.database, rivals),
            ledger=TokenLedger(self.database),
            report=report,
            tally=metrics,
            clock=self.clock,
            zone=ZoneInfo(self.settings.time_zone),
        )

    def _console(self, pages: Sequence[Page]) -> ConsoleAdapter:
        settings, database = self.settings, self.database
        ways = identity_providers(settings.signin, settings.wecom, settings.slack, self.clock)
        sign_in, news = ConsoleSignIn(database, self.clock), Newsroom(database, CONSOLE)
        ports = ConsolePorts(sign_in, ConsoleHistory(database), ways, news)
        return ConsoleAdapter(settings, self.clock, ports, pages, settings.signin, settings.web.trusted_proxies)

    def _email(self) -> EmailAdapter:
        database, lease = self.database, DatabaseLease(self.database, EmailAdapter.name)
        ports = EmailPorts(MailProgress(database, self.clock), lease, lease.give_back)
        return EmailAdapter(self.settings.email, self.clock, ports)

    def _wecom_bot(self) -> WecomBotAdapter:
        settings, database, name = self.settings, self.database, WecomBotAdapter.name
        relay, lease = DatabaseRelay(database, self.clock, name), DatabaseLease(database, name)
        ports = WecomBotPorts(OpenAnswerDesk(database), relay, lease)
        return WecomBotAdapter(settings.wecom_bot, self.clock, settings.public_url, settings.data, ports)

    def _wecom_archive(self) -> WecomArchiveAdapter:
        """The archive has a secret of its own; else WeCom's API is the app's."""
        settings, database, name = self.settings, self.database, WecomArchiveAdapter.name
        own, corp_id = settings.wecom_archive, settings.wecom_archive.corp_id
        client = WecomClient(
            Wecom(corp_id=corp_id, secret=own.secret, base_url=settings.wecom.base_url),
            self.clock,
        )
        zone, rooms = ZoneInfo(settings.time_zone), own.rooms or settings.data
        desk = ArchiveDesk(database, self.engine, self.clock, rooms, zone, corp_id)
        lease = DatabaseLease(database, name)
        ports = ArchivePorts(desk, client.post, lease, lease.give_back, client.close)
        return WecomArchiveAdapter(own, corp_id, self.clock, ports)
