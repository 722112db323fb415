"""The emulator of WeCom's AI bot (智能机器人): callbacks or long connection, response_url, group webhook, phone."""

from tests.emulators.common.clock import Clock, ManualClock, SystemClock
from tests.emulators.wecom.envelope import Tamper
from tests.emulators.wecom.ledger import Entry, Ledger, Outcome
from tests.emulators.wecom.poster import Attempt, Delivery
from tests.emulators.wecom_bot.emulator import WecomBotEmulator
from tests.emulators.wecom_bot.faults import BotFaults
from tests.emulators.wecom_bot.members import Members

__all__ = [
    "Attempt",
    "BotFaults",
    "Clock",
    "Delivery",
    "Entry",
    "Ledger",
    "ManualClock",
    "Members",
    "Outcome",
    "SystemClock",
    "Tamper",
    "WecomBotEmulator",
]
