"""What customers must meet: place, industry, level, owner, size. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.locales import t
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.folding import fold
from skills.customers.numbers import read_amounts
from skills.customers.understanding import without_filler

if TYPE_CHECKING:
    from knowledge.metrics.periods import Period
    from storage.repositories.customers import Customer, Values

WORDS = Path(__file__).with_name("words.yaml")
SHOWN_REST = 20  # characters of what was not understood that are said back
_TIER = re.compile(
    r"(?<![a-z])([abc])[\s-]*(?:[级类档]|(?:tier|level|class)\b)|(?:tier|level|class|等级|级别)[为是]?\s*([abc])(?![a-z])"
    r"|(?<![a-z])([abc])(?=客户)",
    re.IGNORECASE,
)
_POOL = re.compile(
    r"公海池?|(没有?|无|还?没)(人|有人)(负责|跟进|管|对接)|(没有?|无)负责人|未分配|\b(public pool|unassigned|unowned)\b"
    r"|\b(without an?|no) owner\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold. Of several values in one field one is enough; an empty field says nothing."""

    regions: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()  # keys of the vocabulary, or as the list of customers has it
    tiers: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()  # names
    at_least: int = 0  # yuan a year
    at_most: int = 0  # 0: without limit
    pool: bool = False  # those that nobody looks after
    added_first: str = ""  # day of creation, as ISO; with the last one
    added_last: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Conditions:
        """From what a conversation kept as JSON."""
        kept = {name.name: values[name.name] for name in fields(cls) if name.name in values}
        found: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in kept.items()}
        return cls(**found)

    def and_also(self, more: Conditions) -> Conditions:
        """Both; where both say something about a field, `more` counts."""
        return Conditions(**{**asdict(self), **{name: value for name, value in asdict(more).items() if value}})

    def added(self, period: Period | None) -> Conditions:
        """The same, for customers that were added in these days."""
        if period is None:
            return self
        return replace(self, added_first=period.first.isoformat(), added_last=period.last.isoformat())


class Words:
    """The words of conditions: the company's vocabulary, broader words for its industries, all places of China.

    Places are known whether or not the asker has customers there: "西藏有多少客户" is answered by 0.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._broad = Vocabulary.load(WORDS, ("industries", "provinces", "cities"))
        self.province = lru_cache(1024)(lambda name: self._broad.mentioned("provinces", name) or name)
        self.industry = lru_cache(1024)(self._industry)

    def read(self, text: str, values: Values) -> tuple[Conditions, str]:
        """Conditions in a question, and what was not understood. `values`: owners and industries that the asker
        may know."""
        least, most, rest = read_amounts(fold(text).lower())
        pool, rest = bool(_POOL.search(rest)), _POOL.sub(" ", rest)
        tiers = tuple(dict.fromkeys("".join(found).upper() for found in _TIER.findall(rest)))
        owners, rest = _take(values.owners, _TIER.sub(" ", rest))
        regions, rest = self._vocabulary.take("regions", rest)
        provinces, rest = self._broad.take("provinces", rest)
        cities, rest = self._broad.take("cities", rest)
        industries, rest = self._industries(rest)
        own_industries, rest = _take((name for name in values.industries if self.industry(name) == name), rest)
        industries = (*industries, *own_industries)
        found = Conditions(regions, provinces, cities, industries, tiers, owners, least, most, pool)
        return found, without_filler(rest)[:SHOWN_REST]

    def meet(self, conditions: Conditions, customers: Iterable[Customer]) -> list[Customer]:
        """Those customers for which everything holds."""
        return [customer for customer in customers if self._holds(conditions, customer)]

    def labels(self, conditions: Conditions, language: str) -> str:
        """The conditions in words."""
        comma = "、" if language == "zh" else ", "
        words = (
            self._vocabulary.labels("regions", conditions.regions, language),
            self._broad.labels("provinces", conditions.provinces, language),
            self._broad.labels("cities", conditions.cities, language),
            self._vocabulary.labels("industries", conditions.industries, language),
            comma.join(t("customers.tier", language, tier=tier) for tier in conditions.tiers),
            comma.join(conditions.owners),
            _limit("customers.at_least", conditions.at_least, language),
            _limit("customers.at_most", conditions.at_most, language),
            t("customers.in_pool", language) if conditions.pool else "",
            _days(conditions, language),
        )
        return " · ".join(word for word in words if word)

    def _industry(self, name: str) -> str:
        found = self._vocabulary.mentioned("industries", name) or self._broad.mentioned("industries", name)
        return found if found in self._vocabulary.keys("industries") else name

    def _industries(self, text: str) -> tuple[tuple[str, ...], str]:
        keys, rest = self._vocabulary.take("industries", text)
        more, shorter = self._broad.take("industries", rest)
        known = [key for key in more if key in self._vocabulary.keys("industries")]
        return tuple(dict.fromkeys([*keys, *known])), shorter if known else rest

    def _holds(self, wanted: Conditions, customer: Customer) -> bool:
        pairs = (
            (wanted.regions, customer.region),
            (wanted.provinces, self.province(customer.province)),
            (wanted.industries, self.industry(customer.industry)),
            (wanted.tiers, customer.tier.upper()),
            (wanted.owners, customer.owner_name),
        )
        return (
            all(not want or have in want for want, have in pairs)
            and self._sits(wanted, customer)
            and _within(wanted, customer)
            and not (wanted.pool and customer.owner_id)
            and _added(wanted, customer)
        )

    def _sits(self, wanted: Conditions, customer: Customer) -> bool:
        name = customer.name.lower()
        labels = [self._broad.label("cities", city, code).lower() for city in wanted.cities for code in ("zh", "en")]
        return not labels or any(label in name for label in labels)


def _within(wanted: Conditions, customer: Customer) -> bool:
    if not (wanted.at_least or wanted.at_most):
        return True
    amount = customer.annual_amount
    return amount is not None and wanted.at_least <= amount and (not wanted.at_most or amount <= wanted.at_most)


def _added(wanted: Conditions, customer: Customer) -> bool:
    if not wanted.added_first:
        return True
    return customer.created is not None and wanted.added_first <= customer.created.isoformat() <= wanted.added_last


def _days(conditions: Conditions, language: str) -> str:
    if not conditions.added_first:
        return ""
    return t("customers.added", language, first=conditions.added_first, last=conditions.added_last)


def _limit(key: str, yuan: int, language: str) -> str:
    if not yuan:
        return ""
    number = yuan / 10**4 if language == "zh" else yuan / 10**6
    return t(key, language, number=f"{number:,g}")


def _take(names: Iterable[str], text: str) -> tuple[tuple[str, ...], str]:
    """Names that occur, longest first, and the text without them."""
    found = []
    for name in sorted(filter(None, names), key=len, reverse=True):
        if (folded := fold(name).lower()) in text:
            found.append(name)
            text = text.replace(folded, " ")
    return tuple(found), text
