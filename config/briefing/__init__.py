"""What the morning meeting looks for, and what its actions are taken to win back: `finders.yaml`, checked when read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t
from config.yaml_file import read_yaml

OURS = Path(__file__).parent / "finders.yaml"
FINDERS = (
    "quotes",
    "followups",
    "promises",
    "stalled",
    "lost",
    "single_threaded",
    "silent_deciders",
    "ignored",
    "late_data",
    "channel_cost",
    "rescue",
    "overdue",
    "completeness",
)
Part = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(_Strict):
    """Where a number comes from that no data tells, in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Prior(_Strict):
    """A number that is used until the data knows better, and why this one."""

    value: Part
    basis: Basis


class FinderRules(_Strict):
    """One finder. `least`: so many cases make a finding; `days`, `above`: its limit; `within`: working days that the
    action may take; `share`: of what is at stake, times its chance, how much the action wins back."""

    on: bool = True
    least: int = Field(1, ge=1)
    days: int = Field(0, ge=0)
    above: float = Field(0, ge=0)
    within: int = Field(1, ge=0)
    share: Prior


class BudgetRules(_Strict):
    """What has to be behind a proposal to move budget: a few yuan and a few won deals prove nothing."""

    won: int = Field(ge=1)  # won deals of each of the two channels
    moved: int = Field(ge=0)  # yuan that can be moved


class BriefRules(_Strict):
    """All of them."""

    shown: int = Field(3, ge=1, le=3)
    history_days: int = Field(ge=30)  # how far back rates are counted
    least_cases: int = Field(ge=1)  # fewer cases than this: the prior is used instead of the rate
    again_days: int = Field(ge=1)  # for so many days a finding isn't told twice, unless it got worse
    worse_by: Part  # by this part of its count or money
    same: Part  # two findings that have this part of their money in common are one matter
    chance: Part  # a rise counts if it would come by chance less often than this
    win_rate: Prior
    late_paid: Prior
    budget: BudgetRules
    finders: Mapping[str, FinderRules]


def load_brief_rules(path: Path | None = None) -> BriefRules:
    """Raises ConfigurationError that names the file, the place and the remedy."""
    path = path or OURS
    try:
        found = BriefRules.model_validate(read_yaml(path) or {})
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise _fault(path, str(error)) from error
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise _fault(path, said) from error
    if wrong := set(FINDERS) ^ set(found.finders):
        raise _fault(path, f"finders: {', '.join(sorted(wrong))}")
    return found


def _fault(path: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(t("briefing.errors.rules", operator_language(), file=path, reason=reason))
