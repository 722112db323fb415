"""The switches of the WeCom emulator, and those that only a long connection has.

`path` is a path of HTTP (`/cgi-bin/aibot/response`) or a command of the long connection (`aibot_respond_msg`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.emulators.wecom.faults import Faults


@dataclass
class BotFaults(Faults):
    """The panel of switches. Everything is off at the start, but what users report of every reconnect."""

    silent: bool = False  # the server reads and says nothing: no ack, no pong, no callback
    forgets_requests: bool = True  # a req_id is worth nothing on the next connection (846605)
    kick_linger: float = 0.2  # real seconds between disconnected_event and the end of the old connection
    _lost_acks: list[tuple[str, int]] = field(default_factory=list)

    def lose_acks(self, *, times: int = 1, path: str = "") -> None:
        """Do what the next commands say, and never acknowledge them."""
        self._lost_acks.append((path, times))

    def take_lost_ack(self, path: str) -> bool:
        """Whether this command's ack gets lost."""
        for index, (wanted, times) in enumerate(self._lost_acks):
            if times > 0 and wanted in ("", path):
                self._lost_acks[index] = (wanted, times - 1)
                return True
        return False

    def clear(self) -> None:
        """Turn everything off."""
        super().clear()
        self.silent = False
        self._lost_acks.clear()
