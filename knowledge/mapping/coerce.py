"""What turns a value of a source into one of a business field, by the field's type and the rule's options."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from knowledge.mapping import times, values
from knowledge.mapping.entities import EntityField
from knowledge.mapping.fields import MISSING, always, reader
from knowledge.mapping.rule import UNITS, FieldRule
from knowledge.mapping.values import Bad
from storage.fold import fold

Convert = Callable[[Any, Mapping[str, Any]], Any]  # (value, whole row) -> value of ours; raises Bad
Rates = Mapping[str, Decimal]
_CODES = {
    "人民币": "CNY",
    "RMB": "CNY",
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
}
_PLAIN = {"text": values.text, "id": values.identifier, "words": values.words, "number": values.number}


def converter(field: EntityField, rule: FieldRule, zone: tzinfo, today: date, rates: Rates) -> Convert:
    """The conversion of one field."""
    convert = _by_type(field, rule, zone, today, rates)
    return _worded(rule.words, field, convert) if rule.words else convert


def _by_type(field: EntityField, rule: FieldRule, zone: tzinfo, today: date, rates: Rates) -> Convert:
    making: Mapping[str, Callable[[], Convert]] = {
        "money": lambda: _money(field, rule, rates),
        "date": lambda: _day(field, rule.format, zone, today),
        "time": lambda: _moment(field, rule.format, zone, today),
        "choice": lambda: _choice(field),
        "flag": lambda: _flag(field),
        "integer": lambda: lambda value, row: values.integer(value, field.min, field.max),
    }
    if field.type in making:
        return making[field.type]()
    plain: Callable[[Any], Any] = _PLAIN[field.type]
    return lambda value, row: plain(value)


def _day(field: EntityField, form: str, zone: tzinfo, today: date) -> Convert:
    def convert(value: Any, row: Mapping[str, Any]) -> date | None:
        found = times.day(value, zone, form)
        if found is not None and found > today and not field.future:
            raise Bad("in_future", today=today.isoformat())
        return found

    return convert


def _moment(field: EntityField, form: str, zone: tzinfo, today: date) -> Convert:
    midnight = datetime.combine(today + timedelta(days=1), time(), zone)

    def convert(value: Any, row: Mapping[str, Any]) -> datetime | None:
        found = times.moment(value, zone, form)
        if found is not None and found >= midnight and not field.future:
            raise Bad("in_future", today=today.isoformat())
        return found

    return convert


def _money(field: EntityField, rule: FieldRule, rates: Rates) -> Convert:
    unit = UNITS[rule.unit] if rule.unit else Decimal(1)
    code = reader(rule.currency_from) if rule.currency_from else always(rule.currency)
    below = field.negative or bool(field.negative_when)

    def convert(value: Any, row: Mapping[str, Any]) -> Decimal | None:
        found, said = values.money(value, unit)
        if found is None:
            return None
        if found < 0 and not below:
            raise Bad("negative")
        return values.cents(found * _rate(_currency(code(row), said), rates))

    return convert


def _currency(told: Any, said: str) -> str:
    """The currency of the definition or the row; a cell that says another one contradicts it."""
    code = "" if told is MISSING else values.said(told).upper()
    code = _CODES.get(code, code)
    if said and code and said != code:
        raise Bad("two_currencies", one=said, other=code)
    return said or code


def _rate(code: str, rates: Rates) -> Decimal:
    if not code or code == "CNY":
        return Decimal(1)
    if code not in rates:
        raise Bad("no_rate", code=code)
    return rates[code]


def _choice(field: EntityField) -> Convert:
    known = {fold(word): choice for choice, words in field.choices.items() for word in (choice, *words)}
    expected = "、".join(words[0] for words in field.choices.values() if words)

    def convert(value: Any, row: Mapping[str, Any]) -> str:
        said = values.said(value)
        found = known.get(said) or known.get(fold(said)) if said else ""
        if found is None and field.others:
            return said
        if found is None:
            raise Bad("unknown_choice", expected=expected)
        return found

    return convert


def _flag(field: EntityField) -> Convert:
    known = {fold(word): choice == "yes" for choice, words in field.choices.items() for word in words}
    expected = "、".join(words[0] for words in field.choices.values()) or "是、否"

    def convert(value: Any, row: Mapping[str, Any]) -> bool | None:
        said = values.said(value)
        found = known.get(said, known.get(fold(said)))
        if found is not None:
            return found
        try:
            return values.flag(said)
        except Bad:
            raise Bad("unknown_choice", expected=expected) from None

    return convert


def _worded(words: Mapping[str, str], field: EntityField, convert: Convert) -> Convert:
    """The definition's own words come first; what they don't name is read as usual."""
    exact = {unicodedata.normalize("NFC", theirs): ours for theirs, ours in words.items()}
    folded = {fold(theirs): ours for theirs, ours in words.items()}

    def convert_worded(value: Any, row: Mapping[str, Any]) -> Any:
        if field.type == "words" and isinstance(value, list):
            return convert([exact.get(str(one), one) for one in value], row)
        said = values.plain(value)
        ours = exact.get(said)
        return convert(ours if ours is not None else folded.get(fold(said), value), row)

    return convert_worded
