"""What is quick about reading and counting says what the slow way would (B4)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from knowledge.journeys.credits import TICKED, distinct_pairs
from knowledge.journeys.paths import paths_of
from knowledge.journeys.reading.channels import ChannelNames

WRITTEN = ["gone", "a > b>c", "", " a>>b > ", None, ">", "搜索 > 官网", "x", "gone"]


@pytest.mark.parametrize(
    "column", [pa.array(WRITTEN)[1:-1], pa.array(WRITTEN[1:-1]), pa.array([None, ""], pa.string())]
)
def test_paths_are_split_where_they_lie(column: pa.Array) -> None:
    """Empty tokens and paths, blanks, nulls, a part of a column."""
    names = ChannelNames()
    tokens, lengths = names.split(column)
    ends = np.cumsum(lengths)
    found = [[names.names[one] for one in tokens[end - size : end]] for end, size in zip(ends, lengths, strict=True)]
    assert found == [[word.strip() for word in (path or "").split(">") if word.strip()] for path in column.to_pylist()]


@pytest.mark.parametrize("channels", [3, 40 * TICKED])
def test_distinct_channels_ticked_off_or_sorted(channels: int) -> None:
    random = np.random.default_rng(3)
    rows = [[str(one) for one in random.integers(0, channels, size)] for size in random.integers(1, 6, 40)]
    paths = paths_of([[str(one) for one in range(channels)], *rows], [1.0] * 41).pick(np.arange(41) > 0)
    owner, channel = distinct_pairs(paths)
    expected = [(place, int(one)) for place, row in enumerate(rows) for one in sorted({int(one) for one in row})]
    assert list(zip(owner.tolist(), channel.tolist(), strict=True)) == expected
