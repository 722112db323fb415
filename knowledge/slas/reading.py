"""The text of a rule, checked: `parse`. Faults are collected, so that whoever mends it mends it once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from config.hours import BadHours, parse_hours
from knowledge.events.conditions import BadCondition, Condition
from knowledge.events.conditions import parse as parse_condition
from knowledge.events.keys import NAMES
from knowledge.events.types import Catalog
from knowledge.lines import TAB, At, BadYaml, Lines, read_lines
from knowledge.slas.calendar import Calendar
from knowledge.slas.faults import BadRule, RuleFault
from knowledge.slas.making import House
from knowledge.slas.rule import OWNERS, WHOM, Repeat, Rule, Rung, Window
from knowledge.slas.spans import BadSpan, Span, parse_span

LARGEST = 100_000  # characters of a rule
MOST_REPEATS = 50
_NAME = re.compile(r"[a-z0-9_]{1,60}")
_EMPLOYEE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_KEYS = (
    *("sla", "version", "title", "what", "from", "to", "key", "where", "within", "by", "calendar", "cancel", "change"),
    *("again", "system", "owner", "nudges", "ladder", "repeat", "send", "settle"),
)


def parse(text: str, file: str, house: House, catalog: Catalog) -> Rule:
    """A rule. Raises BadRule (a ConfigurationError) with every fault: file, line, remedy."""
    if len(text) > LARGEST:
        raise BadRule(file, [RuleFault(1, "too_long", {"limit": LARGEST})])
    try:
        lines = read_lines(text, file)
    except BadYaml as error:
        known = {"twice": "twice", "not_a_mapping": "not_a_mapping", TAB: "tab"}
        details = {"word": error.key, "problem": error.problem}
        raise BadRule(file, [RuleFault(error.line, known.get(error.problem, "bad_yaml"), details)]) from error
    reading = _Reading(lines, house, catalog)
    rule = reading.rule()
    if reading.faults:
        raise BadRule(file, reading.faults)
    return replace(rule, file=file)


class _Reading:
    """One pass over one rule."""

    def __init__(self, lines: Lines, house: House, catalog: Catalog) -> None:
        self._lines, self._tree = lines, lines.tree
        self._house, self._catalog = house, catalog
        self.faults: list[RuleFault] = []

    def rule(self) -> Rule:
        """The whole; what is at fault stands in it as if it weren't said."""
        self._known(self._tree, _KEYS, ())
        begin = next(iter(self._types("from")), "")
        ends = self._types("to")
        calendar = self._calendar()
        title = self._titles("title")
        return Rule(
            name=self._name(),
            version=self._whole("version", 1, 1_000_000),
            title=title,
            what=self._titles("what") if "what" in self._tree else title,
            begin=begin,
            ends=ends,
            key=self._key(begin, ends),
            calendar=calendar,
            within=self._within(),
            by=self._by(begin),
            where=self._where(begin),
            cancels=self._types("cancel", needed=False),
            changes=self._types("change", needed=False),
            again=self._flag("again"),
            system=self._text("system"),
            owner=self._owner(),
            nudges=self._nudges(),
            ladder=self._ladder(),
            repeat=self._repeat(),
            send=self._send(),
            settle=self._settle(),
        )

    def _name(self) -> str:
        name = self._text("sla")
        if not _NAME.fullmatch(name):
            self._fault(("sla",), "bad_name", value=name)
        return name

    def _titles(self, key: str) -> Mapping[str, str]:
        said = self._tree.get(key)
        if isinstance(said, str):
            return {"zh": said}
        if not isinstance(said, Mapping) or not isinstance(said.get("zh"), str):
            self._fault((key,), "no_title", word=key)
            return {"zh": ""}
        return {str(lang): str(text) for lang, text in said.items()}

    def _types(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        said = self._tree.get(key)
        names = said if isinstance(said, list) else [] if said is None else [said]
        if needed and not names:
            self._fault((key,), "no_type", word=key)
        for name in names:
            if self._catalog.get(str(name)) is None:
                near = self._catalog.near(str(name))
                self._fault((key,), "unknown_type", value=name, near=near or "docs/events.md")
        return tuple(str(name) for name in names)

    def _key(self, begin: str, ends: tuple[str, ...]) -> str:
        """Whether every event has it: else nothing would ever be closed."""
        key = self._text("key")
        if key not in NAMES:
            near = get_close_matches(key, NAMES, 1)
            self._fault(("key",), "unknown_correlation", value=key, expected=", ".join(near or NAMES))
            return key
        for name in (begin, *ends):
            known = self._catalog.get(name)
            if known is not None and key not in known.keys:
                self._fault(("key",), "key_missing", value=key, type=name, expected=", ".join(known.keys))
        return key

    def _within(self) -> Span | None:
        if ("within" in self._tree) == ("by" in self._tree):
            self._fault(("within",), "within_or_by")
            return None
        return self._span(("within",), self._tree.get("within"))

    def _by(self, begin: str) -> str:
        name, known = self._text("by"), self._catalog.get(begin)
        if name and known is not None and name not in known.newest.fields:
            near = get_close_matches(name, known.newest.fields, 1) or list(known.newest.fields)
            self._fault(("by",), "unknown_field", value=name, type=begin, expected=", ".join(near))
        return name

    def _where(self, begin: str) -> Condition:
        try:
            found = parse_condition(self._tree.get("where"))
        except BadCondition as error:
            self.faults.append(RuleFault(self._lines.line(("where", *error.at)), "", said=error.sentence()))
            return Condition()
        known = self._catalog.get(begin)
        for name in sorted(found.fields) if known is not None else ():
            if name.split(".")[0] not in known.newest.fields:  # type: ignore[union-attr]  # known where it is asked
                self._fault(("where", name), "unknown_field", value=name, type=begin, expected=self._fields(begin))
        return found

    def _fields(self, begin: str) -> str:
        known = self._catalog.get(begin)
        return ", ".join(known.newest.fields) if known else ""

    def _calendar(self) -> Calendar:
        said = self._tree.get("calendar", "working")
        if said in ("always", "working"):
            return self._house.always if said == "always" else self._house.working
        if not isinstance(said, Mapping):
            self._fault(("calendar",), "bad_calendar", value=said)
            return self._house.working
        self._known(said, ("hours", "working_days"), ("calendar",))
        hours = said.get("hours", ["00:00-24:00"])
        try:
            spans = parse_hours(hours if isinstance(hours, list) else [str(hours)])
        except BadHours as error:
            self._fault(("calendar", "hours"), "bad_hours", value=error)
            return self._house.working
        days = said.get("working_days", True) is True
        off = self._house.working.days_off if days else frozenset()
        return Calendar(self._house.working.zone, spans, days, off)

    def _owner(self) -> str:
        said = str(self._tree.get("owner", "customer"))
        if said not in OWNERS and not _EMPLOYEE.fullmatch(said):
            self._fault(("owner",), "bad_owner", value=said)
        return said

    def _nudges(self) -> tuple[float, ...]:
        said = self._tree.get("nudges", [])
        shares = [self._share(("nudges",), one) for one in (said if isinstance(said, list) else [said])]
        found = [one for one in shares if one is not None]
        if any(one >= 1 for one in found) or found != sorted(set(found)):
            self._fault(("nudges",), "nudges_order")
        return tuple(found)

    def _ladder(self) -> tuple[Rung, ...]:
        said = self._tree.get("ladder", [])
        if not isinstance(said, list):
            self._fault(("ladder",), "bad_ladder")
            return ()
        rungs = [rung for number, one in enumerate(said) if (rung := self._rung(("ladder", number), one))]
        seconds = [rung.after.seconds if rung.after else 0.0 for rung in rungs]
        if any(two <= one for one, two in pairwise(seconds)):
            self._fault(("ladder",), "ladder_order")
        return tuple(rungs)

    def _rung(self, at: At, said: Any) -> Rung | None:
        if not isinstance(said, Mapping) or said.get("to") not in WHOM or ("at" in said) == ("after" in said):
            self._fault(at, "bad_rung", expected=", ".join(WHOM))
            return None
        self._known(said, ("at", "after", "to"), at)
        if "at" in said and self._share((*at, "at"), said["at"]) != 1:
            self._fault((*at, "at"), "rung_share", value=said["at"])
        return Rung(self._span((*at, "after"), said.get("after")), said["to"])

    def _repeat(self) -> Repeat | None:
        said = self._tree.get("repeat")
        if said is None:
            return None
        if not isinstance(said, Mapping) or not isinstance(said.get("times"), int):
            self._fault(("repeat",), "bad_repeat")
            return None
        self._known(said, ("every", "times"), ("repeat",))
        if not 0 < said["times"] <= MOST_REPEATS:
            self._fault(("repeat", "times"), "bad_times", value=said["times"], most=MOST_REPEATS)
        every = self._span(("repeat", "every"), said.get("every"))
        return Repeat(every, said["times"]) if every else None

    def _send(self) -> Window | None:
        said = self._tree.get("send")
        if said is None:
            return None
        if said == "always":
            return Window(time(), time())
        if not isinstance(said, Mapping):
            self._fault(("send",), "bad_send", value=said)
            return None
        self._known(said, ("from", "to", "working_days"), ("send",))
        times = [self._clock(("send", name), said.get(name)) for name in ("from", "to")]
        begin, end = times
        return Window(begin, end, said.get("working_days") is True) if begin is not None and end is not None else None

    def _clock(self, at: At, said: Any) -> time | None:
        if isinstance(said, int) and not isinstance(said, bool):  # YAML 1.1 reads 8:30 without quotes as 510
            said = f"{said // 60}:{said % 60:02}"
        match = _CLOCK.fullmatch(str(said).strip())
        if match is None:
            self._fault(at, "bad_clock", value=said)
            return None
        return time(int(match[1]), int(match[2]))

    def _span(self, at: At, said: Any) -> Span | None:
        if said is None:
            return None
        try:
            return parse_span(str(said))
        except BadSpan:
            self._fault(at, "bad_span", value=said)
            return None

    def _settle(self) -> float:
        found = self._span(("settle",), self._tree.get("settle"))
        return found.seconds if found else 0.0

    def _share(self, at: At, said: Any) -> float | None:
        match = _SHARE.fullmatch(str(said).strip())
        if match is None or not 0 < float(match[1]) <= 100:
            self._fault(at, "bad_share", value=said)
            return None
        return float(match[1]) / 100

    def _whole(self, key: str, usual: int, most: int) -> int:
        said = self._tree.get(key, usual)
        if not isinstance(said, int) or isinstance(said, bool) or not 0 < said <= most:
            self._fault((key,), "bad_version", value=said)
            return usual
        return said

    def _flag(self, key: str) -> bool:
        said = self._tree.get(key, False)
        if not isinstance(said, bool):
            self._fault((key,), "bad_flag", word=key, value=said)
        return said is True

    def _text(self, key: str) -> str:
        said = self._tree.get(key, "")
        return "" if said is None or isinstance(said, list | Mapping) else str(said)

    def _known(self, tree: Mapping[str, Any], keys: Iterable[str], at: At) -> None:
        """Keys that mean nothing are faults: most are misspelt."""
        for key in tree:
            if key not in keys:
                near = get_close_matches(str(key), tuple(keys), 1)
                self._fault((*at, key), "unknown_key", word=key, expected=", ".join(near or keys))

    def _fault(self, at: At, problem: str, **details: object) -> None:
        self.faults.append(RuleFault(self._lines.line(at), problem, details))
