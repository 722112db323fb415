"""Region, province, industry, level and owner in a question, and the customers that meet them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.locales import t
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.folding import fold
from skills.customers.understanding import without_filler

if TYPE_CHECKING:
    from storage.repositories.customers import Customer

_TIER = re.compile(r"\b([ABC])\s*[级类]|(?:tier|level|class)\s*([ABC])\b", re.IGNORECASE)
SHOWN_REST = 20  # characters of what was not understood that are said back


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold; "" where nothing was said. `rest` was not understood."""

    region: str = ""
    province: str = ""
    industry: str = ""  # key of the vocabulary
    tier: str = ""
    owner: str = ""  # name
    rest: str = ""

    def meet(self, customers: Iterable[Customer], vocabulary: Vocabulary) -> list[Customer]:
        """Those customers for which everything holds."""
        return [customer for customer in customers if self._holds(customer, vocabulary)]

    def labels(self, vocabulary: Vocabulary, language: str) -> str:
        """The conditions in words."""
        words = (
            vocabulary.label("regions", self.region, language),
            self.province,
            vocabulary.label("industries", self.industry, language),
            t("customers.tier", language, tier=self.tier) if self.tier else "",
            self.owner,
        )
        return " · ".join(word for word in words if word)

    def _holds(self, customer: Customer, vocabulary: Vocabulary) -> bool:
        asked = (self.region, self.province, self.tier, self.owner)
        known = (customer.region, customer.province, customer.tier, customer.owner_name)
        same = all(want in {"", have} for want, have in zip(asked, known, strict=True))
        return same and self.industry in {"", vocabulary.mentioned("industries", customer.industry)}


def read_conditions(text: str, customers: Sequence[Customer], vocabulary: Vocabulary) -> Conditions:
    """Conditions in a question. Provinces and owners are known only from customers whom the viewer may see."""
    folded = fold(text)
    tier = _TIER.search(folded)
    province = _longest({customer.province for customer in customers}, folded)
    owner = _longest({customer.owner_name for customer in customers}, folded)
    rest = _TIER.sub(" ", folded)
    for known in (province, owner):
        rest = rest.replace(known, " ") if known else rest
    for terms in ("regions", "industries"):
        rest = vocabulary.without(terms, rest)
    return Conditions(
        region=vocabulary.mentioned("regions", text),
        province=province,
        industry=vocabulary.mentioned("industries", text),
        tier=(tier[1] or tier[2]).upper() if tier else "",
        owner=owner,
        rest=without_filler(rest)[:SHOWN_REST],
    )


def _longest(words: Iterable[str], text: str) -> str:
    return max((word for word in words if word and word in text), key=len, default="")
