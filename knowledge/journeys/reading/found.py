"""What was noticed while reading: stands beside the answer, so that nothing is left out in silence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Found:
    """Counts of what was read and of what could not be used."""

    rows: int = 0
    empty: int = 0  # paths or journeys without a touch
    lost_conversions: float = 0.0  # their conversions: there is nobody to credit
    unlisted: int = 0  # journeys with touches but without an outcome: counted as not converted
    unconverted_value: float = 0.0  # value of rows without conversion: left out
    blank: int = 0  # touches without a channel: left out
    resorted: bool = False  # touches weren't in order and had to be sorted first
