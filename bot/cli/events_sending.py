"""Sending events from a file: to a running server as a system would, or straight into the database."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.webhooks import strict_json
from adapters.webhooks.translate import BATCH, item_of
from bot.cli.common import existing, say
from bot.contracts.errors import BadInput
from bot.contracts.verdict import Verdict
from config.locales import t

if TYPE_CHECKING:
    from bot.nerve_in import EventsIn
    from config.settings import Settings
    from storage.database import Database

AT_ONCE = 500  # events in one request
_SECONDS = 60.0  # that a server may take


def events_in(file: Path) -> list[tuple[str, Any]]:
    """(Place, CloudEvent as JSON) of each. Raises BadInput for a text that is no JSON, with its line."""
    body = sys.stdin.buffer.read() if str(file) == "-" else existing(file).read_bytes()
    try:
        whole = strict_json.read(body)
    except strict_json.NotJson:
        return _lines(body, file)
    values = whole if isinstance(whole, list) else [whole]
    return [(f"{file}#{number}", value) for number, value in enumerate(values, 1)]


def _lines(body: bytes, file: Path) -> list[tuple[str, Any]]:
    found = []
    for number, line in enumerate(body.splitlines(), 1):
        if line.strip():
            try:
                found.append((f"{file}:{number}", strict_json.read(line)))
            except strict_json.NotJson as error:
                raise BadInput(say("events.cli.not_events", place=f"{file}:{number}", reason=error)) from error
    return found


async def stored(part: EventsIn, database: Database, items: Sequence[tuple[str, Any]], name: str) -> list[Verdict]:
    """As sent by a system, by the same rules. Raises BadInput for an unknown system."""
    from bot.flows.event_systems import unknown_system

    system = (await part.registry.current()).get(name)
    if system is None:
        raise await database.read(lambda store: unknown_system(store, name))
    now = datetime.now(UTC)
    read = [item_of(value, now) for _, value in items]
    events = [one.event for one in read if one.event]
    envelopes = [one.envelope for one in read if one.event]
    verdicts = iter(await part.flow.accept(events, system, raw=envelopes))
    return [next(verdicts) if one.event else _unread(one.id, one.problem, one.details) for one in read]


async def transmitted(settings: Settings, items: Sequence[tuple[str, Any]], to: str, token: str) -> list[Verdict]:
    """By HTTP, in batches. Raises BadInput when the server can't be reached or takes nothing."""
    import aiohttp

    secrets = {name.lower(): value.get_secret_value() for name, value in settings.events.secrets.items()}
    if not secrets.get(token.lower()):
        variable = f"XIAOCE_EVENTS__SECRETS__{token.upper()}"
        raise BadInput(say("events.cli.token_from", variable=variable))
    url = to if to.rstrip("/").endswith("/events") else f"{to.rstrip('/')}/events"
    headers = {"Authorization": f"Bearer {secrets[token.lower()]}", "Content-Type": BATCH}
    odd = {at: one for at, (_, value) in enumerate(items) if (one := _unsendable(value))}
    values = [value for at, (_, value) in enumerate(items) if at not in odd]
    verdicts: list[Verdict] = []
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        for at in range(0, len(values), AT_ONCE):
            verdicts += await _posted(session, url, values[at : at + AT_ONCE])
    told = iter(verdicts)
    return [odd.get(at) or next(told) for at in range(len(items))]


def _unsendable(value: Any) -> Verdict | None:
    """What JSON can't say: it would go out as something else."""
    fault = strict_json.fault_in(value)
    return _unread("", f"json_{fault[0]}", {"word": fault[1]}) if fault else None


async def _posted(session: Any, url: str, values: Sequence[Any]) -> list[Verdict]:
    import aiohttp

    try:
        async with session.post(url, data=json.dumps(values).encode()) as answer:
            said = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise BadInput(say("events.cli.unreachable", url=url, reason=error or type(error).__name__)) from error
    if not isinstance(said, Mapping) or "results" not in said:
        told = said if isinstance(said, Mapping) else {}
        detail, remedy = told.get("error", ""), told.get("remedy", "")
        raise BadInput(say("events.cli.answered", url=url, status=answer.status, detail=detail, remedy=remedy))
    return [_verdict(row) for row in said["results"]]


def told(verdicts: Sequence[Verdict]) -> list[str]:
    """How many of each, and every one that isn't an event now."""
    counts = Counter[str](one.outcome for one in verdicts)
    outcomes = ("accepted", "duplicate", "quarantined", "refused")
    lines = [say("events.cli.sent", **{name: counts[name] for name in outcomes})]
    for number, one in enumerate(verdicts, 1):
        if one.outcome in {"quarantined", "refused"}:
            lines.append(say("events.cli.item", number=number, id=one.id, detail=one.detail, remedy=one.remedy))
    return lines


def _verdict(row: Mapping[str, Any]) -> Verdict:
    said = (row.get("seq"), str(row.get("reason", "")), str(row.get("error", "")), str(row.get("remedy", "")))
    return Verdict(row.get("verdict", "refused"), str(row.get("id", "")), str(row.get("source", "")), *said)


def _unread(id_: str, problem: str, details: Mapping[str, object]) -> Verdict:
    said = (t(f"events.door.{problem}.{part}", "en", **details) for part in ("error", "remedy"))
    return Verdict("refused", id_, "", None, problem, *said)
