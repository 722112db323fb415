"""What the console needs from outside. The composition root fulfils it; nothing here knows a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.contracts import Payload, Person

LINK = "link"  # the way of whoever signs in with a token; the other ways have the names of their providers


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a person's chat with the bot."""

    id: str  # Message.id of what came in, Parcel.id of what went out: the browser shows each id once
    seq: int  # orders the entries of one person; any growing number
    direction: Literal["in", "out"]
    at: datetime  # aware
    text: str = ""  # of what came in; empty for presses, which are not shown
    payload: Payload | None = None  # of what went out: what ConsoleAdapter.render gave
    attachments: tuple[str, ...] = ()  # names of the files that came in


@dataclass(frozen=True, slots=True)
class Opening:
    """How somebody comes in."""

    way: str  # LINK, or the name of an identity provider
    proof: str  # the token, or the account at the provider
    device: str  # as the browser calls itself, in a few words
    address: str  # that connects


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is signed in."""

    id: str  # no secret
    person: Person  # as they are now
    way: str
    device: str
    address: str
    begun_at: datetime
    seen_at: datetime  # when the person did something last, to the minute


class SignIn(Protocol):
    """Sessions, on whichever machine they were begun. Time limits are the console's own business."""

    async def holder(self, token: str) -> Person | None:
        """Whose sign-in link this is; None when it is nobody's, revoked, or the person has left. Changes nothing."""
        ...

    async def begin(self, opening: Opening, former: str) -> str | None:
        """Open a session and end the `former` one of this browser; returns its secret key.

        None when the token or account is nobody's, is revoked, or the person has left.
        """
        ...

    async def session(self, key: str) -> Session | None:
        """The session with this key; None when it was ended, or what opened it no longer counts.

        Asked at every request, so that a changed role or a revoked token counts at once.
        """
        ...

    async def seen(self, session_id: str, address: str) -> None:
        """The person did something."""
        ...

    async def sessions(self, person: Person) -> Sequence[Session]:
        """Every session of a person that counts, the one used last first."""
        ...

    async def end(self, person: Person, ids: Collection[str]) -> None:
        """End these sessions of this person; ids of other people's do nothing."""
        ...

    async def spend(self, mark: str) -> bool:
        """Use up something that counts once. True for the first who asks, on whichever machine."""
        ...

    async def tidy(self) -> None:
        """Forget what no longer matters."""
        ...


class IdentityProvider(Protocol):
    """A platform that knows who somebody is."""

    @property
    def name(self) -> str:
        """The channel whose accounts it tells: wecom, slack."""
        ...

    def silent(self, user_agent: str) -> bool:
        """Whether this is the platform's own browser, which tells who uses it without asking them anything."""
        ...

    def start(self, state: str, nonce: str, redirect_uri: str, user_agent: str) -> str:
        """Where to send the browser. `state` and `nonce` are letters and digits."""
        ...

    async def finish(self, code: str, nonce: str, redirect_uri: str) -> str:
        """Whose code this is: the account on this channel. Raises SignInFailed."""
        ...

    async def close(self) -> None:
        """Give back sockets."""
        ...


class History(Protocol):
    """What was said before."""

    async def before(self, person: Person, before_seq: int | None, limit: int) -> Sequence[HistoryEntry]:
        """The newest `limit` entries older than `before_seq` (None: than now), oldest of them first.

        A reply may appear here from the moment it is stored, even before `ConsoleAdapter.send` is called.
        """
        ...


class News(Protocol):
    """Who has something new in their history, whichever process put it there."""

    async def watch(self, present: Callable[[], Collection[str]], wake: Callable[[str], None]) -> None:
        """Call `wake(person_id)` for those of `present()` soon after something came, until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class ConsolePorts:
    """Everything that the console is given."""

    sign_in: SignIn
    history: History
    providers: tuple[IdentityProvider, ...] = ()
    news: News | None = None
