"""What the bot's own rows say about a load: which platform message answers which question."""

from __future__ import annotations

import time
from collections import defaultdict

from sqlalchemy import create_engine, text

LOOK_EVERY = 0.25  # seconds; looking costs the machine something, too


class Answers:
    """Reads the running bot's database from outside. Blocking."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)

    def wait(self, expected: int, longest: float) -> None:
        """Return when `expected` messages are stored and answered and no reply is under way, or after `longest` s."""
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline and self._unfinished(expected):
            time.sleep(LOOK_EVERY)

    def _unfinished(self, expected: int) -> bool:
        with self._engine.connect() as connection:
            answered = connection.execute(text("SELECT count(*) FROM messages WHERE answered_at IS NOT NULL")).scalar()
            waiting = connection.execute(
                text("SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'sending')")
            ).scalar()
        return (answered or 0) < expected or bool(waiting)

    def references(self) -> dict[str, list[str]]:
        """Message id → the platform's ids of all parts of its reply; "" for a part that was not sent."""
        found: dict[str, list[str]] = defaultdict(list)
        with self._engine.connect() as connection:
            for message, reference, state in connection.execute(
                text("SELECT message_id, reference, state FROM deliveries")
            ):
                found[message].append(reference if state == "sent" else "")
        return dict(found)

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()
