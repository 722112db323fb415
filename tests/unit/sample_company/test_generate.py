"""Sample company: repeatable, dated back from today, in the forms that real systems export."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from config.sample_company.generate import generate
from config.sample_company.manifest import Manifest

TODAY = date(2026, 3, 18)
Table = Callable[..., list[dict[str, str]]]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_same_day_and_seed_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, today=TODAY)
    assert _bytes(tmp_path) == _bytes(folder)


def test_another_seed_gives_another_company(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, today=TODAY, seed=5)
    ours, theirs = _bytes(folder), _bytes(tmp_path)
    for path in ("crm/customers.csv", "crm/quotes.csv", "marketing/leads.csv", "finance/payments.sql"):
        assert ours[path] != theirs[path]


def test_a_later_generation_replaces_the_former_and_nothing_else(tmp_path: Path) -> None:
    generate(tmp_path, today=date(2025, 6, 2))
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    manifest = generate(tmp_path, today=TODAY)
    listed = {file.path for file in manifest.files} | {"manifest.json", "mine.txt"}
    assert set(_bytes(tmp_path)) == listed


def test_manifest_lists_every_file_with_its_checksum(folder: Path, manifest: Manifest) -> None:
    found = {path: content for path, content in _bytes(folder).items() if path != "manifest.json"}
    assert {f.path: f.sha256 for f in manifest.files} == {
        path: hashlib.sha256(content).hexdigest() for path, content in found.items()
    }


def test_counts(table: Table, manifest: Manifest, folder: Path) -> None:
    people = table("hr/people.csv", "utf-8-sig")
    roles = {"销售": 24, "主管": 4, "区域总监": 2, "渠道负责人": 2, "销售运营": 1, "管理员": 1}
    assert Counter(p["角色"] for p in people) == roles
    assert len({p["大区"] for p in people if p["角色"] == "销售"}) == 5
    assert len(table("crm/customers.csv", "gbk")) == 400
    for file in manifest.files:
        if file.path.endswith(".csv"):
            assert len(table(file.path, file.encoding)) == file.rows, file.path
        if file.path.endswith(".jsonl"):
            assert len((folder / file.path).read_text("utf-8").splitlines()) == file.rows, file.path


def test_every_form_can_be_read_as_what_it_claims(folder: Path, manifest: Manifest) -> None:
    assert (folder / "hr/people.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        (folder / "crm/customers.csv").read_text("utf-8")
    assert json.loads((folder / "marketing/campaigns.json").read_text("utf-8"))["campaigns"]
    sheet = openpyxl.load_workbook(folder / "crm/contracts.xlsx")["合同台账"]
    assert sheet.max_row == manifest.rows("crm/contracts.xlsx") + 1
    assert isinstance(sheet["H2"].value, datetime)
    database = sqlite3.connect(":memory:")
    database.executescript((folder / "finance/payments.sql").read_text("utf-8"))
    assert database.execute("SELECT count(*) FROM payments").fetchone() == (manifest.rows("finance/payments.sql"),)
    database.close()


def test_zhang_min_works_for_li_wei_in_the_east(table: Table) -> None:
    people = {p["企业微信账号"]: p for p in table("hr/people.csv", "utf-8-sig")}
    assert people["zhangmin"]["姓名"] == "张敏"
    assert people["zhangmin"]["大区"] == "华东"
    assert people["zhangmin"]["上级工号"] == people["liwei"]["工号"]
    assert sum(p["语言"] == "en" and p["角色"] == "销售" for p in people.values()) == 2
    bosses = {p["上级工号"] for p in people.values()} - {""}
    assert bosses <= {p["工号"] for p in people.values()}


def test_addresses_and_numbers_are_nobodys(table: Table) -> None:
    people, leads = table("hr/people.csv", "utf-8-sig"), table("marketing/leads.csv")
    contacts = table("crm/contacts.csv", "gbk")
    mobiles = [row["手机"] for row in people + leads + contacts]
    assert all(m.startswith("1990000") and len(m) == 11 for m in mobiles)
    assert len(set(mobiles)) == len(mobiles)
    assert all(row["邮箱"].endswith(".example") for row in people + leads + contacts)


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 8, 3)])
def test_dates_count_back_from_today(tmp_path: Path, today: date) -> None:
    """A holiday, and a Monday: planted facts hold on any day, and nothing lies after last midnight."""
    facts = generate(tmp_path, today=today).facts
    assert (len(facts.unexplained_quotes), len(facts.rescued_leads), len(facts.duplicates)) == (17, 200, 12)
    assert 1 <= (today - facts.week[1]).days <= 7
    touches = (tmp_path / "marketing/touches.csv").read_text("utf-8").splitlines()[1:]
    moments = [line.split(",")[5] for line in touches]
    assert (today - date.fromisoformat(max(moments)[:10])).days == 1
    events = [json.loads(line) for line in (tmp_path / "erp/events.jsonl").read_text("utf-8").splitlines()]
    assert all(datetime.fromisoformat(e["time"]).date() < today for e in events)


def test_readme_names_every_column(folder: Path, manifest: Manifest) -> None:
    """Whoever maps a column finds it explained."""
    text = (Path(__file__).parents[3] / "config/sample_company/README.md").read_text("utf-8")
    for file in manifest.files:
        if file.path.endswith(".csv"):
            header = (folder / file.path).read_text(file.encoding).splitlines()[0].split(",")
            assert [name for name in header if name not in text] == [], file.path
    assert [name for name in type(manifest.facts).__annotations__ if f"`{name}`" not in text] == ["week", "lead_count"]
