"""CloudEvents 1.0 over HTTP into our events: binary, structured and batched (C1). Pure.

The SDK's reader makes up an id where none was sent (then nothing is ever a duplicate), takes the present for a missing
time, text for JSON that it can't read, and NaN; so the envelope is read here, and what the SDK writes is tested.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from adapters.webhooks import strict_json
from bot.contracts import Event

BATCH, STRUCTURED, JSON = "application/cloudevents-batch+json", "application/cloudevents+json", "application/json"
_PREFIX = "ce-"
_JSON = re.compile(r"(application|text)/(.+\+)?json")
_ATTRIBUTE = re.compile(r"[a-z0-9]{1,64}")
_SCHEMA = re.compile(r"urn:xiaoce:event:(?P<type>[a-z0-9_.]+):(?P<version>\d{1,6})")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
# Characters. Of id and source together, four bytes each, no more than PostgreSQL takes into an index: 2,704 bytes.
_LONGEST = {"id": 256, "source": 400, "type": 200, "subject": 500}
_LONGEST_OTHER, _MOST_OTHERS = 1000, 40
_ENVELOPE = frozenset({"specversion", "datacontenttype", "dataschema", "data", "data_base64", "time", *_LONGEST})
LARGEST = 1024 * 1024  # characters of one event: each subscriber gets it, many at a time, out of memory
FIRST, LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class BadBody(ValueError):
    """Nothing of it can be taken. `problem`: a word of `events.door`; `status`: of HTTP."""

    def __init__(self, status: int, problem: str, **details: object) -> None:
        super().__init__(problem)
        self.status, self.problem, self.details = status, problem, details


@dataclass(frozen=True, slots=True)
class Item:
    """One event of a body. Without `event` it is no CloudEvent: `problem` is a word of `events.door`."""

    envelope: Mapping[str, Any]
    event: Event | None = None
    problem: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """As far as it says one."""
        return _shown(self.envelope.get("id"))

    @property
    def source(self) -> str:
        """As far as it says one."""
        return _shown(self.envelope.get("source"))


class _Fault(ValueError):
    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem)
        self.problem, self.details = problem, details


def media_type(content_type: str) -> str:
    """Without parameters. Raises BadBody for another charset than UTF-8."""
    name, _, rest = content_type.partition(";")
    said = re.search(r"charset\s*=\s*\"?([\w-]+)", rest, re.IGNORECASE)
    if said and said[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise BadBody(415, "charset", charset=said[1])
    return name.strip().lower()


def read(headers: Iterable[tuple[str, str]], body: bytes, now: datetime, most: int) -> list[Item]:
    """The events of a request, one for each item. `now`: the time of those that say none. Raises BadBody."""
    said = list(headers)
    kind = media_type(next((value for name, value in said if name.lower() == "content-type"), ""))
    if kind == BATCH:
        return _batch(body, now, most)
    if kind == STRUCTURED:
        return [item_of(_json(body), now)]
    if kind.startswith("application/cloudevents"):
        raise BadBody(415, "format", given=kind[:80])
    own = [(name.lower(), value) for name, value in said if name.lower().startswith(_PREFIX)]
    if not own:
        raise BadBody(415, "no_event", given=kind[:80] or "none")
    return [_binary(own, kind, body, now)]


def item_of(value: Any, now: datetime) -> Item:
    """One structured event."""
    if not isinstance(value, Mapping):
        return Item({}, problem="not_an_object")
    if odd := strict_json.fault_in(value):
        return Item({}, problem=f"json_{odd[0]}", details={"word": odd[1]})
    if len(json.dumps(value, ensure_ascii=False, default=str)) > LARGEST:
        names = {name: value[name] for name in ("id", "source") if isinstance(value.get(name), str)}
        return Item(names, problem="large", details={"most": "1 MB"})
    envelope = {name: one for name, one in value.items() if one is not None or name == "data"}
    try:
        return Item(envelope, _event(envelope, now))
    except _Fault as fault:
        return Item(envelope, problem=fault.problem, details=fault.details)


def _batch(body: bytes, now: datetime, most: int) -> list[Item]:
    values = _json(body)
    if not isinstance(values, list):
        raise BadBody(422, "not_a_list")
    if len(values) > most:
        raise BadBody(413, "too_many", most=most, given=len(values))
    return [item_of(value, now) for value in values]


def _json(body: bytes) -> Any:
    try:
        return strict_json.read(body)
    except strict_json.NotJson as error:
        raise BadBody(400, "not_json", reason=str(error)) from error


def _binary(headers: list[tuple[str, str]], kind: str, body: bytes, now: datetime) -> Item:
    envelope: dict[str, Any] = {"datacontenttype": kind} if kind else {}
    for header, value in headers:
        name = header.removeprefix(_PREFIX)
        if name in envelope and name != "datacontenttype":
            return Item(envelope, problem="header_twice", details={"word": name})
        envelope[name] = _header(value)
    envelope |= _data(kind, body)
    return item_of(envelope, now)


def _data(kind: str, body: bytes) -> dict[str, Any]:
    """As a structured event would have it. Something else than JSON is kept as it is; no type of ours has such data."""
    if not body:
        return {}
    if not kind or _JSON.fullmatch(kind):
        return {"data": _json(body)}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\x00"
    if strict_json.is_sound(text):
        return {"data": text}
    return {"data_base64": base64.b64encode(body).decode()}


def _header(value: str) -> str:
    """Headers are percent-encoded, or quoted by older senders."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return unquote_to_bytes(value.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _event(envelope: Mapping[str, Any], now: datetime) -> Event:
    if envelope.get("specversion") != "1.0":
        raise _Fault("specversion", given=_shown(envelope.get("specversion")))
    if "data" in envelope and "data_base64" in envelope:
        raise _Fault("data_twice")
    type_ = _attribute(envelope, "type")
    data = envelope.get("data")
    return Event(
        id=_attribute(envelope, "id"),
        source=_attribute(envelope, "source"),
        type=type_,
        time=_time(envelope.get("time"), now),
        subject=_attribute(envelope, "subject", required=False),
        data=data if isinstance(data, Mapping) else _unpacked(envelope),
        version=_version(envelope, type_),
        extensions=_extensions(envelope),
    )


def _attribute(envelope: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    value = envelope.get(name, "")
    if not isinstance(value, str):
        raise _Fault("not_text", word=name)
    if required and not value.strip():
        raise _Fault("missing", word=name)
    if len(value) > _LONGEST[name]:
        raise _Fault("too_long", word=name, most=_LONGEST[name])
    if not value.isprintable() or (name != "subject" and " " in value):
        raise _Fault("unprintable", word=name)
    return value


def _time(value: Any, now: datetime) -> datetime:
    """RFC 3339. One without an offset could be meant in any zone."""
    if value is None:
        return now
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise _Fault("time", given=_shown(value))
    try:
        at = datetime.fromisoformat(value.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Fault("time", given=_shown(value)) from error
    if not FIRST <= at < LAST:
        raise _Fault("time_range", given=_shown(value))
    return at


def _version(envelope: Mapping[str, Any], type_: str) -> int | None:
    """Of the data, as the sender says: by a schema's name of ours, or by the extension `dataversion`."""
    if found := _SCHEMA.fullmatch(str(envelope.get("dataschema", ""))):
        if found["type"] != type_:
            raise _Fault("dataschema", given=_shown(envelope["dataschema"]), type=_shown(type_))
        return int(found["version"])
    said = str(envelope.get("dataversion", "")).strip()
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 7):
        raise _Fault("dataversion", given=_shown(said))
    return int(said)


def _extensions(envelope: Mapping[str, Any]) -> dict[str, str]:
    others = {name: value for name, value in envelope.items() if name not in _ENVELOPE}
    if len(others) > _MOST_OTHERS:
        raise _Fault("too_many_attributes", most=_MOST_OTHERS)
    for name, value in others.items():
        if not _ATTRIBUTE.fullmatch(name):
            raise _Fault("attribute_name", word=_shown(name))
        if isinstance(value, Mapping | list):
            raise _Fault("not_text", word=name)
        if len(str(value)) > _LONGEST_OTHER:
            raise _Fault("too_long", word=name, most=_LONGEST_OTHER)
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in others.items()}


def _unpacked(envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    """JSON that came as base64; {} for data that are no object: the envelope keeps them."""
    packed = envelope.get("data_base64")
    if packed is None:
        return {}
    try:
        raw = base64.b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except (binascii.Error, ValueError) as error:
        raise _Fault("data_base64") from error
    try:
        is_json = _JSON.fullmatch(media_type(str(envelope.get("datacontenttype", JSON))))
        value = strict_json.read(raw) if is_json else None
    except (BadBody, strict_json.NotJson):
        return {}
    return value if isinstance(value, Mapping) and not strict_json.fault_in(value) else {}


def _shown(value: Any) -> str:
    """A value of theirs in a sentence of ours."""
    text = value if isinstance(value, str) else "" if value is None else type(value).__name__
    return text[:80].encode("unicode_escape").decode() if not text[:80].isprintable() else text[:80]
