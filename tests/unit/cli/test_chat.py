"""`xiaoce chat` as somebody at a terminal uses it: with the sample company, on a bot of its own."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli.chat import LOG_FILE
from bot.cli.drawing import Drawing
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
    """A8: buttons by letter; one that is none gets a hint; digits are words for the bot; no log line comes between."""
    root = Path(__file__).parent.parent.parent.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        files = small_folder(folder / "files")
    _load(files)
    done = talk("E1", "b", "客户说太贵了怎么回", "z", "a", "2", "The customer says our price is too high", "我的客户")
    assert (done.returncode, done.stderr) == (0, "")
    assert "现在没有按钮可按" in done.stdout
    folded, unfolded = done.stdout.split("没有 z 这个按钮")
    assert "适用阶段：" in folded
    assert "a 展开" in folded
    assert "/playbook/price-too-expensive?language=zh" in folded, "a terminal may not follow links"
    assert "这样说" in unfolded
    answered = unfolded.split("收起")[1]
    assert "已记下" not in answered
    assert "Stage: " in answered
    assert "Unfold" in answered
    assert re.search(r"泓达农业机械有限公司 · 农机 · 320 万元 +│\n│ 无锡曜源", done.stdout), "one customer a line"
    assert "[info" not in done.stdout
    received = [line for line in (folder / "data" / LOG_FILE).read_text().splitlines() if " received " in line]
    assert "trace=" in received[0], "each question can be followed from here"
    stranger = talk("E404")
    assert (stranger.returncode, "xiaoce people list" in stranger.stderr) == (1, True)


def test_every_button_and_address_is_shown() -> None:
    """However many buttons there are and however narrow the terminal is."""
    actions = [{"key": f"reason_{n}", "label": f"原因第 {n} 条", "url": ""} for n in range(6)]
    card: dict[str, object] = {"id": "c", "headline": "为什么不适用？", "summary": "", "notice": "", "facts": []}
    card |= {"sections": [], "actions": actions, "citations": [], "unfolded": False, "source": "", "url": "/playbook/a"}
    drawing = Drawing("http://xiaoce.example")
    drawing.add({"text": "见[说明](https://x.example/doc)", "card": card, "citations": [], "files": []})
    screen = Console(width=40, file=StringIO())
    for part in drawing.parts:
        screen.print(part)
    shown = screen.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert all(f"{letter} 原因第 {n} 条" in shown for n, letter in enumerate("abcdef"))
    assert "http://xiaoce.example/playbook/a" in shown
    assert "https://x.example/doc" in shown
    assert drawing.buttons["f"] == ("c", "reason_5")
