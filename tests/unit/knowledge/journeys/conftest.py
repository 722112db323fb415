"""The field's usual test set, and small journeys drawn at random."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.journeys.paths import Paths, paths_of

REFERENCES = Path(__file__).parents[3] / "fixtures" / "attribution"


@pytest.fixture(scope="session")
def pathdata() -> Paths:
    """The 10,000 paths of the set."""
    with gzip.open(REFERENCES / "pathdata.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = ("total_conversions", "total_conversion_value", "total_null")
    weights = [[float(row[name]) for row in rows] for name in columns]
    return paths_of([[word.strip() for word in row["path"].split(">")] for row in rows], *weights)


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Any]:
    """What another program says about it, by the name of the file."""
    return lambda name: json.loads((REFERENCES / f"{name}.json").read_text(encoding="utf-8"))["result"]


@pytest.fixture(scope="session")
def journeys() -> Paths:
    """6,000 single journeys over six channels, of which some help and all have different lengths and values."""
    random = np.random.default_rng(11)
    lengths = random.geometric(0.3, 6000)
    tokens = random.choice(6, lengths.sum(), p=[0.35, 0.25, 0.15, 0.12, 0.08, 0.05]).astype(np.int32)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    help_ = np.add.reduceat(np.isin(tokens, (1, 3, 5)).astype(float), starts[:-1])
    won = (random.random(6000) < 0.08 + 0.1 * np.minimum(help_, 3)).astype(float)
    value = won * random.lognormal(5, 0.6, 6000)
    return Paths(
        tuple("abcdef"), tokens, starts, won, value, 1 - won, group=random.integers(0, 1024, 6000, dtype=np.uint16)
    )
