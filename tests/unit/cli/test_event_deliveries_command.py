"""`xiaoce events dead | replay | rehearse | unlock`: what an operator types, and what it says (C3, C8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from tests.unit.flows.eventing import entry, listening

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ORDER = (
    '{"specversion": "1.0", "id": "E1", "source": "/crm", "type": "order.confirmed", "time": "2026-07-31T09:00:00Z", '
    '"data": {"order_no": "SO00001", "amount_cny": 1200}}'
)
CRM = "system: crm\ntitle: CRM\nkind: crm\nowner: E1\nproduces: [order.confirmed]\ntoken: ${crm_token}\n"


def test_from_a_locked_subscription_to_a_dead_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens: the rehearsal says so, the lock is opened with a reason, what was removed is a dead letter."""
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    monkeypatch.setenv("XIAOCE_EVENTS__SECRETS__ERP", SECRET)
    monkeypatch.setenv("XIAOCE_EVENTS__ALLOW_PRIVATE", '["127.0.0.1"]')
    monkeypatch.chdir(tmp_path)
    for name, text in (("crm", CRM), ("erp", entry("erp", listening("http://127.0.0.1:9/hook")))):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        _run("systems", "apply", f"{name}.yaml")
    (tmp_path / "order.json").write_text(ORDER, encoding="utf-8")

    assert "没有死信" in _run("events", "dead")
    said = _run("events", "rehearse", "erp", "--events", "30", "--faults", "none", code=1)
    assert all(words in said for words in ("erp/orders 演练未通过", "没有一次成功", "✗ 一条不丢"))
    assert "crm 只发送事件" in _fails("events", "rehearse", "crm")
    assert "没有这种故障：fire" in _fails("events", "rehearse", "erp", "--faults", "fire")
    assert "请写明" in _fails("events", "unlock", "erp", "--reason", " ")
    assert "erp/orders 已开闸" in _run("events", "unlock", "erp", "--reason", "老系统")

    assert "已接收 1" in _run("events", "send", "order.json", "--system", "crm")
    assert "请指明" in _fails("events", "replay")
    assert "不是时间" in _fails("events", "replay", "--all", "--from", "昨天")
    assert "重发 0 条" in _run("events", "replay", "--all", "--from", "2026-07-31", "--to", "2099-01-01T09:30")


def _run(*words: str, code: int = 0) -> str:
    result = _result(*words)
    assert result.exit_code == code, result.output + str(result.exception)
    return result.output


def _fails(*words: str) -> str:
    """The sentence that says what to do."""
    result = _result(*words)
    assert result.exception
    return str(result.exception)


def _result(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))
