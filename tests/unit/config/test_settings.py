"""Settings: file and environment, and errors that name file, line, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from config.settings import load_settings, make_data_folder


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
        ("[web]\nport = 99999\n", ["xiaoce.toml:2", "web.port", "a whole number from 1 to 65535", "99999"]),
        ("[web] # here\n  port = 'x'\n", ["xiaoce.toml:2", "web.port", "a whole number"]),
        ("web.port = 0\n", ["xiaoce.toml:1", "web.port", "65535"]),
        ("[web]\nprot = 80\n", ["xiaoce.toml:2", "web.prot", "no such setting", "is web.port meant"]),
        ("[wbe]\nport = 80\n", ["xiaoce.toml:1", "wbe", "no such setting"]),
        ("web = 80\n", ["xiaoce.toml:1", "write [web] on a line of its own"]),
        ("\n[web\nport = 80\n", ["xiaoce.toml:2", "can't be read", "in quotes"]),
        ("data = x\n", ["xiaoce.toml:1", "in quotes"]),
        ('a = """\n\n', ["xiaoce.toml:2", "can't be read"]),
        ("[log]\nlevel = 'info'\n", ["xiaoce.toml:2", "one of (in quotes): DEBUG, INFO"]),
        ("[console]\nenabled = 'perhaps'\n", ["xiaoce.toml:2", "true or false", "perhaps"]),
        ("[delivery]\nretry_seconds = [1, 'x']\n", ["xiaoce.toml:2", "delivery.retry_seconds", "[1, 5, 15]"]),
        ("[wecom]\nsecret = 42\n", ["xiaoce.toml:2", "wecom.secret", "a text in quotes", "***"]),
        ("time_zone = 'Asia/Shangai'\n", ["xiaoce.toml:1", "time_zone", "Asia/Shanghai", "Shangai"]),
        ("[retrieval]\nembedder = 'bge'\n", ["xiaoce.toml:2", "langchain:PROVIDER:MODEL", "bge"]),
        ("[web]\npublic_url = 'bot.example.com'\n", ["xiaoce.toml:2", "https://", "bot.example.com"]),
        ("[wecom]\nenabled = true\n", ["xiaoce.toml:1", "wecom.corp_id", "wecom.secret", "enabled = false"]),
    ],
)
def test_an_error_names_file_line_key_and_remedy(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, parts: list[str]
) -> None:
    """In our words, not in those of a library."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    write(folder, text)
    sentence = _error()
    assert [part for part in parts if part not in sentence] == []
    assert "Input should" not in sentence
    assert "42" not in sentence


def test_errors_are_in_the_operators_language(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese unless the terminal is English."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    write(folder, "[web]\nport = 99999\n")
    assert "xiaoce.toml:2：web.port：应是：1 到 65535 之间的整数；现在是 99999。" in _error()


def test_a_file_that_windows_saved_is_read_or_refused_in_a_sentence(folder: Path) -> None:
    """UTF-8 with a mark is fine; GBK is named with the line of the first character that shows it."""
    text = "[web]\nport = 9000\n# comment\n"
    (folder / "xiaoce.toml").write_text(text, encoding="utf-8-sig")
    assert load_settings().web.port == 9000
    (folder / "xiaoce.toml").write_bytes((text + 'company = "锐泽"\n').encode("gbk"))
    assert "xiaoce.toml:4" in _error()
    assert "UTF-8" in _error()


def test_a_settings_file_that_is_a_folder_is_said_so(folder: Path) -> None:
    (folder / "xiaoce.toml").mkdir()
    assert "xiaoce.toml" in _error()


def test_a_data_folder_that_cannot_be_made_is_said_so(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(ConfigurationError, match="XIAOCE_DATA"):
        make_data_folder(load_settings(data=folder / "file" / "data"))
    with pytest.raises(ConfigurationError, match="XIAOCE_DATA"):
        make_data_folder(load_settings(data=folder / "file"))


def _error() -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return str(caught.value)


def test_an_error_in_the_environment_names_the_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOCE_WEB__PORT", "many")
    with pytest.raises(ConfigurationError, match="XIAOCE_WEB__PORT"):
        load_settings()


def test_a_variable_for_a_whole_group_is_explained(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOCE_WEB", "9000")
    with pytest.raises(ConfigurationError, match="XIAOCE_WEB"):
        load_settings()


def test_faults_come_in_the_order_of_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says comes first."""
    monkeypatch.setenv("XIAOCE_TIME_ZONE", "nowhere")
    write(folder, "[log]\nlevel = 'x'\n[console]\nenabled = 'x'\n[web]\nport = 0\n")
    starts = [line.partition("：")[0] for line in _error().splitlines()]
    assert starts[1:] == ["xiaoce.toml:2", "xiaoce.toml:4", "xiaoce.toml:6"]
    assert "XIAOCE_TIME_ZONE" in starts[0]


def test_secrets_are_never_shown(folder: Path) -> None:
    write(folder, '[wecom]\nsecret = "s3cr3t-value"\n[database]\nurl = "postgresql+psycopg://u:s3cr3t-value@h/d"\n')
    settings = load_settings()
    assert "s3cr3t-value" not in repr(settings)
    assert "s3cr3t-value" not in settings.model_dump_json()
