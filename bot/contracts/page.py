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
class PageResult:
    """Either a template with values, or another page to go to, or "there is no such thing"."""

    template: str = ""  # file name inside Page.templates
    values: Mapping[str, Any] = field(default_factory=dict)
    redirect: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One route of the console. Menu pages have a `title` (locale key); others are reached by links."""

    route: str  # aiohttp pattern: /playbook/{id}
    show: Callable[[PageRequest], Awaitable[PageResult]]
    templates: Path  # folder of the skill's Jinja2 templates, which extend "layout.html"
    title: str = ""  # locale key; "" keeps the page out of the menu
    methods: tuple[str, ...] = ("GET",)
    roles: frozenset[Role] = frozenset()  # empty: everybody who is signed in
