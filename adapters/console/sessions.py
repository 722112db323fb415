"""Where somebody is signed in: every browser, and how to sign the others out."""

from __future__ import annotations

from aiohttp import web

from adapters.console import body
from adapters.console.door import Door, Visitor, see_other
from adapters.console.ports import Session, SignIn
from adapters.console.view import View

OTHERS = "others"  # instead of a session's id


class SessionPages:
    """A person sees and ends their own sessions only."""

    def __init__(self, sign_in: SignIn, door: Door, view: View) -> None:
        self._sign_in = sign_in
        self._door = door
        self._view = view

    def routes(self) -> list[web.RouteDef]:
        """What this part answers."""
        return [web.get("/sessions", self._door.page(self.show)), web.post("/sessions", self._door.page(self.end))]

    async def show(self, request: web.Request, visitor: Visitor) -> web.Response:
        """The list, this browser first."""
        found = sorted(await self._lasting(visitor), key=lambda session: session.id != visitor.session)
        rows = [self._row(session, visitor) for session in found]
        return self._view.page("sessions.html", visitor, visitor.language, path=request.path, rows=rows)

    async def end(self, request: web.Request, visitor: Visitor) -> web.Response:
        """End one session, or all others."""
        wanted = str((await body.form(request)).get("session", ""))
        open_ = {session.id for session in await self._lasting(visitor)}
        await self._sign_in.end(visitor.person, open_ - {visitor.session} if wanted == OTHERS else open_ & {wanted})
        return see_other("/sessions")

    async def _lasting(self, visitor: Visitor) -> list[Session]:
        return [one for one in await self._sign_in.sessions(visitor.person) if self._door.lasts(one)]

    def _row(self, session: Session, visitor: Visitor) -> dict[str, object]:
        return {
            "id": session.id,
            "here": session.id == visitor.session,
            "way": session.way,
            "device": session.device,
            "address": session.address,
            "begun": self._view.moment(session.begun_at),
            "seen": self._view.moment(session.seen_at),
        }
