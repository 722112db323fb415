"""/sources/{name}/mapping in the console: the canvas, the same as text, previews, versions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.contracts import Page, PageRequest, PageResult
from bot.contracts.person import OPERATOR
from config.locales import t
from knowledge.mapping.editing import difference, with_fields
from knowledge.mapping.faults import BadDefinition, Fault
from knowledge.mapping.preview import MOST, SHOWN, Preview
from knowledge.mapping.rule import UNITS
from knowledge.mapping.values import Bad, plain
from skills.mapping.desk import EDITORS, KEEPERS, MappingDesk, Opened, checked
from skills.mapping.form import CONST, choice, rules, target
from skills.mapping.shown import shown_value, shown_values

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOUND = PageResult(status=404)
_UNITS = tuple(unit for unit in UNITS if not unit.isascii() and unit.endswith(("元", "分")))


def mapping_pages(desk: MappingDesk) -> list[Page]:
    """The page, for the console adapter; it is reached from the list of sources."""
    pages = MappingPages(desk)
    return [Page("/sources/{name}/mapping", pages.show, TEMPLATES, methods=("GET", "POST"), roles=EDITORS)]


class MappingPages:
    """The canvas of one source. Every answer to a form shows what was written, never what was before."""

    def __init__(self, desk: MappingDesk) -> None:
        self._desk = desk

    async def show(self, request: PageRequest) -> PageResult:
        """GET: as it holds, or `?version=` beside it. POST: `do` is preview, save or revert."""
        try:
            opened = await self._desk.open(request.path["name"], request.viewer)
        except BadDefinition as error:
            return _broken(request, error)
        return await self._answered(opened, request) if opened else NOT_FOUND

    async def _answered(self, opened: Opened, request: PageRequest) -> PageResult:
        if request.method != "POST":
            return await self._drawn(opened, request, opened.definition.text, [], quick=True)
        if request.form.get("do") == "revert":
            return await self._reverted(opened, request)
        text, faults = _edited(opened, request.form)
        if request.form.get("do") == "save" and not faults:
            return await self._saved(opened, request, text)
        return await self._drawn(opened, request, text, faults)

    async def _saved(self, opened: Opened, request: PageRequest, text: str) -> PageResult:
        try:
            problem = await self._desk.save(
                opened, text, request.viewer, _after(request), _note(request), request.language
            )
        except BadDefinition as error:
            return await self._drawn(opened, request, text, error.faults)
        if problem:
            return await self._drawn(opened, request, text, [], problem=problem)
        return PageResult(redirect=f"/sources/{opened.definition.source}/mapping?saved=1")

    async def _reverted(self, opened: Opened, request: PageRequest) -> PageResult:
        number = request.form.get("number", "")
        note = _note(request) or f"← {number}"
        problem = (
            await self._desk.revert(opened, int(number), request.viewer, _after(request), note, request.language)
            if number.isdecimal() and len(number) < 9
            else t("mapping.page.not_saved.no_version", request.language)
        )
        if problem:
            return await self._drawn(opened, request, opened.definition.text, [], problem=problem)
        return PageResult(redirect=f"/sources/{opened.definition.source}/mapping?saved=1")

    async def _drawn(
        self,
        opened: Opened,
        request: PageRequest,
        text: str,
        faults: list[Fault] | tuple[Fault, ...],
        *,
        problem: str = "",
        quick: bool = False,
    ) -> PageResult:
        definition, error = checked(text, opened.definition.source)
        faults = [*faults, *(error.faults if error else ())]
        most = SHOWN if quick else MOST
        found = await self._desk.preview(opened, definition, request.viewer, most) if definition else None
        if definition and found is None:
            fault = "renamed" if definition.source != opened.definition.source else "fields_only"
            problem = problem or t(f"mapping.page.not_saved.{fault}", request.language)
        values = {
            "opened": opened,
            "people": {OPERATOR.id: t("sources.operator", request.language), **opened.names},
            "text": text,
            "changed": text != opened.definition.text,
            "faults": _worded(faults, request.language),
            "problem": problem,
            "targets": _targets(opened, definition or opened.definition, request.language),
            "columns": _columns(opened),
            "preview": found,
            "quick": quick,
            "table": _table(found, opened, request.language, self._desk.zone) if found else None,
            "difference": difference(opened.definition.text, text),
            "here": self._desk.zone,
            "units": _UNITS,
            "const": CONST,
            "choice": choice,
            "keeper": request.viewer.role in KEEPERS,
            "saved": "saved" in request.query,
            "compared": _compared(opened, request.query.get("version", "")),
            "tab": "text" if "text" in request.form or request.query.get("tab") == "text" else "canvas",
        }
        return PageResult("mapping.html", values, status=422 if faults or problem else 200)


def _broken(request: PageRequest, error: BadDefinition) -> PageResult:
    """It was right once: config/entities has changed since. Whose it is can't be told, so only keepers see it."""
    if request.viewer.role not in KEEPERS:
        return NOT_FOUND
    values = {"name": request.path["name"], "faults": error.sentence(request.language).splitlines()}
    return PageResult("mapping_broken.html", values, status=422)


def _edited(opened: Opened, form: Mapping[str, str]) -> tuple[str, list[Fault]]:
    """The text after a change on the canvas, or of the text itself."""
    if "text" in form:
        return "\n".join(form["text"].splitlines()) + "\n", []
    found, faults = rules(form, opened.entity)
    return with_fields(opened.definition.text, found), faults


def _targets(opened: Opened, definition: Any, lang: str) -> list[Any]:
    return [
        target(name, field, definition.fields.get(name), lang, opened.suggestions.get(name))
        for name, field in opened.entity.fields.items()
    ]


def _columns(opened: Opened) -> list[dict[str, Any]]:
    """The source's fields with a few values; fields that are mapped but didn't come are there too."""
    named = dict.fromkeys([*opened.columns, *opened.definition.columns])
    return [
        {
            "name": name,
            "choice": choice((name,)),
            "values": _examples(opened.columns.get(name, ())),
            "there": name in opened.columns,
        }
        for name in named
    ]


def _examples(values: Any) -> list[str]:
    found: dict[str, None] = {}
    for value in values:
        try:
            text = plain(value)
        except Bad:
            text = str(value)
        if text:
            found[text[:40]] = None
        if len(found) == 3:
            break
    return list(found)


def _worded(faults: list[Fault], lang: str) -> list[dict[str, Any]]:
    return [
        {
            "line": fault.line,
            "field": str(fault.at[1]) if len(fault.at) > 1 and fault.at[0] == "fields" else "",
            "sentence": fault.sentence(lang),
        }
        for fault in faults
    ]


def _table(found: Preview, opened: Opened, lang: str, zone: ZoneInfo) -> dict[str, Any]:
    """The first rows: heads, then cells (text, whether it changes), then what is wrong with them."""
    heads = [name for name in opened.entity.fields if any(name in row.record for row in found.rows)]
    return {
        "heads": [opened.entity.fields[name].named(lang) for name in heads],
        "rows": [
            {
                "line": row.line,
                "cells": [(shown_value(row.record.get(name), lang, zone), name in row.changed) for name in heads],
                "reasons": [reason.sentence(lang) for reason in row.reasons],
            }
            for row in found.rows
        ],
        "worst": [(reason.sentence(lang), rows) for reason, rows in found.worst()],
        "changes": [(opened.entity.fields[name].named(lang), rows) for name, rows in found.changes.most_common()],
        "figures": [
            (
                opened.entity.fields[one.field].named(lang),
                *shown_values((one.before, one.after), lang),
                one.before != one.after,
            )
            for one in found.figures
        ],
    }


def _compared(opened: Opened, number: str) -> dict[str, Any] | None:
    """An earlier version beside the one that holds."""
    version = next((one for one in opened.versions if str(one.version) == number), None)
    if version is None or version.version == opened.version:
        return None
    return {"version": version, "difference": difference(version.text, opened.definition.text)}


def _after(request: PageRequest) -> int:
    number = request.form.get("after", "")
    return int(number) if number.isdecimal() and len(number) < 9 else 0


def _note(request: PageRequest) -> str:
    return request.form.get("note", "").strip()[:200]
