"""Ramps in words, for card and page."""

from __future__ import annotations

from dataclasses import dataclass

from config.locales import t
from skills.adoption.people import Newcomers
from skills.adoption.ramp import LANDMARK, Comparison, Curve

SURE = 0.05  # a difference that chance makes as rarely as this is called one


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str

    def line(self, name: str, curve: Curve) -> str:
        """One group: median, interval, n, and that it is few."""
        if not curve.n:
            return self._t("line_nobody", name=name)
        key = "line_few" if curve.few else "line"
        return self._t(key, name=name, median=self.median(curve), n=curve.n, won=curve.won)

    def median(self, curve: Curve) -> str:
        """The median with its interval, or that half of them haven't won yet."""
        if not curve.n:
            return self._t("nobody")
        if curve.median is None:
            return self._t("not_reached")
        if curve.low is None:
            return self._t("median_alone", days=curve.median)
        if curve.high is None:
            return self._t("median_open", days=curve.median, low=curve.low)
        return self._t("median", days=curve.median, low=curve.low, high=curve.high)

    def cohort(self, year: int, half: int) -> str:
        """A half of a year."""
        return self._t(f"half_{half}", year=year)

    def verdict(self, found: Comparison) -> str:
        """Whether chance alone may make the difference."""
        if found.chance is None:
            return self._t("chance_unknown")
        return self._t("differs" if found.chance < SURE else "chance", p=f"{found.chance:.2f}")

    def landmark(self, found: Comparison) -> str:
        """How the two groups are made."""
        return self._t("landmark", days=LANDMARK, left_out=found.left_out)

    def basis(self, found: Newcomers) -> str:
        """Who counts and who doesn't."""
        return self._t("basis", since=found.since or "–", n=len(found.starts), earlier=found.earlier)

    def _t(self, key: str, **values: object) -> str:
        return t(f"adoption.{key}", self.language, **values)
