"""Settings: file and environment, and errors that name file, line, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from config.settings import load_settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "xiaoce.toml").write_text(text, encoding="utf-8")


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, '[web]\nport = 9000\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("XIAOCE_WEB__PORT", "9001")
    settings = load_settings()
    assert (settings.web.port, settings.web.host) == (9001, "0.0.0.0")  # noqa: S104  # only compared


def test_without_a_database_url_it_is_sqlite_in_the_data_folder(folder: Path) -> None:
    assert load_settings(data=folder / "d").database_url == f"sqlite:///{folder / 'd' / 'xiaoce.db'}"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[web]\nport = 99999\n", ["xiaoce.toml:2", "web.port", "65535"]),
        ("[web]\nprot = 80\n", ["xiaoce.toml:2", "web.prot", "Extra inputs"]),
        ("[web\nport = 80\n", ["xiaoce.toml", "line 1"]),
        ("[wecom]\nenabled = true\n", ["xiaoce.toml:1", "wecom.corp_id", "wecom.secret", "enabled = false"]),
    ],
    ids=["out of range", "misspelt", "broken file", "incomplete platform"],
)
def test_an_error_names_file_line_key_and_remedy(folder: Path, text: str, parts: list[str]) -> None:
    write(folder, text)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert [part for part in parts if part not in str(caught.value)] == []


def test_an_error_in_the_environment_names_the_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOCE_WEB__PORT", "many")
    with pytest.raises(ConfigurationError, match="XIAOCE_WEB__PORT"):
        load_settings()


def test_secrets_are_never_shown(folder: Path) -> None:
    write(folder, '[wecom]\nsecret = "s3cr3t-value"\n[database]\nurl = "postgresql+psycopg://u:s3cr3t-value@h/d"\n')
    settings = load_settings()
    assert "s3cr3t-value" not in repr(settings)
    assert "s3cr3t-value" not in settings.model_dump_json()
