"""`xiaoce chat` as somebody at a terminal uses it: with the sample company, on a bot of its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli.chat import LOG_FILE
from config.settings import load_settings
from storage.database import Database
from tests.unit.skills.house import fill, small_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small company in a data folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_WEB__PORT", "1")  # nobody listens there: the bot runs inside the command
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    return tmp_path


def talk(person_id: str, *lines: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as in a terminal."""
    command = [str(Path(sys.executable).parent / "xiaoce"), "chat", "--as", person_id]
    said = "".join(f"{line}\n" for line in lines)
    return subprocess.run(command, input=said, capture_output=True, text=True, timeout=120, check=False)


def _load(files: Path) -> None:
    database = Database(load_settings().database_url)
    database.migrate()
    asyncio.run(database.write(fill))
    database.close()
    assert CliRunner().invoke(cli, ["playbook", "import", str(files)]).exit_code == 0


def test_a_conversation_in_the_terminal(folder: Path) -> None:
    """A8: buttons by number; a number that is none gets a hint, not an answer; no log line comes between."""
    root = Path(__file__).parent.parent.parent.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        files = small_folder(folder / "files")
    _load(files)
    done = talk("E1", "3", "客户说太贵了怎么回", "99", "1", "The customer says our price is too high")
    assert (done.returncode, done.stderr) == (0, "")
    assert "现在没有按钮可按" in done.stdout
    folded, unfolded = done.stdout.split("没有 99 号按钮")
    assert "适用阶段：" in folded
    assert "这样说" in unfolded
    english = unfolded.split("收起")[1]
    assert "Stage: " in english
    assert "Unfold" in english
    assert "[info" not in done.stdout
    assert (folder / "data" / LOG_FILE).exists()
    stranger = talk("E404")
    assert (stranger.returncode, "xiaoce people list" in stranger.stderr) == (1, True)
