"""Gates, pairs and rows in words, for cards and pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.locales import t
from knowledge.identity.names import taken_apart
from knowledge.identity.review import Doubt
from knowledge.mapping.entities import load_entities
from knowledge.quality.board import Figure, Part
from knowledge.quality.gates import Gate

COMPARED = ("name", "industry", "province", "region", "annual_amount", "tier", "owner_name", "created")


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str

    def entity(self, name: str) -> str:
        """客户, 线索 …"""
        return load_entities()[name].named(self.language)

    def gate(self, gate: Gate) -> str:
        """客户·行业填写率"""
        field = load_entities()[gate.entity].fields[gate.field].named(self.language) if gate.field else ""
        return self._t(f"gate.{gate.kind}", entity=self.entity(gate.entity), field=field)

    def bad(self, figure: Figure) -> str:
        """8 条没填"""
        return self._t(f"bad.{figure.gate.kind}", bad=figure.bad)

    def line(self, figure: Figure) -> str:
        """The gate, its share, and what is wrong."""
        shown = {"name": self.gate(figure.gate), "share": percent(figure.share)}
        return self._t("card.line", **shown, bad=self.bad(figure)) if figure.bad else "{name} {share}".format(**shown)

    def verdict(self, figure: Figure) -> str:
        """Of how many, how many are wrong, and the gate."""
        key = "card.gate_bad" if figure.bad else "card.gate_good"
        return self._t(key, total=figure.total, bad=self.bad(figure), least=percent(figure.gate.least))

    def value(self, gate: Gate, value: str) -> str:
        """A reason, a rule's name, or the value itself."""
        if gate.kind == "possible":
            return self._t(f"rule.{value}")
        return value or self._t("no_reason")

    def rule(self, name: str) -> str:
        """What a row that can't be does wrong."""
        return self._t(f"rule.{name}")

    def evidence(self, doubt: Doubt) -> list[str]:
        """Why they may be one, in the order of the comparisons."""
        return [self._evidence(doubt, name, level) for name, level in doubt.match.evidence.items()]

    def _evidence(self, doubt: Doubt, comparison: str, level: str) -> str:
        said = self._t(f"evidence.{comparison}.{level}")
        if comparison == "brand" and level in {"sound", "similar", "spelled"}:
            left, right = (taken_apart(one.name) for one in (doubt.left, doubt.right))
            return f"{said} ({left.brand} / {right.brand})"
        return said

    def joined(self, parts: list[str]) -> str:
        """As one sentence."""
        return ("；" if self.language == "zh" else "; ").join(parts) + ("。" if self.language == "zh" else ".")

    def compared(self, doubt: Doubt) -> list[tuple[str, str, str, bool]]:
        """(field, left, right, whether they differ) of everything that is known of one of the two."""
        rows = []
        for name in COMPARED:
            left, right = (_shown(getattr(one, name)) for one in (doubt.left, doubt.right))
            if left or right:
                rows.append((self._t(f"field.{name}"), left, right, left != right))
        return rows

    def part(self, name: str) -> str:
        """A group's name; what has none says so."""
        return name or self._t("page.unknown")

    def _t(self, key: str, **values: object) -> str:
        return t(f"data_quality.{key}", self.language, **values)


def percent(share: float) -> str:
    """One decimal; never rounded up to a gate that isn't reached."""
    return f"{int(share * 1000 + 1e-9) / 10:g}%"


def sureness(probability: float) -> str:
    """In percent; nothing is ever certain."""
    return f"{min(round(probability * 100), 99)}"


def grouped(parts: tuple[Part, ...], names: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """(group, good, total), the one with the most to mend first. `names`: a part's region or owner → its group."""
    sums: dict[str, tuple[int, int]] = {}
    for part in parts:
        for key in {part.region, part.owner_id} & set(names):
            good, total = sums.get(names[key], (0, 0))
            sums[names[key]] = good + part.good, total + part.total
    return sorted(((name, *sums[name]) for name in sums), key=lambda row: (row[1] - row[2], row[0]))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if hasattr(value, "as_tuple") else str(value)
