"""Commands set up logging for their process; here they share one with other tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """What a command set up ends with its test: its standard error is closed by then."""
    yield
    structlog.reset_defaults()
