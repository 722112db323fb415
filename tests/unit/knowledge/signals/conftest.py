"""One detector for all tests of signals: making it takes seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from knowledge.retrieval.bundled_models import use as use_model
from knowledge.signals.detector import Detector
from knowledge.signals.kind import Kind
from knowledge.signals.load import load_kinds

NAMES: Mapping[str, Sequence[str]] = {"恒力达": ("恒力达激光", "Henglida", "HLD"), "百川智造": ("百川",)}


@pytest.fixture(scope="session")
def kinds() -> Mapping[str, Kind]:
    """The signals that come with Xiaoce."""
    return load_kinds()


@pytest.fixture(scope="session")
def detector(kinds: Mapping[str, Kind]) -> Detector:
    """With the real model."""
    return asyncio.run(Detector.make(kinds, use_model(), NAMES))
