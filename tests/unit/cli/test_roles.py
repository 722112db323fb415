"""`xiaoce web` and `xiaoce worker`: halves of the bot, for several processes on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.contracts.errors import ConfigurationError
from bot.roles import Roles


@pytest.mark.parametrize("role", ["web", "worker"])
@pytest.mark.parametrize(
    ("locale", "words"), [("zh_CN.UTF-8", "xiaoce run，或把"), ("en_GB.UTF-8", "use xiaoce run, or")]
)
def test_on_sqlite_a_half_refuses_in_one_sentence(
    role: str, locale: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes on one SQLite file would wait for each other and answer late."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LANG", "LANGUAGE"):
        monkeypatch.setenv(name, locale)
    result = CliRunner().invoke(cli, [role])
    assert isinstance(result.exception, ConfigurationError)
    assert words in str(result.exception)
    assert f"xiaoce {role}" in str(result.exception)


def test_labels_are_the_commands() -> None:
    assert [roles.label for roles in (Roles.ALL, Roles.WEB, Roles.WORKER)] == ["run", "web", "worker"]


def test_everything_in_one_process_runs_on_any_database() -> None:
    Roles.ALL.check(is_sqlite=True)
    for roles in (Roles.ALL, Roles.WEB, Roles.WORKER):
        roles.check(is_sqlite=False)
