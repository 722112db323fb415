"""What a question tells about the moment: stage, industry, product, competitors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.vocabulary import Vocabulary, longest_mention
from knowledge.retrieval.folding import fold

# What remains when somebody only asks how a maker compares: "大族激光和我们比哪个好", "Bystronic vs us".
_COMPARING = re.compile(
    r"怎么样|怎么比|怎么打|怎么看|如何|哪个|哪家|区别|优势|口碑|质量|比较|对比|竞品|竞争|客户|我们|你们|机器|设备|产品|"
    r"[和跟与比的好吗呢啊差在哪有什么]|"
    r"\b(vs|versus|us|we|our|their|how|do|does|is|are|good|better|than|compare|compared?|with|to|and|or|the|machines?|"
    r"what|about|of)\b|[\W_]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Keys of the vocabulary; "" where nothing is known. `rivals` are ids of competitor cards."""

    stage: str = ""
    industry: str = ""
    product: str = ""
    rivals: frozenset[str] = frozenset()

    def misses(self, card: PlaybookCard) -> tuple[str, ...]:
        """The facets for which this card was not written: "stage", "industry", "product"."""
        told = {"stage": self.stage, "industry": self.industry, "product": self.product}
        made_for = {"stage": card.stage, "industry": card.industry, "product": card.product}
        return tuple(name for name, key in told.items() if key and made_for[name] and key not in made_for[name])


def read_occasion(question: str, vocabulary: Vocabulary) -> Occasion:
    """What the words of a question say; competitors are left to `named_rivals`."""
    return Occasion(
        stage=vocabulary.mentioned("stages", question),
        industry=vocabulary.mentioned("industries", question),
        product=vocabulary.mentioned("products", question),
    )


def told(occasion: Occasion, *, stage: str | None, industry: str | None, product: str | None) -> Occasion:
    """The same occasion, with what is known from elsewhere (the customer, an earlier question) winning."""
    return replace(
        occasion,
        stage=stage or occasion.stage,
        industry=industry or occasion.industry,
        product=product or occasion.product,
    )


def named_rivals(question: str, cards: Iterable[PlaybookCard]) -> frozenset[str]:
    """Ids of the competitor cards whose name occurs in the question.

    Of names that overlap only the longest counts: "华辰激光" is not also "华辰".
    """
    names = {(name, card.id) for card in cards for name in card.names}
    found: set[str] = set()
    rest = fold(question)
    while mention := longest_mention(rest, names):
        name = mention[0]
        found |= {key for other, key in names if other.casefold() == name.casefold()}
        names = {pair for pair in names if pair[0].casefold() != name.casefold()}
        rest = _blank(rest, fold(name))
    return frozenset(found)


def only_compares(rest: str) -> bool:
    """Whether a question says nothing but how a maker compares; `rest` is the question without the maker's name."""
    return not _COMPARING.sub("", rest)


def _blank(text: str, name: str) -> str:
    at = text.casefold().find(name.casefold())
    return text if at < 0 else f"{text[:at]} {text[at + len(name) :]}"
