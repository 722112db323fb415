"""`xiaoce dev`: ports that can't be used are said in a sentence, before anything is loaded."""

from __future__ import annotations

import socket
import sys

import pytest

from bot import cli
from bot.server import free_port


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], platform: str, web: int, phone: int
) -> str:
    monkeypatch.setenv("XIAOCE_WEB__PORT", str(web))
    monkeypatch.setattr(sys, "argv", ["xiaoce", "dev", platform, "--port", str(phone)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("platform", ["wecom", "slack"])
@pytest.mark.parametrize("mine", ["web", "phone"])
def test_a_taken_port(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], platform: str, mine: str, tmp_path: object
) -> None:
    """D1: names the port and the remedy."""
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        ports = (taken, free_port()) if mine == "web" else (free_port(), taken)
        said = run(monkeypatch, capsys, platform, *ports)
    assert str(taken) in said
    assert ("web.port" if mine == "web" else "--port") in said
    assert "Traceback" not in said


def test_the_bots_own_port(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    said = run(monkeypatch, capsys, "wecom", 8080, 8080)
    assert "--port 8081" in said
