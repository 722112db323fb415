"""From a request to a method's arguments: query, form and JSON bodies, as the documentation allows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.emulators.common.record import Record
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.method import Method
from tests.emulators.slack.multipart import parts
from tests.emulators.slack.shapes.schema import Anything, Fields, Flag, Items, Number, OneOf, Problem, Spec

FORM, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"
BAD_JSON = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
TRUTH = {"true": True, "1": True, "false": False, "0": False}
STRUCTURES = Anything | Items | Fields | OneOf


@dataclass(frozen=True)
class Given:
    """What a request brought, and how."""

    values: Mapping[str, Any]
    json: bool


async def read(request: web.Request) -> Given:
    """The raw arguments; raises the errors of malformed bodies."""
    body = await request.read()
    if request.method == "GET" or not body:
        return Given(dict(request.query), json=False)
    if request.content_type == JSON:
        return Given({**request.query, **_json_object(body)}, json=True)
    if request.content_type == FORM:
        return Given({**request.query, **_form(body)}, json=False)
    if request.content_type == MULTIPART:
        form = parts(request.headers["Content-Type"], body)
        return Given({**request.query, **{name: value.decode() for name, value in form.items()}}, json=False)
    raise SlackError("invalid_post_type" if "Content-Type" in request.headers else "missing_post_type")


def understand(method: Method, given: Given, record: Record) -> dict[str, Any]:
    """The arguments with their types; unknown ones are left out and written down."""
    values = given.values if method.json or not given.json else {}
    arguments: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in values.items():
        if name == "token" or value is None:
            continue
        spec = method.arguments.get(name)
        if spec is None:
            record.violation(f"{method.name}: unknown argument {name}")
            continue
        arguments[name] = _typed(name, spec, value, json_body=given.json)
        problems += spec.check(arguments[name], f"/{name}")
    missing = [name for name, spec in method.arguments.items() if spec.required and name not in arguments]
    problems += [Problem("", f"missing required field: {name}") for name in missing]
    if problems:
        raise SlackError("invalid_arguments", problems)
    return arguments


def _typed(name: str, spec: Spec, value: Any, *, json_body: bool) -> Any:
    if not isinstance(value, str):
        return value
    if isinstance(spec, STRUCTURES):
        return _decoded(name, value)
    if json_body:
        return value
    if isinstance(spec, Flag):
        return TRUTH.get(value.lower(), value)
    return int(value) if isinstance(spec, Number) and value.lstrip("-").isdecimal() else value


def _decoded(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        problem = Problem(f"/{name}", "must be valid JSON")
        raise SlackError(BAD_JSON.get(name, "invalid_arguments"), [problem]) from error


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError as error:
        raise SlackError("invalid_form_data") from error
