"""One entry of a registry's file as a type of ours; what it says that nobody can mean is named with its line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from bot.contracts.errors import ConfigurationError
from bot.contracts.person import Role
from knowledge.lines import At, Lines
from knowledge.metrics.registry import Better, Column, ColumnKind, Dimension, Metric, Table, Title, Unit

_REMEDY = "Compare it with config/metrics/README.md."
_TABLE = {"relation", "key", "title", "synonyms", "time", "times", "only", "joins", "whole_for", "columns"}
_COLUMN = {"kind", "title", "synonyms", "listed", "sql", "path"}
_DIMENSION = {"title", "synonyms", "at", "vocabulary", "names", "outcome"}
_METRIC = {
    "title",
    "synonyms",
    "definition",
    "unit",
    "better",
    "table",
    "aggregate",
    "ratio",
    "sum",
    "where",
    "time",
} | {"parts", "factors", "roles", "missing", "nearest"}


def read_table(lines: Lines, name: str) -> Table:
    """Raises ConfigurationError."""
    entry = _Entry(lines, (name,), _TABLE)
    columns = entry.mapping("columns")
    return Table(
        name=name,
        relation=entry.text("relation"),
        key=entry.text("key", "id"),
        title=entry.title(),
        columns={one: _column(lines, (name, "columns", one), one) for one in columns},
        time=entry.text("time", ""),
        times={key: {str(k): str(v) for k, v in dict(one).items()} for key, one in entry.mapping("times", {}).items()},
        only=entry.text("only", ""),
        joins={key: entry.pair(("joins", key)) for key in entry.mapping("joins", {})},
        whole_for=entry.roles("whole_for"),
    )


def read_dimension(lines: Lines, name: str) -> Dimension:
    """Raises ConfigurationError."""
    entry = _Entry(lines, (name,), _DIMENSION)
    return Dimension(
        name=name,
        title=entry.title(),
        at={str(key): str(path) for key, path in entry.mapping("at").items()},
        vocabulary=entry.text("vocabulary", ""),
        names=entry.pair(("names",)) if "names" in entry.tree else None,
        outcome=entry.flag("outcome"),
    )


def read_metric(lines: Lines, name: str) -> Metric:
    """Raises ConfigurationError."""
    entry = _Entry(lines, (name,), _METRIC)
    made = [key for key in ("aggregate", "ratio", "sum", "parts", "missing") if key in entry.tree]
    if len(made) != 1:
        raise entry.fault((), "say one of aggregate, parts, ratio, sum, missing")
    return Metric(
        name=name,
        title=entry.title(),
        definition=entry.title("definition", synonyms=False),
        unit=entry.choice("unit", get_args(Unit)),
        better=entry.choice("better", get_args(Better)),
        table=entry.text("table", "" if made[0] in {"ratio", "sum", "missing"} else None),
        aggregate=entry.text("aggregate", ""),
        ratio=entry.pair(("ratio",)) if "ratio" in entry.tree else None,
        sum=entry.words("sum"),
        where=entry.text("where", ""),
        time=entry.text("time", ""),
        parts=_parts(entry),
        factors=entry.words("factors"),
        roles=entry.roles("roles"),
        missing=entry.text("missing", ""),
        nearest=entry.text("nearest", ""),
    )


def _parts(entry: _Entry) -> tuple[str, str] | None:
    """As said; of an average they are its sum and its count."""
    if "parts" in entry.tree:
        return entry.pair(("parts",))
    said = entry.text("aggregate", "").strip()
    inner = said[4:-1]
    is_average = said.lower().startswith("avg(") and said.endswith(")") and _closes_last(inner)
    return (f"sum({inner})", f"count({inner})") if is_average else None


def _closes_last(inner: str) -> bool:
    """Whether the parentheses within balance, so that the last one belongs to avg itself."""
    depth = 0
    for sign in inner:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def _column(lines: Lines, at: At, name: str) -> Column:
    entry = _Entry(lines, at, _COLUMN)
    kind: ColumnKind = entry.choice("kind", get_args(ColumnKind))
    return Column(name, kind, entry.title(), entry.flag("listed"), entry.text("sql", ""), entry.text("path", ""))


class _Entry:
    """One mapping of the file, and how to take what it says."""

    def __init__(self, lines: Lines, at: At, known: set[str]) -> None:
        self._lines, self._at = lines, at
        tree: Any = lines.tree
        for step in at:
            tree = tree[step]
        if not isinstance(tree, Mapping):
            raise self.fault((), "key: value lines are missing here")
        self.tree: Mapping[str, Any] = tree
        for key in tree:
            if key not in known:
                raise self.fault((key,), f"{key!r} isn't known; there are {', '.join(sorted(known))}")

    def fault(self, at: At, problem: str) -> ConfigurationError:
        return ConfigurationError(f"{self._lines.fault((*self._at, *at), problem)}. {_REMEDY}")

    def text(self, key: str, usual: str | None = None) -> str:
        """Raises when it's missing and there is no usual."""
        value = self.tree.get(key, usual)
        if not isinstance(value, str):
            raise self.fault((key,), f"{key} is missing" if value is None else f"{key} must be a text")
        return value

    def choice(self, key: str, known: tuple[Any, ...]) -> Any:
        value = self.text(key)
        if value not in known:
            raise self.fault((key,), f"{key} is {value!r}; it may be {', '.join(repr(one) for one in known)}")
        return value

    def flag(self, key: str) -> bool:
        """False when it isn't said."""
        value = self.tree.get(key, False)
        if not isinstance(value, bool):
            raise self.fault((key,), f"{key} is true or false")
        return value

    def mapping(self, key: str, usual: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        value = self.tree.get(key, usual)
        if not isinstance(value, Mapping):
            raise self.fault((key,), f"{key} is missing: key: value lines")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        value = self.tree.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.fault((key,), f"{key} must be a list of texts: [one, other]")
        return tuple(value)

    def pair(self, at: At) -> tuple[str, str]:
        value: Any = self.tree
        for step in at:
            value = value[step]
        if not (isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)):
            raise self.fault(at, f"{at[-1]} must be two texts: [one, other]")
        return value[0], value[1]

    def roles(self, key: str) -> frozenset[Role]:
        try:
            return frozenset(Role(one) for one in self.words(key))
        except ValueError:
            raise self.fault((key,), f"{key}: roles are {', '.join(Role)}") from None

    def title(self, key: str = "title", *, synonyms: bool = True) -> Title:
        both = self.mapping(key)
        if set(both) != {"zh", "en"} or not all(isinstance(one, str) and one.strip() for one in both.values()):
            raise self.fault((key,), f"{key} needs zh and en")
        return Title(both["zh"], both["en"], self.words("synonyms") if synonyms else ())
