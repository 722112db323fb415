"""Reads the keys of a card's head, one kind of value each, and notes every fault instead of stopping at one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from urllib.parse import urlsplit

from config import languages
from knowledge.playbook.card import Link, TestReport
from knowledge.playbook.fault import Fault
from knowledge.playbook.front_matter import Entry

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 64


class Fields:
    """The head of one file. Methods return a harmless value when something is wrong, and note the fault."""

    def __init__(self, entries: Mapping[str, Entry], source: str) -> None:
        self._entries = entries
        self._source = source
        self.faults: list[Fault] = []

    def fault(self, key: str, field: str, **values: object) -> None:
        """Note a fault on the line of a field; line 1 when the field is missing."""
        line = self._entries[field].line if field in self._entries else 1
        self.faults.append(Fault(self._source, line, key, field, values))

    def text(self, field: str, *, needed: bool = True) -> str:
        """A text on one line."""
        entry = self._entries.get(field)
        if entry is not None and not isinstance(entry.value, str):
            self.fault("not_a_text", field)
            return ""
        value = " ".join(str(entry.value).split()) if entry else ""
        if needed and not value:
            self.fault("missing", field)
        return value

    def id(self) -> str:
        """The stable key."""
        value = self.text("id")
        if value and (not _ID.fullmatch(value) or len(value) > LONGEST_ID):
            self.fault("bad_id", "id", value=value)
        return value

    def one_of(self, field: str, allowed: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(field)
        if value and value not in allowed:
            self.fault("not_allowed", field, value=value, allowed=", ".join(allowed))
        return value

    def language(self) -> str:
        """A language's code, by any of its names that lists of people take too."""
        value = self.text("language")
        code = languages.named(value)
        if value and code is None:
            self.fault("not_allowed", "language", value=value, allowed=", ".join(languages.WORDS))
        return code or value

    def texts(self, field: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        entry = self._entries.get(field)
        values = [] if entry is None or entry.value == "" else entry.value
        values = [values] if isinstance(values, str) else values
        if any(not isinstance(value, str) for value in values):
            self.fault("not_a_list", field)
            return ()
        found = tuple(dict.fromkeys(str(value) for value in values if value))
        if needed and not found:
            self.fault("missing", field)
        return found

    def keys(self, field: str, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of words of the vocabulary."""
        values = self.texts(field)
        for value in values:
            if value not in allowed:
                self.fault("not_allowed", field, value=value, allowed=", ".join(allowed))
        return values

    def number(self, field: str) -> int:
        """A whole number from 1."""
        value = self.text(field)
        if value and not (value.isascii() and value.isdigit() and 0 < int(value[:9]) < 1_000_000):
            self.fault("not_a_number", field, value=value)
            return 1
        return int(value) if value else 1

    def day(self, field: str) -> date:
        """A day as 2028-12-31."""
        return self._day(field, self.text(field))

    def links(self, field: str) -> tuple[Link, ...]:
        """A list of {title, url}."""
        return tuple(Link(*self._titled(field, item)) for item in self._items(field))

    def reports(self, field: str) -> tuple[TestReport, ...]:
        """A list of {title, url, date}."""
        items = self._items(field)
        return tuple(TestReport(*self._titled(field, item), self._day(field, item.get("date", ""))) for item in items)

    def reject_unknown(self, known: Collection[str]) -> None:
        """Note every key that no card has: most often a misspelling."""
        for field in self._entries:
            if field not in known:
                self.fault("unknown_key", field, known=", ".join(sorted(known)))

    def _items(self, field: str) -> list[dict[str, str]]:
        entry = self._entries.get(field)
        if entry is None or not entry.value:
            return []
        items = [item for item in entry.value if isinstance(item, dict)]
        if isinstance(entry.value, str) or len(items) != len(entry.value):
            self.fault("not_links", field)
            return []
        return items

    def _titled(self, field: str, item: Mapping[str, str]) -> tuple[str, str]:
        title, url = item.get("title", ""), item.get("url", "")
        if not title or not _is_web_address(url):
            self.fault("bad_link", field, value=url or title)
        return title, url

    def _day(self, field: str, value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            if value or field != "valid_until":  # a missing date was noted already
                self.fault("bad_date", field, value=value)
            return date.max


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", url)
