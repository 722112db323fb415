"""What tests know of the sample company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.sample_company.manifest import StagedDeal
from knowledge.patterns.case import Case


@dataclass(frozen=True)
class Sample:
    """What was read of it, what the generator planted, and every chat message by its id."""

    cases: Sequence[Case]
    planted: Sequence[StagedDeal]
    texts: Mapping[str, str]
