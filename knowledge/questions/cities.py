"""Cities: rows are kept by province, so who asks for one is offered the province that it lies in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from config.yaml_file import read_yaml

FILE = Path(__file__).with_name("cities.yaml")


def city_in(words: Sequence[str]) -> str:
    """The first city that stands in words nobody knew; "" when none does."""
    return next((city for word in words for city in _provinces() if city in word), "")


def with_province(sentence: str, city: str) -> str:
    """杭州有多少客户 → 浙江有多少客户."""
    province = _provinces()[city]
    return sentence.replace(f"{city}市", province).replace(city, province)


@cache
def _provinces() -> dict[str, str]:
    tree: dict[str, str] = read_yaml(FILE)
    return {city: province for province, cities in tree.items() for city in cities.split()}
