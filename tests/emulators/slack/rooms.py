"""Conversations and the messages in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.emulators.common.clock import Clock
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.workspace import Workspace

Kind = Literal["im", "channel", "group"]


class Stamps:
    """Message timestamps: seconds of the clock, microseconds that make each one unique and later."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """A `ts` such as 1772413200.000100."""
        now = int(self._clock.now().timestamp() * 1_000_000)
        self._last = max(now, self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


@dataclass
class Post:
    """One message, as everybody sees it at this moment."""

    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    subtype: str = ""
    edited: str = ""  # ts of the last change
    streaming: bool = False
    only_for: str = ""  # an ephemeral message is seen by this user alone
    client_msg_id: str = ""
    markdown: bool = False  # `text` is Markdown, not mrkdwn
    note: str = ""  # for the page: cut, not delivered

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, and isn't its first message."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass
class Room:
    """A conversation. A DM with the bot has one member."""

    id: str
    kind: Kind
    name: str
    members: set[str]
    bot_in: bool = True
    archived: bool = False
    posts: list[Post] = field(default_factory=list)

    @property
    def user(self) -> str:
        """The person of a DM."""
        return next(iter(self.members)) if self.kind == "im" else ""

    def find(self, ts: str) -> Post | None:
        """The message with this timestamp."""
        return next((post for post in self.posts if post.ts == ts), None)

    def thread(self, ts: str) -> list[Post]:
        """A message and the replies to it; not what one person alone sees."""
        return [post for post in self.posts if ts in (post.ts, post.thread_ts) and not post.only_for]

    def seen_by(self, user: str) -> list[Post]:
        """What this person has on the screen."""
        return [post for post in self.posts if post.only_for in ("", user)]


class Rooms:
    """All conversations of the workspace."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self.stamps = Stamps(clock)
        self._bot = workspace.bot_user_id
        self._rooms = {ident: _room(ident, workspace) for ident in workspace.channels}
        self._users = workspace.users

    def __iter__(self) -> Iterator[Room]:
        return iter(self._rooms.values())

    def get(self, ident: str) -> Room:
        """A conversation that exists, seen from outside; KeyError otherwise."""
        return self.im(self._person(ident)) if ident.startswith("D") else self._rooms[ident]

    def im(self, user: str) -> Room:
        """The direct conversation between a person and the bot; begun when first asked for."""
        if user not in self._users:
            raise SlackError("user_not_found")
        ident = f"D{user[1:]}"
        return self._rooms.setdefault(ident, Room(ident, "im", "", {user}))

    def for_bot(self, reference: str, *, by_user: bool = False, joined: bool = True) -> Room:
        """The conversation a method names, as the bot may see it: an id, `#name`, or a person's id for a DM."""
        if by_user and reference in self._users:
            return self.im(reference)
        room = self._find(reference, names=by_user)
        if room is None or (room.kind == "group" and not room.bot_in):
            raise SlackError("channel_not_found")
        if joined and room.archived:
            raise SlackError("is_archived")
        if joined and not room.bot_in:
            raise SlackError("not_in_channel")
        return room

    def of_user(self, user: str) -> list[Room]:
        """Where a person reads and writes; the DM with the bot first."""
        return [self.im(user), *(room for room in self if room.kind != "im" and user in room.members)]

    def _find(self, reference: str, *, names: bool) -> Room | None:
        if reference.startswith("D") and (person := self._person(reference)):
            return self.im(person)
        if names and reference.startswith("#"):
            return next((room for room in self if room.name == reference[1:]), None)
        return self._rooms.get(reference)

    def _person(self, ident: str) -> str:
        return next((user for user in self._users if f"D{user[1:]}" == ident), "")


def _room(ident: str, workspace: Workspace) -> Room:
    seed = workspace.channels[ident]
    kind: Kind = "group" if seed.private else "channel"
    return Room(ident, kind, seed.name, set(seed.members), seed.bot_in, seed.archived)
