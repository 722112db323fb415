"""Invented companies: names that are unique, and known by the pinyin of their city and brand."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from config.sample_company.catalog import INDUSTRIES, Industry
from config.sample_company.names import CITIES, FIRST, HOMOPHONES, REGION_SHARE, SECOND, TAKEN, City


@dataclass(frozen=True)
class Company:
    """A company, whether we know it as a customer or not."""

    city: City
    brand: str
    industry: Industry
    word: str  # what it makes, as its name says it

    @property
    def name(self) -> str:
        """Its registered name."""
        return f"{self.city.label}{self.brand}{self.word}有限公司"

    def longer_name(self) -> str:
        """The same company with the other legal suffix."""
        return self.name.replace("有限公司", "有限责任公司")

    def branch_name(self) -> str:
        """The same company, written down as its branch."""
        return f"{self.name}{self.city.label}分公司"

    def mistyped_name(self) -> str:
        """The same name with one character of the brand replaced by another of the same sound."""
        return self.name.replace(self.brand, self.brand[0] + HOMOPHONES[self.brand[1]])

    def english_name(self) -> str:
        """Its English name: pinyin of city and brand, and what it makes."""
        brand = FIRST[self.brand[0]] + SECOND[self.brand[1]]
        return f"{self.city.pinyin.title()} {brand.title()} {self.industry.english} Co., Ltd."


def companies(dice: Random) -> Iterator[Company]:
    """About a thousand different companies; no brand comes twice."""
    brands = [first + second for first in FIRST for second in SECOND if first + second not in TAKEN]
    dice.shuffle(brands)
    seen: set[str] = set()
    for brand in brands:
        sound = FIRST[brand[0]] + SECOND[brand[1]]
        if sound not in seen:
            seen.add(sound)
            yield _company(dice, brand)


def _company(dice: Random, brand: str) -> Company:
    region = dice.choices(list(REGION_SHARE), list(REGION_SHARE.values()))[0]
    industry = dice.choices(INDUSTRIES, [i.weight for i in INDUSTRIES])[0]
    return Company(dice.choice(CITIES[region]), brand, industry, dice.choice(industry.words))
