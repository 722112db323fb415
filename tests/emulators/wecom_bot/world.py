"""Everything the emulator knows. It is a WeCom server too: the group robots' webhook is that of the other emulator."""

from __future__ import annotations

from collections.abc import Iterable

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.company import Company
from tests.emulators.wecom.quotas import PER_MEMBER, SlidingWindow
from tests.emulators.wecom.world import World
from tests.emulators.wecom_bot.bot import Bot
from tests.emulators.wecom_bot.exchanges import Exchanges
from tests.emulators.wecom_bot.faults import BotFaults
from tests.emulators.wecom_bot.files import Files
from tests.emulators.wecom_bot.response_codes import ResponseCodes


class BotWorld(World):
    """The state of one emulated AI bot."""

    faults: BotFaults

    def __init__(self, bot: Bot, clock: Clock, webhook_keys: Iterable[str]) -> None:
        company = Company(
            corp_id="",  # the receiveid of AI bots is empty
            agent_id=0,
            secret=bot.secret,
            token=bot.token,
            aes_key=bot.aes_key,
            users=bot.users,
            webhook_keys=frozenset(webhook_keys),
            app_name=bot.name,
        )
        super().__init__(company, clock, accounts=1)
        self.bot = bot
        self.faults = BotFaults()
        self.files = Files(clock, bot.aes_key)
        self.exchanges = Exchanges()
        self.response_codes = ResponseCodes(clock)
        self.sent = SlidingWindow(PER_MEMBER)  # messages by chat: answers and those unasked together
