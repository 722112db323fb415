"""The platforms of the kill test: how a member's message leaves, and what is on the screens in the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.ledger import Outcome
from tests.scenarios.company import Employee


@dataclass(frozen=True)
class Said:
    """One message of one member."""

    member: str  # the account
    text: str
    number: int  # by which the platform's repeats of it are recognised


class Line(Protocol):
    """One platform."""

    def account(self, employee: Employee) -> str:
        """Who somebody is there."""
        ...

    async def send(self, said: Said, at: int) -> bool:
        """Send the message once (Unix seconds); whether it was acknowledged."""
        ...

    def seen(self) -> Counter[str]:
        """How many messages each member has."""
        ...

    def prevented(self) -> str:
        """What is known of repeats that nobody saw."""
        ...


@dataclass(frozen=True)
class WecomLine:
    """WeCom: the same MsgId and time at each repeat."""

    emulator: WecomEmulator

    def account(self, employee: Employee) -> str:
        """The user id."""
        return employee.wecom

    async def send(self, said: Said, at: int) -> bool:
        """A text message."""
        callbacks = self.emulator.callbacks
        return (await callbacks.send_text(said.member, said.text, msg_id=said.number, created_at=at, retries=0)).ok

    def seen(self) -> Counter[str]:
        """By the ledger."""
        return Counter(entry.recipient for entry in self.emulator.ledger.delivered)

    def prevented(self) -> str:
        """WeCom refuses a card's task_id that it knows, and drops an equal text."""
        ledger = self.emulator.ledger
        taken = [entry for entry in ledger.rejected if entry.errcode == 42014]
        return f"repeats that WeCom recognised {len(taken) + len(ledger.of(Outcome.DUPLICATE))}"


@dataclass(frozen=True)
class SlackLine:
    """Slack: the same event_id at each repeat."""

    emulator: SlackEmulator

    def account(self, employee: Employee) -> str:
        """The member ID."""
        return employee.slack

    async def send(self, said: Said, at: int) -> bool:
        """A direct message."""
        event = f"Ev{said.number:010d}"
        return (await self.emulator.callbacks.say(said.member, said.text, event_id=event, timestamp=at, retry=False)).ok

    def seen(self) -> Counter[str]:
        """By the ledger; each has a conversation of their own with the bot."""
        people = {self.emulator.dm(user).id: user for user in self.emulator.workspace.users}
        return Counter(people[entry.channel] for entry in self.emulator.ledger.delivered)

    def prevented(self) -> str:
        """Slack recognises nothing: before a repeat the bot reads what is there."""
        return f"looked for an earlier attempt {len(self.emulator.requests_to('conversations.history'))} times"
