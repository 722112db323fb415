"""Settings of several processes: what would make living processes count as dead is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from config.settings import load_settings


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ({"machines": {"beat_seconds": 5, "silent_seconds": 14}}, "machines"),
        ({"machines": {"beat_seconds": 0}}, "machines.beat_seconds"),
        ({"retrieval": {"chroma_url": "chroma:8000"}}, "retrieval.chroma_url"),
    ],
)
def test_what_cannot_work_is_refused(groups: dict[str, dict[str, object]], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        load_settings(**groups)


def test_a_slash_at_the_end_of_the_vector_server_does_no_harm() -> None:
    settings = load_settings(retrieval={"chroma_url": "http://chroma:8000/"})
    assert settings.retrieval.chroma_url == "http://chroma:8000"
