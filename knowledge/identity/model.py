"""The Splink model: what is compared, which pairs are looked at, and what was learned beforehand.

A comparison has levels, the best first; `m` is how often true pairs reach a level, `u` how often strangers do. How
people write one name twice is much the same everywhere, so `m` ships with us (`xiaoce eval duplicates` prints how it
does); how alike strangers are is each company's own, so `u` is estimated from its customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from splink import SettingsCreator


@dataclass(frozen=True, slots=True)
class Level:
    """One level. `sql` uses `_l` and `_r`; `tf`: rare values weigh more."""

    name: str
    sql: str
    m: float
    u: float  # where the company's own customers have too few such pairs to tell
    tf: bool = False
    fixed: bool = False  # too rare among strangers to be met in a sample: `u` stays as it ships


@dataclass(frozen=True, slots=True)
class Comparison:
    """Levels, the best first. `unknown`: when the pair says nothing about it, and it counts neither way."""

    unknown: str
    levels: tuple[Level, ...]


_SHORTER = "least(length(brand_l), length(brand_r))"
COMPARISONS: dict[str, Comparison] = {
    "brand": Comparison(
        "brand_l IS NULL OR brand_r IS NULL",
        (
            Level("key", "key_l = key_r", 0.40, 0.000001, fixed=True),
            Level("same", "brand_l = brand_r", 0.32, 0.002, tf=True),
            Level("spelled", "(latin_l OR latin_r) AND sound_l = sound_r", 0.08, 0.0005),
            Level("sound", "sound_l = sound_r", 0.10, 0.001),
            Level(
                "similar",
                f"({_SHORTER} >= 3 AND (levenshtein(brand_l, brand_r) <= 1"
                " OR starts_with(brand_l, brand_r) OR starts_with(brand_r, brand_l)))"
                " OR jaro_winkler_similarity(sound_l, sound_r) >= 0.93",
                0.06,
                0.004,
            ),
            Level("other", "ELSE", 0.04, 0.99),
        ),
    ),
    "trade": Comparison(
        "trade_l IS NULL OR trade_r IS NULL",
        (Level("same", "trade_l = trade_r", 0.85, 0.06), Level("other", "ELSE", 0.15, 0.94)),
    ),
    "industry": Comparison(
        "industry_l IS NULL OR industry_r IS NULL OR coalesce(trade_l = trade_r, FALSE)",
        (Level("same", "industry_l = industry_r", 0.90, 0.12), Level("other", "ELSE", 0.10, 0.88)),
    ),
    "place": Comparison(
        "place_l IS NULL OR place_r IS NULL",
        (Level("same", "place_l = place_r", 0.93, 0.04), Level("other", "ELSE", 0.07, 0.96)),
    ),
    "province": Comparison(
        "((province_l IS NULL OR province_r IS NULL) AND (region_l IS NULL OR region_r IS NULL))"
        " OR coalesce(place_l = place_r, FALSE)",
        (
            Level("same", "province_l = province_r", 0.88, 0.10),
            Level("region", "region_l = region_r", 0.09, 0.15),
            Level("other", "ELSE", 0.03, 0.75),
        ),
    ),
    "reach": Comparison(
        "len(reach_l) = 0 OR len(reach_r) = 0",
        (
            Level("same", "len(list_intersect(reach_l, reach_r)) > 0", 0.60, 0.0005),
            Level("other", "ELSE", 0.40, 0.9995),
        ),
    ),
}
"""A comparison that says again what another has said already counts as unknown: evidence is weighed once."""

# Which pairs are looked at, each rule a join on equal values: never everything with everything.
BLOCKING = (
    "l.key = r.key",
    "l.brand = r.brand",
    "l.sound = r.sound",
    "l.place = r.place AND l.trade = r.trade AND substr(l.sound, 1, 3) = substr(r.sound, 1, 3)",
    "l.place = r.place AND l.industry = r.industry AND substr(l.sound, 1, 4) = substr(r.sound, 1, 4)",
    "l.first_reach = r.first_reach",
)


def settings(only: str, share: float) -> SettingsCreator:
    """As Splink takes it. `only`: what must be true of a pair, beside what a blocking rule asks for; `share`: of all
    pairs, those that are one."""
    from splink import SettingsCreator

    blocking: list[Any] = [f"{rule} AND ({only})" for rule in BLOCKING]
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        probability_two_random_records_match=share,
        comparisons=[_comparison(name, one) for name, one in COMPARISONS.items()],
        blocking_rules_to_generate_predictions=blocking,
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
    )


def _comparison(name: str, comparison: Comparison) -> Any:
    from splink import comparison_level_library, comparison_library

    unknown = comparison_level_library.CustomLevel(comparison.unknown, "unknown").configure(is_null_level=True)
    levels = [unknown, *(_level(name, one) for one in comparison.levels)]
    return comparison_library.CustomComparison(output_column_name=name, comparison_levels=levels)


def _level(comparison: str, level: Level) -> Any:
    from splink import comparison_level_library as library

    made = (
        library.ElseLevel()
        if level.sql == "ELSE"
        else library.ExactMatchLevel(comparison, term_frequency_adjustments=True)
        if level.tf
        else library.CustomLevel(level.sql, level.name)
    )
    return made.configure(m_probability=level.m, u_probability=level.u, fix_u_probability=level.fixed)
