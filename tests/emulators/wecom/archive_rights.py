"""Who agreed to the chat archive (会话内容存档), and the secret that may ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.company import Company
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.faults import Faults
from tests.emulators.wecom.tokens import Tokens

AT_ONCE = 100  # pairs that may be asked about
SECRET = "emulated-archive-secret"


class ArchiveRights:
    """The interfaces under msgaudit/. Nobody has agreed to anything until `set`."""

    def __init__(self, company: Company, clock: Clock, faults: Faults) -> None:
        self.secret = SECRET
        self.tokens = Tokens(replace(company, secret=SECRET), clock, faults)
        self._clock = clock
        self._users = company.users
        self._pairs: dict[tuple[str, str], tuple[str, int]] = {}
        self._rooms: dict[str, dict[str, tuple[str, int]]] = {}

    def set(self, status: str, contact: str, *, userid: str = "", room: str = "") -> None:
        """A contact says Agree or Disagree, or was never asked: Default_Agree. To a member, or in a group."""
        said = status, int(self._clock.now().timestamp())
        if room:
            self._rooms.setdefault(room, {})[contact] = said
        else:
            self._pairs[userid, contact] = said

    def single(self, body: dict[str, Any]) -> dict[str, Any]:
        """check_single_agree; whoever isn't known is left out."""
        info = body.get("info")
        if not isinstance(info, list) or not 0 < len(info) <= AT_ONCE:
            raise ApiError(40058)
        asked = [(one["userid"], one["exteranalopenid"]) for one in info]
        return {
            "agreeinfo": [
                {"userid": pair[0], **_info(pair[1], self._pairs[pair])} for pair in asked if pair in self._pairs
            ]
        }

    def room(self, body: dict[str, Any]) -> dict[str, Any]:
        """check_room_agree."""
        if body.get("roomid") not in self._rooms:
            raise ApiError(40058)
        return {"agreeinfo": [_info(*one) for one in self._rooms[body["roomid"]].items()]}

    def permitted(self, body: dict[str, Any]) -> dict[str, Any]:
        """get_permit_user_list: whose conversations are archived."""
        return {"ids": list(self._users)}


def _info(contact: str, said: tuple[str, int]) -> dict[str, Any]:
    return {"exteranalopenid": contact, "agree_status": said[0], "status_change_time": said[1]}
