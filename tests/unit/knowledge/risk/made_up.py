"""Labelled values drawn from a known rule, so that a test knows what there is to learn."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random

from knowledge.risk.cases import Case
from knowledge.risk.features import complete


def cases(count: int, *, seed: int = 1, strength: float = 2.5, customers: int = 200) -> list[Case]:
    """Silence and a lack of commitments lose deals; half of the voices are missing; chance does the rest."""
    dice = Random(seed)
    return [_case(dice, number, strength, customers) for number in range(count)]


def as_lines(found: list[Case]) -> str:
    """The same as a file."""
    return "".join(
        json.dumps({"group": case.group, "features": dict(case.values), "label": case.label}) + "\n" for case in found
    )


def write(path: Path, found: list[Case]) -> Path:
    """The same, written."""
    path.write_text(as_lines(found), encoding="utf-8")
    return path


def _case(dice: Random, number: int, strength: float, customers: int) -> Case:
    days, commitment = dice.uniform(0, 60), dice.random()
    voice = dice.uniform(0, 3) if dice.random() < 0.5 else None
    values = complete(
        {
            "voice_deviation": voice,
            "talk_ratio": dice.random(),
            "longest_monologue": dice.uniform(0, 8),
            "question_rate": dice.random(),
            "objection": dice.random(),
            "commitment": commitment,
            "days_since_contact": days,
        }
    )
    score = strength * ((math.log1p(days) - 3.1) / 0.9 - (commitment - 0.5) / 0.29)
    label = int(dice.random() < 1 / (1 + math.exp(-score)))
    return Case(number + 1, str(number), f"C{dice.randrange(customers):03}", values, label)
