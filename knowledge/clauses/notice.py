"""Key clauses of a mail: where they stand, what they say in words, and the signal that tells of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from bot.contracts.listening import Dialogue, Evidence, Signal, Utterance
from config.locales import load, t
from knowledge.clauses.clause import Anchors, Clause
from knowledge.clauses.find import find_clauses

KIND = "email_key_clause"
SURE = 0.95  # a rule read it: field and value stand there
MOST_SHOWN = 4  # in one line
_MONEY = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
_PERIOD = re.compile(r"P(\d+)([DWMY])")
_WORKING = re.compile(r"(\d+) working days")
_OFF = re.compile(r"(\d+(?:\.\d+)?%) off")
TEN_THOUSAND = 10_000


@dataclass(frozen=True, slots=True)
class Term:
    """A clause, and the utterance that it stands in."""

    clause: Clause
    utterance: Utterance

    def in_words(self, language: str) -> str:
        """`价格 128 万元`: the field, and its value as people write it."""
        field = t(f"email.field.{self.clause.field}", language)
        value = t("email.between", language).join(_said(part, language) for part in self.clause.parts)
        return field if value in {"", field} else f"{field} {value}"

    @property
    def quote(self) -> str:
        """What stands in the utterance, word for word."""
        sentence = self.clause.sentence.strip()
        return sentence if sentence and sentence in self.utterance.text else self.utterance.text


def terms_of(dialogue: Dialogue, zone: tzinfo) -> list[Term]:
    """The key clauses of each of its mails, in order. Days are counted from the one on which it was sent."""
    found: list[Term] = []
    for at, said in groupby(dialogue.utterances, lambda one: one.at):
        found += _terms(list(said), at, zone)
    return found


def shown(terms: Sequence[Term], language: str) -> str:
    """The first few in one line, each once."""
    told = list(dict.fromkeys(term.in_words(language) for term in terms))
    more = t("email.more", language) if len(told) > MOST_SHOWN else ""
    return t("email.between", language).join(told[:MOST_SHOWN]) + more


def with_notice(signals: Sequence[Signal], dialogue: Dialogue, terms: Sequence[Term], language: str) -> list[Signal]:
    """The signals with one notice of all clauses instead of what likeness alone took for one.

    What only looks like a clause stays where no rule reads any: a value may be written as nobody foresaw.
    """
    alike = [signal for signal in signals if signal.kind == KIND]
    others = [signal for signal in signals if signal.kind != KIND]
    if not terms:
        return [*others, *(Signal(one.kind, one.score, one.evidence, {**one.values, "terms": ""}) for one in alike)]
    quoted = {(term.utterance.id, term.quote): term for term in terms}
    evidence = tuple(
        Evidence(dialogue.id, id_, quote, term.utterance.at) for (id_, quote), term in list(quoted.items())[:MOST_SHOWN]
    )
    told = t("email.terms", language, terms=shown(terms, language))
    return [*others, Signal(KIND, SURE, evidence, {"terms": told})]


def _terms(said: Sequence[Utterance], at: datetime | None, zone: tzinfo) -> list[Term]:
    text = "\n".join(one.text for one in said)
    ends: list[int] = []
    for one in said:
        ends.append((ends[-1] + 1 if ends else 0) + len(one.text))
    sent = at.astimezone(zone).date() if at else None
    clauses = find_clauses(text, Anchors(sent=sent), whole=True)
    return [Term(one, said[next(n for n, end in enumerate(ends) if one.start <= end)]) for one in clauses]


def _said(part: str, language: str) -> str:
    if (found := _MONEY.fullmatch(part)) is not None:
        return _amount(float(found[1]), found[2], language)
    if (found := _PERIOD.fullmatch(part)) is not None:
        return t(f"email.value.{found[2].lower()}", language, n=found[1])
    if (found := _WORKING.fullmatch(part)) is not None:
        return t("email.value.working_days", language, n=found[1])
    if (found := _OFF.fullmatch(part)) is not None:
        return t("email.value.off", language, percent=found[1])
    key = f"email.value.{part.lower().replace(' ', '_').replace('/', '')}"
    words: Mapping[str, str] = load(language)
    return words.get(key, part)


def _amount(number: float, currency: str, language: str) -> str:
    if language != "zh" or currency != "CNY":
        return f"{currency} {number:,.2f}".removesuffix(".00")
    if number >= TEN_THOUSAND:
        return t("email.value.wan", language, n=f"{number / TEN_THOUSAND:.4f}".rstrip("0").rstrip("."))
    return t("email.value.yuan", language, n=f"{number:.2f}".removesuffix(".00"))
