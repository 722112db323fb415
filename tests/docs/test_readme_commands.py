"""The README's commands are run as they stand, on the sample company's files under the names that the README uses."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from bot.cli import cli
from config.sample_company.finance_database import make_finance_database
from config.sample_company.generate import generate

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def shell_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """people.csv, customers.xlsx, playbook/ and sources/, as somebody who follows the README has them."""
    sample = tmp_path / "data" / "sample_company"
    generate(sample, today=date(2026, 3, 18))
    make_finance_database(sample)
    shutil.copy(sample / "hr" / "people.csv", tmp_path / "people.csv")
    sheet = (book := Workbook()).active
    assert sheet is not None
    with (sample / "crm" / "customers.csv").open(encoding="gbk", newline="") as file:
        for row in csv.reader(file):
            sheet.append(row)
    book.save(tmp_path / "customers.xlsx")
    for name in ("playbook", "sources"):
        (tmp_path / name).symlink_to(ROOT / "config" / "sample_company" / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_LOG__LEVEL", "ERROR")
    return tmp_path


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"`make ([a-z-]+)`", README)) | {
        line.split()[1] for line in shell_lines() if line.startswith("make ")
    }
    assert {"run", "test"} <= targets
    assert [target for target in targets if f"\n{target}:" not in MAKEFILE] == []


def test_the_commands_for_a_company_of_ones_own_work_in_their_order(folder: Path) -> None:
    commands = [line.removeprefix(".venv/bin/xiaoce ") for line in shell_lines() if line.startswith(".venv/bin/xiaoce")]
    assert [command.split()[0] for command in commands] == ["people", "customers", "playbook", "sources", "sources"]
    for command in [*commands, "people token E1001", "doctor"]:
        result = CliRunner().invoke(cli, shlex.split(command))
        assert result.exit_code == 0, f"{command}\n{result.output}{result.exception or ''}"


def test_every_command_explains_itself() -> None:
    for name in re.findall(r"^\| `xiaoce ([a-z]+)`", README, re.MULTILINE):
        result = CliRunner().invoke(cli, [name, "--help"])
        assert result.exit_code == 0
        assert "Usage" in result.output
