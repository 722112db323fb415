"""Who of those that share the work is alive, for an operator who looks from outside."""

from __future__ import annotations

import asyncio
import socket

from bot.flows.machines import gone
from storage.database import Database
from storage.repositories.machines import LEFT, Machine

ALLOWANCE_SECONDS = 1.0  # a beat may come so late


async def roll_call(database: Database, beat_seconds: float) -> dict[str, bool]:
    """Every process that has joined and not left, by name, and whether it lives.

    Those of this host are asked at once; for those of others this waits for one beat.
    """
    before = await _joined(database)
    here = {machine.id: not gone(machine) for machine in before if machine.host == socket.gethostname()}
    elsewhere = {machine.id: machine for machine in before if machine.id not in here}
    if not elsewhere:
        return here
    await asyncio.sleep(beat_seconds + ALLOWANCE_SECONDS)
    after = {machine.id: machine for machine in await _joined(database)}
    return here | {id_: after.get(id_, machine) != machine for id_, machine in elsewhere.items()}


async def _joined(database: Database) -> list[Machine]:
    machines = await database.read(lambda store: store.machines.all())
    return [machine for machine in machines if machine.beats != LEFT]
