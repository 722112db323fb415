"""The key clauses of an e-mail's or a contract's text. Pure: the same text gives the same clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from knowledge.clauses.assign import owners
from knowledge.clauses.clause import Anchors, Clause, Field
from knowledge.clauses.cues import Found, Named, Topic, cues
from knowledge.clauses.days import days
from knowledge.clauses.due import counted, with_days_of
from knowledge.clauses.folding import fold
from knowledge.clauses.money import money, shares
from knowledge.clauses.periods import periods
from knowledge.clauses.sentences import MOST, Sentence, sentences
from knowledge.clauses.value import Kind, Value, apart

MOST_CLAUSES = 500  # of one text; no honest one has more
WHOLE = 100  # percent
LEAST = Decimal(1000)  # money that nothing names is a price from here on

_HAS_VALUE = re.compile(
    r"[\d一二两三四五六七八九十百千万半壹贰叁肆伍陆柒捌玖月年周旬]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|\b(?:twelve|fifteen|twenty|thirty|forty|sixty|ninety|end of|half|third|quarter|another)\b",
    re.I,
)
_ANCHORING = re.compile(r"签|生效|\beffective\b|\bdated\b|\bas of\b|\bmade on\b", re.I)
_MONEYED = re.compile(
    r"[¥$€£₹₩元圆块万亿]|\d{4}|\b(?:RMB|CNY|USD|EUR|GBP|HKD|JPY|dollars?|euros?)\b|折|优惠|让利|下浮|降价|便宜"
    r"|%\s?(?:off|discount)|个点",
    re.I,
)
_CONTRACT = re.compile(r"合同|协议|报价|价格|\bagreement\b|\bcontract\b|\bquot|\boffer\b", re.I)


def find_clauses(text: str, anchors: Anchors | None = None, *, whole: bool = False) -> list[Clause]:
    """Every key clause, in order of place: one for each field that a sentence speaks of.

    `anchors` are days known from elsewhere (when the mail was sent); days of signing and coming into force that the
    text names are found. At most MOST_CLAUSES. Earlier mails below and quoted lines are left out unless `whole`.
    """
    folded = fold(text)
    named = Named(folded[:MOST], cues())
    found = [_Read(folded[place.start : place.end], place, named) for place in sentences(folded, whole=whole)]
    anchors = _anchored(found, anchors or Anchors())
    clauses: list[Clause] = []
    heading: Topic | None = None
    for sentence in found:
        clauses += sentence.clauses(text, anchors, heading)
        if len(clauses) >= MOST_CLAUSES:
            break
        heading = sentence.heading()
    return clauses


@dataclass(slots=True)
class _Read:
    """One sentence, read as far as it is worth it."""

    text: str
    place: Sentence
    _all: Named
    _days: dict[date | None, list[Value]] = field(default_factory=dict)

    def days(self, sent: date | None) -> list[Value]:
        if sent not in self._days:
            self._days[sent] = days(self.text, sent)
        return self._days[sent]

    def _named(self) -> Found:
        return self._all.within(self.place.start, self.place.end)

    def heading(self) -> Topic | None:
        """The topic that a line such as 交货期： gives to the next."""
        if not self.place.heads or len(self.text) > 40:
            return None
        return next((cue.topic for cue in reversed(self._named().cues)), None)

    def clauses(self, original: str, anchors: Anchors, heading: Topic | None) -> list[Clause]:
        named = self._named()
        if not (heading or named.of_fields or _MONEYED.search(self.text)):
            return []
        values = self._values(anchors.sent) if _HAS_VALUE.search(self.text) else []
        claimed = self._claimed(values, named, heading)
        return [
            self._clause(original, name, (claimed.get(name, []), named.said.get(name, ())), values, anchors)
            for name in Field
            if claimed.get(name) or name in named.said
        ]

    def _values(self, sent: date | None) -> list[Value]:
        amounts = list(money(self.text))
        sure = [value for value in amounts if value.kind is Kind.MONEY]
        bare = [value for value in amounts if value.kind is not Kind.MONEY]
        return apart([*self.days(sent), *shares(self.text), *sure, *periods(self.text), *bare])

    def _claimed(self, values: Sequence[Value], named: Found, heading: Topic | None) -> dict[Field, list[Value]]:
        by_field: dict[Field, list[Value]] = {}
        taken = dict.fromkeys(range(len(values)), False)
        index = {id(value): number for number, value in enumerate(values)}
        for value, topic in owners(self.text, values, named.cues, heading):
            taken[index[id(value)]] = True
            if topic.field is not None:
                by_field.setdefault(self._rather(topic.field, value, named), []).append(value)
        if not any(cue.topic.field is None and Kind.MONEY in cue.topic.takes for cue in named.cues):
            orphans = [value for number, value in enumerate(values) if not taken[number] and _is_price(value)]
            by_field.setdefault(Field.PRICE, []).extend(orphans)
        shares = [value for number, value in enumerate(values) if not taken[number] and value.kind is Kind.SHARE]
        if len(shares) > 1 and sum(Decimal(form[:-1]) for value in shares for form in value.forms) == WHOLE:
            by_field.setdefault(Field.PAYMENT_TERMS, []).extend(shares)  # 20% on signing, 80% on dispatch
        return {name: sorted(listed, key=lambda value: value.start) for name, listed in by_field.items() if listed}

    def _rather(self, name: Field, value: Value, named: Found) -> Field:
        """独家代理，期限两年: the term is that of the exclusivity, unless a contract's is named."""
        if name is Field.VALIDITY and Field.EXCLUSIVITY in named.said:
            near = self.text[max(0, value.start - 16) : value.end + 16]
            return name if _CONTRACT.search(near) else Field.EXCLUSIVITY
        return name

    def _clause(
        self,
        original: str,
        name: Field,
        found: tuple[Sequence[Value], Sequence[str]],
        others: Iterable[Value],
        anchors: Anchors,
    ) -> Clause:
        values, said = found
        dues = {value: counted(name, self.text, value, others, anchors) for value in values}
        forms = [form for form in said if form]
        for value in values:
            due = dues[value]
            forms += [due.isoformat()] if name is Field.VALIDITY and due else value.forms
        parts = tuple(dict.fromkeys(forms))
        last = next((due for due in reversed(list(dues.values())) if due), None)
        start, end = self.place.start, self.place.end
        return Clause(name, ", ".join(parts), original[start:end], start, end, last, parts)


def _anchored(found: Iterable[_Read], anchors: Anchors) -> Anchors:
    for sentence in found:
        if _ANCHORING.search(sentence.text) and _HAS_VALUE.search(sentence.text):
            anchors = with_days_of(sentence.text, sentence.days(anchors.sent), anchors)
    return anchors


def _is_price(value: Value) -> bool:
    if value.kind is Kind.OFF:
        return True
    return value.kind is Kind.MONEY and Decimal(value.forms[-1].split()[0]) >= LEAST
