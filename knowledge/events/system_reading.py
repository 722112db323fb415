"""The text of a system's entry, checked: `parse` (C5). Faults are collected, so that whoever mends it mends it once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from knowledge.events import conditions, keys
from knowledge.events.system_faults import BadEntry, EntryFault
from knowledge.events.systems import FORMATS, KINDS, REFERENCE, RESERVED, Listening, System, Watch
from knowledge.events.types import Catalog
from knowledge.lines import TAB, At, BadYaml, Lines, read_lines

LARGEST = 200_000  # characters of an entry
FASTEST = 1000  # events per second to one subscription
_MOST = 100  # subscriptions, or watched tables, of one system
_NAME = re.compile(r"[a-z0-9_]{1,40}")
_SOURCE = re.compile(r"[!-~]{1,200}")
_WHOLE = re.compile(r"\$\{[A-Za-z0-9_]+\}")
_BARE = re.compile(r"[\[{,:]\s*\$\{[^}]*\}?\s*[,\]}]")  # a reference without quotes within brackets
_KEYS = ("system", "title", "kind", "owner", "produces", "source", "token", "secret", "listens", "watch")
_LISTENS = ("name", "types", "where", "to", "secret", "version", "ordered_by", "rate", "format")
_WATCH = (
    "name",
    "database",
    "schema",
    "table",
    "after",
    "id",
    "type",
    "time",
    "subject",
    "data",
    "data_json",
    "source",
)


@lru_cache(maxsize=256)
def _lines(text: str, file: str) -> Lines:
    return read_lines(text, file)


def parse(text: str, file: str, catalog: Catalog) -> System:
    """An entry. Raises BadEntry (a ConfigurationError) with every fault: file, line, remedy."""
    if len(text) > LARGEST:
        raise BadEntry(file, [EntryFault(1, "too_long", {"limit": LARGEST})])
    try:
        lines = _lines(text, file)
    except BadYaml as error:
        known = {"twice": "twice", "not_a_mapping": "not_a_mapping", TAB: "tab"}
        details = {"word": error.key, "problem": error.problem}
        problem = "quote" if _unquoted(text, error.line) else known.get(error.problem, "bad_yaml")
        raise BadEntry(file, [EntryFault(error.line, problem, details)]) from error
    reading = _Reading(lines, catalog)
    system = reading.system(text)
    if reading.faults:
        raise BadEntry(file, sorted(reading.faults, key=lambda fault: fault.line))
    return system


def _unquoted(text: str, line: int) -> bool:
    """[${a}, ${b}] is what everybody writes first, and isn't YAML."""
    return bool(_BARE.search("".join(text.splitlines()[line - 1 : line])))


class _Reading:
    """One pass over one entry."""

    def __init__(self, lines: Lines, catalog: Catalog) -> None:
        self._lines, self._catalog = lines, catalog
        self.faults: list[EntryFault] = []

    def system(self, text: str) -> System:
        """The whole."""
        tree = self._lines.tree
        self._known(tree, _KEYS, ())
        name, kind = self._name(tree.get("system"), ("system",)), self._text(tree, "kind")
        if name in RESERVED:
            self._fault(("system",), "reserved", value=name)
        if kind not in KINDS:
            self._fault(("kind",), "bad_kind", value=kind, expected=_near(kind, KINDS))
        sources = self._sources(tree.get("source"), name)
        return System(
            name=name,
            title=self._text(tree, "title") or name,
            kind=kind,
            owner=self._text(tree, "owner"),
            produces=self._types(tree.get("produces"), ("produces",)),
            sources=sources,
            token=self._secret(tree.get("token"), ("token",)),
            secrets=self._secrets(tree.get("secret"), ("secret",)),
            listens=self._listens(tree.get("listens")),
            watches=self._watches(tree.get("watch"), sources),
            text=text,
        )

    def _listens(self, tree: Any) -> tuple[Listening, ...]:
        return self._each(tree, "listens", self._listening)

    def _watches(self, tree: Any, sources: tuple[str, ...]) -> tuple[Watch, ...]:
        return self._each(tree, "watch", lambda at, one: self._watch(at, one, sources))

    def _each(self, tree: Any, key: str, read: Any) -> tuple[Any, ...]:
        """The items of a list of mappings, each of a name of its own."""
        if tree is None:
            return ()
        if not isinstance(tree, list) or not all(isinstance(one, Mapping) for one in tree):
            self._fault((key,), "not_a_list", word=key)
            return ()
        if len(tree) > _MOST:
            self._fault((key,), "too_many", word=key, most=_MOST)
        found = [read((key, number), one) for number, one in enumerate(tree[:_MOST])]
        for number, one in enumerate(found):
            if one.name and one.name in {former.name for former in found[:number]}:
                self._fault((key, number, "name"), "same_name", value=one.name)
        return tuple(found)

    def _listening(self, at: At, tree: Mapping[str, Any]) -> Listening:
        self._known(tree, _LISTENS, at)
        types = self._types(tree.get("types"), (*at, "types"))
        if not types:
            self._fault((*at, "types"), "no_types")
        format_ = self._text(tree, "format", at) or "structured"
        if format_ not in FORMATS:
            self._fault((*at, "format"), "bad_format", value=format_, expected=FORMATS)
        secrets = self._secrets(tree.get("secret"), (*at, "secret"))
        if not secrets:
            self._fault((*at, "secret"), "no_secret")
        return Listening(
            name=self._name(tree.get("name"), (*at, "name")),
            types=types,
            to=self._address(tree.get("to"), (*at, "to")),
            where=self._where(tree.get("where"), (*at, "where"), types),
            secrets=secrets,
            version=self._version(tree.get("version"), (*at, "version"), types),
            ordered_by=self._key(tree.get("ordered_by"), (*at, "ordered_by")),
            rate=self._rate(tree.get("rate"), (*at, "rate")),
            format=format_,
        )

    def _watch(self, at: At, tree: Mapping[str, Any], sources: tuple[str, ...]) -> Watch:
        self._known(tree, _WATCH, at)
        for key in ("table", "after", "id"):
            if not self._text(tree, key, at):
                self._fault((*at, key), "watch_needs", word=key)
        type_ = tree.get("type")
        fixed = str(type_["const"]) if isinstance(type_, Mapping) and "const" in type_ else ""
        if fixed:
            self._types([fixed], (*at, "type"))
        elif not isinstance(type_, str):
            self._fault((*at, "type"), "watch_type")
        data, data_json = tree.get("data"), self._text(tree, "data_json", at)
        if isinstance(data, Mapping) == bool(data_json):
            self._fault((*at, "data"), "watch_data")
        source = self._text(tree, "source", at)
        if source and not System("", "", "", "", sources=sources).may_use(source):
            self._fault((*at, "source"), "watch_source", value=source, expected=sources)
        return Watch(
            name=self._name(tree.get("name"), (*at, "name")),
            database=self._secret(tree.get("database"), (*at, "database"), required=True),
            table=self._text(tree, "table", at),
            after=self._text(tree, "after", at),
            id=self._text(tree, "id", at),
            type="" if fixed else str(type_ or ""),
            time=self._text(tree, "time", at),
            subject=self._text(tree, "subject", at),
            data={str(key): str(value) for key, value in data.items()} if isinstance(data, Mapping) else {},
            data_json=data_json,
            fixed_type=fixed,
            schema=self._text(tree, "schema", at),
            source=source,
        )

    def _types(self, tree: Any, at: At) -> frozenset[str]:
        """Names of the catalogue; order.* and * are all that fit, without what only Xiaoce tells."""
        names = tree if isinstance(tree, list) else [] if tree is None else [tree]
        found: set[str] = set()
        for number, said in enumerate(names):
            name = str(said)
            if isinstance(said, list | Mapping):
                self._fault((*at, number), "bad_names")
            elif "*" in name:
                fitting = {one.name for one in self._catalog if not one.inner and fnmatchcase(one.name, name)}
                found |= fitting
                if not fitting:
                    self._fault((*at, number), "no_such_types", value=name)
            elif self._catalog.get(name) is None:
                self._fault((*at, number), "unknown_type", value=name, near=_near(name, self._catalog.types))
            else:
                found.add(name)
        return frozenset(found)

    def _where(self, tree: Any, at: At, types: frozenset[str]) -> conditions.Condition:
        try:
            condition = conditions.parse(tree)
        except conditions.BadCondition as error:
            self.faults.append(
                EntryFault(
                    self._lines.line((*at, *error.at)), "", {lang: error.sentence(lang) for lang in ("zh", "en")}
                )
            )
            return conditions.Condition()
        known = {name for type_ in types if (one := self._catalog.get(type_)) for name in one.newest.fields}
        for name in sorted(condition.fields - known) if known else ():
            if name.split(".")[0] not in known:  # no event could ever have it: most are misspelt
                self._fault(at, "unknown_field", value=name, near=_near(name, known))
        return condition

    def _version(self, value: Any, at: At, types: frozenset[str]) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self._fault(at, "bad_version", value=value)
            return None
        for name in sorted(types):
            type_ = self._catalog.get(name)
            if type_ and type_.version(value) is None:
                there = [one.number for one in type_.versions]
                self._fault(at, "no_such_version", type=name, value=value, expected=there)
        return value

    def _sources(self, value: Any, name: str) -> tuple[str, ...]:
        said = value if isinstance(value, list) else [f"/{name}"] if value is None else [value]
        for one in said:
            if not isinstance(one, str) or not _SOURCE.fullmatch(one):
                self._fault(("source",), "bad_source", value=one)
        return tuple(str(one) for one in said)

    def _secrets(self, value: Any, at: At) -> tuple[str, ...]:
        said = value if isinstance(value, list) else [] if value is None else [value]
        return tuple(self._secret(one, at) for one in said)

    def _secret(self, value: Any, at: At, *, required: bool = False) -> str:
        """A reference; what stands in the entry itself could be read by everybody who sees it."""
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not _WHOLE.fullmatch(value):
            self._fault(at, "inline_secret", word=str(at[-1]), example="${" + str(at[-1]) + "}")
            return ""
        return value

    def _address(self, value: Any, at: At) -> str:
        """http or https; a part of it may be a reference, for addresses that are a secret themselves."""
        text = value if isinstance(value, str) else ""
        plain = REFERENCE.sub("x", text)
        try:
            parts = urlsplit(plain)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
            bare = parts.username is None and parts.password is None
        except ValueError:
            fits = bare = False
        if not _WHOLE.fullmatch(text) and not fits:
            self._fault(at, "bad_address", value=text)
        elif not bare:
            self._fault(at, "password_in_address")
        return text

    def _key(self, value: Any, at: At) -> str:
        text = "" if value is None else str(value)
        if text and text not in keys.NAMES:
            self._fault(at, "bad_key", value=text, expected=_near(text, keys.NAMES))
        return text

    def _rate(self, value: Any, at: At) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= FASTEST:
            self._fault(at, "bad_rate", value=value, most=FASTEST)
            return None
        return float(value)

    def _name(self, value: Any, at: At) -> str:
        text = "" if value is None else str(value)
        if not _NAME.fullmatch(text):
            self._fault(at, "bad_name", value=text)
        return text

    def _text(self, tree: Mapping[str, Any], key: str, at: At = ()) -> str:
        value = tree.get(key)
        if isinstance(value, list | dict):
            self._fault((*at, key), "not_text", word=key)
            return ""
        return "" if value is None else str(value)

    def _known(self, tree: Mapping[str, Any], allowed: Iterable[str], at: At) -> None:
        """Keys that mean nothing are faults: most are misspelt."""
        for key in tree:
            if key not in allowed:
                self._fault((*at, key), "unknown_key", word=key, expected=_near(str(key), allowed))

    def _fault(self, at: At, problem: str, **details: object) -> None:
        said = {
            key: "、".join(map(str, value)) if isinstance(value, list | tuple | set) else value
            for key, value in details.items()
        }
        self.faults.append(EntryFault(self._lines.line(at), problem, said))


def _near(word: str, known: Iterable[str]) -> list[str]:
    """The one that was meant, else all of them."""
    names = list(known)
    return get_close_matches(word, names, 1) or names[:50]
