"""The WeCom emulator: self-built app API, group robot, callback sender, phone page."""

from tests.emulators.common.clock import Clock, ManualClock, SystemClock
from tests.emulators.wecom.callbacks import CallbackSender, Verification
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.envelope import Envelope, Tamper
from tests.emulators.wecom.ledger import Entry, Ledger, Outcome
from tests.emulators.wecom.poster import Attempt, Delivery
from tests.emulators.wecom.run import run_emulator

__all__ = [
    "Attempt",
    "CallbackSender",
    "Clock",
    "Delivery",
    "Entry",
    "Envelope",
    "Ledger",
    "ManualClock",
    "Outcome",
    "SystemClock",
    "Tamper",
    "Verification",
    "WecomEmulator",
    "run_emulator",
]
