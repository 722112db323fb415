"""The systems around the bot: connected by their entries, unlocked by an administrator, and sending as a CRM does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.process import App
from config.sample_company.playing import play
from tests.emulators.business.emulator import BusinessSystems
from tests.scenarios.company import ADMIN

ENTRIES = Path(__file__).parents[2] / "config" / "sample_company" / "systems"
WRITTEN = "http://127.0.0.1:8089"  # where the sample's entries say that they listen
NAMES = ("erp", "mes", "finance", "hr")
BATCH = "application/cloudevents-batch+json"


def plant() -> BusinessSystems:
    """ERP, MES, finance and HR, answering as those of the sample company."""
    return BusinessSystems(play, NAMES)


def secrets_for(systems: BusinessSystems) -> dict[str, str]:
    """What the setting `events.secrets` must hold."""
    tokens = {f"{name}_token": f"token-of-{name}-0123456789" for name in ("crm", *NAMES)}
    return tokens | {f"{name}_out": secret for name, secret in systems.secrets.items()}


def event_settings(systems: BusinessSystems, **more: Any) -> dict[str, Any]:
    """The settings `events` that pair the bot with them."""
    return {"secrets": secrets_for(systems), "allow_private": ["127.0.0.1"], **more}


def entries(systems: BusinessSystems, names: Iterable[str] = ("crm", *NAMES)) -> dict[str, str]:
    """The sample's entries, with the address that is really listened on."""
    return {
        name: (ENTRIES / f"{name}.yaml")
        .read_text(encoding="utf-8")
        .replace(WRITTEN, systems.base_url)
        .replace("owner: E4001", f"owner: {ADMIN.id}")
        for name in names
    }


async def connect(app: App, systems: BusinessSystems, names: Iterable[str] = ("crm", *NAMES)) -> None:
    """Let their entries hold, and open the locks as an administrator may."""
    for name, text in entries(systems, names).items():
        await app.nerve.events.registry.apply(text, f"{name}.yaml", ADMIN.id)
    admin = await app.database.read(lambda store: store.people.get(ADMIN.id))
    assert admin is not None
    for name, system in (await app.nerve.events.registry.current()).items():
        for one in system.listens:
            await app.nerve.out.rehearsals.open_lock(name, one.name, admin, "a test")


def order(number: int, *, amount: int = 200_000, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """客户确认订单, as the CRM's message bus writes it."""
    name = f"SO{number:05d}"
    return {
        "specversion": "1.0",
        "id": f"evt-{name}",
        "source": "/crm",
        "type": "order.confirmed",
        "subject": name,
        "time": (at or datetime.now(UTC) - timedelta(seconds=1)).isoformat(),
        "datacontenttype": "application/json",
        "data": {"order_no": name, "amount_cny": amount, "customer_no": "C001", "region": "华东", "item": "激光切割机"}
        | more,
    }


async def send(url: str, events: list[Mapping[str, Any]], system: str = "crm") -> tuple[int, Any]:
    """Through the door, as one batch; status and what it says."""
    headers = {"Authorization": f"Bearer token-of-{system}-0123456789", "Content-Type": BATCH}
    body = json.dumps(events, ensure_ascii=False).encode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/events/{system}", data=body, headers=headers) as response,
    ):
        return response.status, await response.json()
