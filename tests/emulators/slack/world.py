"""Everything the emulator knows, in one place that its parts share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.emulators.common.clock import Clock
from tests.emulators.slack.buckets import Buckets
from tests.emulators.slack.cabinet import Cabinet
from tests.emulators.slack.desk import Desk
from tests.emulators.slack.faults import Faults
from tests.emulators.slack.hub import Change, Hub
from tests.emulators.slack.ledger import Entry, Ledger, Outcome
from tests.emulators.slack.posts import as_json
from tests.emulators.slack.record import SlackRecord
from tests.emulators.slack.rooms import Post, Room, Rooms
from tests.emulators.slack.signin import SignIn
from tests.emulators.slack.triggers import Triggers
from tests.emulators.slack.workspace import Workspace

# Told of every message that appears (None before), changes, or goes (None after).
Happened = Callable[[Room, Post | None, Post | None], None]


@dataclass
class Thread:
    """What an assistant thread shows besides its messages."""

    status: str = ""
    title: str = ""
    prompts_title: str = ""
    prompts: list[dict[str, str]] = field(default_factory=list)


class World:
    """The state of one emulated Slack workspace."""

    def __init__(self, workspace: Workspace, clock: Clock, *, burst: int) -> None:
        self.workspace = workspace
        self.clock = clock
        self.record = SlackRecord()
        self.ledger = Ledger()
        self.faults = Faults()
        self.buckets = Buckets(clock, burst=burst)
        self.rooms = Rooms(workspace, clock)
        self.desk = Desk()
        self.files = Cabinet(clock)
        self.triggers = Triggers(clock)
        self.hub = Hub()
        self.threads: dict[tuple[str, str], Thread] = {}  # by DM and thread_ts
        self.streams: dict[tuple[str, str], datetime] = {}  # channel and ts -> when words came last
        self.away: set[str] = set()  # people who have no client open
        self.signin = SignIn(workspace, clock)
        self.base_url = ""
        self.socket_url: Callable[[], str] | None = None  # None: Socket Mode is off for this app
        self.happened: Happened = lambda room, before, after: None

    def note(
        self, outcome: Outcome, channel: str, method: str, payload: Mapping[str, Any], ts: str = "", reason: str = ""
    ) -> None:
        """One line in the ledger."""
        self.ledger.add(Entry(outcome, channel, method, payload, ts, self.clock.now(), reason))

    def seen(self, outcome: Outcome, room: Room, post: Post, method: str, reason: str = "") -> None:
        """A message came or changed: ledger and screens."""
        payload = {**as_json(post, self.workspace, metadata=True), "only_for": post.only_for}
        self.note(outcome, room.id, method, payload, post.ts, reason)
        self.show(room, post)

    def show(self, room: Room, post: Post) -> None:
        """The screens of those who may see the message."""
        self.hub.tell([post.only_for] if post.only_for else room.members, Change("post", room.id, post.ts))

    def show_views(self, user: str) -> None:
        """The screen of one person, for modals."""
        self.hub.tell([user], Change("views"))

    def view_json(self, view_id: str) -> dict[str, Any]:
        """A view as payloads show it."""
        space = self.workspace
        return self.desk.find(view_id).as_json(space.team_id, space.app_id, space.bot_id)
