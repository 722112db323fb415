"""A page that a skill hangs into the web console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.contracts.person import Person, Role


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What the browser asked for. `viewer` is signed in and has the page's role."""

    viewer: Person
    language: str
    method: str = "GET"
    path: Mapping[str, str] = field(default_factory=dict)  # the route's placeholders
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)  # after the console has checked the CSRF token


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the data folder that the viewer may have. The skill has asked for permission; the console serves it
    in ranges, so that a player can jump."""

    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class PageResult:
    """A template with values, another page to go to, a file, or "there is no such thing"."""

    template: str = ""  # file name inside Page.templates
    values: Mapping[str, Any] = field(default_factory=dict)
    redirect: str = ""
    file: PageFile | None = None  # instead of a template: bytes of ours, for a player or to save
    status: int = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One route of the console. Menu pages have a `title` (locale key); others are reached by links."""

    route: str  # aiohttp pattern: /playbook/{id}
    show: Callable[[PageRequest], Awaitable[PageResult]]
    templates: Path  # folder of the skill's Jinja2 templates, which extend "layout.html"
    title: str = ""  # locale key; "" keeps the page out of the menu
    group: str = ""  # under which heading of the menu: knowledge, coaching, data
    methods: tuple[str, ...] = ("GET",)
    roles: frozenset[Role] = frozenset()  # empty: everybody who is signed in
    menu: frozenset[Role] = frozenset()  # in whose menu it stands; empty: of everybody who may open it
