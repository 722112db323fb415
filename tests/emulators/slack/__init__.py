"""The Slack emulator: Web API, Events API, Socket Mode, files, sign-in, client page."""

from tests.emulators.common.clock import Clock, ManualClock, SystemClock
from tests.emulators.slack.callbacks import CallbackSender
from tests.emulators.slack.delivery import Attempt, Delivery, Said
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.slack.ledger import Entry, Ledger, Outcome
from tests.emulators.slack.run import run_emulator
from tests.emulators.slack.signing import Tamper
from tests.emulators.slack.workspace import Channel, Workspace

__all__ = [
    "Attempt",
    "CallbackSender",
    "Channel",
    "Clock",
    "Delivery",
    "Entry",
    "Ledger",
    "ManualClock",
    "Outcome",
    "Said",
    "SlackEmulator",
    "SystemClock",
    "Tamper",
    "Workspace",
    "run_emulator",
]
