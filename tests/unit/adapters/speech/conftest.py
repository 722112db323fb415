"""A transcriber with the real model, joined once for all tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.speech.adapter import SpeechTranscriber
from config.groups.speech import Speech


@pytest.fixture(scope="session")
def speech_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the model stays."""
    return tmp_path_factory.mktemp("speech")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def transcriber(speech_data: Path) -> AsyncIterator[SpeechTranscriber]:
    """Ready for work; its process, which has the model loaded, is ended after the last test of a file."""
    found = SpeechTranscriber(Speech(), speech_data, look_seconds=0.2)
    yield found
    await found.close()
