"""Lists of people and customers: good rows are loaded, every bad row is named, in both languages."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from bot.contracts import Role
from bot.contracts.person import OPERATOR
from config.locales import FOLDER, load
from config.sample_company.generate import generate
from storage.database import Database
from storage.imports import sheet
from storage.imports.customers import import_customers
from storage.imports.encodings import find_encoding
from storage.imports.people import import_people
from storage.imports.report import ImportRefused, ImportReport
from storage.imports.short_names import short_name
from storage.store import Store
from tests.unit.storage.company import NOW

PEOPLE = "工号,姓名,角色,团队,大区,上级工号,邮箱,手机,企业微信账号,Slack账号,入职日期,语言"
CUSTOMERS = "客户编号,客户名称,行业,省份,大区,年采购额(万元),负责人工号,等级,创建日期"
MIN = "E1001,张敏,销售,华东组,华东,E2001,min@x.example,13800000000,zhangmin,U1,2024-01-31,zh"
LEE = "E2001,李伟,主管,华东组,华东,,,,liwei,,2020/3/1,English"
HONG = "C1,苏州泓达机械有限公司,家电,江苏,华东,120.5,E1001,A,2024年1月31日"


def write(path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    path.write_bytes(("\n".join(lines) + end).encode(encoding))
    return path


def problems(report: ImportReport) -> list[tuple[int, str, str, str]]:
    return [(row.line, fault.column, fault.value, fault.problem) for row in report.rejected for fault in row.faults]


async def people(database: Database, path: Path, *lines: str) -> ImportReport:
    return await import_people(database, write(path / "people.csv", PEOPLE, *lines))


async def customers(database: Database, path: Path, *lines: str) -> ImportReport:
    await people(database, path, MIN, LEE)
    return await import_customers(database, write(path / "customers.csv", CUSTOMERS, *lines))


@pytest.fixture(scope="session")
def sample_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the fictional company's systems export."""
    folder = tmp_path_factory.mktemp("sample_company")
    generate(folder, today=date(2026, 3, 2))
    return folder


async def test_the_sample_company(database: Database, sample_company: Path) -> None:
    """Its 34 people and 400 customers load without a complaint; again: nothing changes."""
    for added, unchanged in ((True, False), (False, True)):
        staff = await import_people(database, sample_company / "hr/people.csv")
        clients = await import_customers(database, sample_company / "crm/customers.csv")
        assert (staff.added, staff.unchanged, staff.rejected) == (34 * added, 34 * unchanged, [])
        assert (clients.added, clients.unchanged, clients.rejected) == (400 * added, 400 * unchanged, [])
    director = await database.read(lambda store: store.people.get("E3002"))
    assert director
    assert (director.role, director.regions) == (Role.DIRECTOR, ("华北", "华中", "西南"))


async def test_people_with_all_fields(database: Database, tmp_path: Path) -> None:
    """Accounts on every channel, the console's being the employee number; the import is in the audit log."""
    report = await import_people(database, write(tmp_path / "people.csv", PEOPLE, MIN, LEE), by="E9001", at=NOW)
    assert report.sentence() == "人员：新增 2，更新 0，未变 0，未导入 0。"
    stored = (await database.read(lambda store: store.people.records(["E1001"])))["E1001"]
    assert (stored.email, stored.mobile, stored.hired) == ("min@x.example", "13800000000", date(2024, 1, 31))
    assert stored.accounts == {"console": "E1001", "wecom": "zhangmin", "slack": "U1"}
    manager = await database.read(lambda store: store.people.by_account("console", "E2001"))
    assert manager
    assert (manager.role, manager.language) == (Role.MANAGER, "en")
    entry = (await database.read(lambda store: store.audit.listing(OPERATOR)))[0]
    assert (entry.actor, entry.action, entry.subject, entry.at) == ("E9001", "import.people", "people.csv", NOW)
    assert entry.detail == {"added": 2, "changed": 0, "unchanged": 0, "rejected": 0}


async def test_bad_people_are_named(database: Database, tmp_path: Path) -> None:
    """Line, column, value and reason of each; the others are loaded."""
    report = await people(
        database,
        tmp_path,
        MIN,
        LEE,
        MIN,  # 4: the same id again
        "E1,甲,老板,,,,,,,,,",  # 5: unknown role
        "E2,,销售,,,,,,,,,",  # 6: no name
        "E3,丙,销售,,,E404,,,,,,",  # 7: unknown manager
        "E4,丁,销售,,,E4,,,,,,",  # 8: own manager
        "E5,戊,销售,,,E2,,,,,2024-02-30,",  # 9: no such day
        "E6,己,销售,,,,,,zhangmin,,,",  # 10: somebody else's account
        "E7,庚,销售,,,,,,,,,fr",  # 11: unknown language
        "E8 8,辛,销售,,,,,,,,,",  # 12: a space in the id
        "E9,壬,销售,,,E1,,,,,,,多",  # 13: too many cells
        "E10,癸,销售,,,E1,#N/A,,,,,",  # 14: an Excel error
        f"E11,{'长' * 201},销售,,,,,,,,,",  # 15
        "E12,\x07,销售,,,,,,,,,",  # 16: a control character
        "E13,好人,销售,,,E1,,,,,,",  # 17: good; E1's own error doesn't spread
        "E14,写到一",  # 18: half a row
    )
    assert problems(report) == [
        (4, "工号", "E1001", "duplicate"),
        (5, "角色", "老板", "unknown_choice"),
        (6, "姓名", "", "empty"),
        (7, "上级工号", "E404", "unknown_manager"),
        (8, "上级工号", "E4", "own_manager"),
        (9, "入职日期", "2024-02-30", "not_a_date"),
        (10, "企业微信账号", "zhangmin", "account_twice"),
        (11, "语言", "fr", "unknown_choice"),
        (12, "工号", "E8 8", "not_an_id"),
        (13, "", "", "too_many_cells"),
        (14, "邮箱", "#N/A", "excel_error"),
        (15, "姓名", "长" * 201, "too_long"),
        (16, "姓名", "\x07", "unreadable"),
        (18, "", "", "too_few_cells"),
    ]
    assert report.added == 3
    assert report.rejected[1].sentence("zh") == (
        "第 5 行 · 角色“老板”：不认识这个值，请改为：销售、主管、区域总监、渠道负责人、销售运营、管理员。"
    )
    assert report.rejected[-1].sentence("en").startswith("Line 18: 2 columns instead of 12")
    assert "…" in report.rejected[11].sentence("en")
    for row, lang in itertools.product(report.rejected, ("zh", "en")):
        assert str(row.line) in row.sentence(lang)


async def test_every_fault_of_a_row_is_named_at_once(database: Database, tmp_path: Path) -> None:
    """Whoever mends the file mends it once: faults of a row come in the order of its columns; it counts as one row."""
    report = await people(database, tmp_path, MIN, LEE, "E 1,,老板,,,E404,#N/A,,,,2024-13-01,fr")
    assert problems(report) == [
        (4, "工号", "E 1", "not_an_id"),
        (4, "姓名", "", "empty"),
        (4, "角色", "老板", "unknown_choice"),
        (4, "上级工号", "E404", "unknown_manager"),
        (4, "邮箱", "#N/A", "excel_error"),
        (4, "入职日期", "2024-13-01", "not_a_date"),
        (4, "语言", "fr", "unknown_choice"),
    ]
    assert (report.added, report.counts()["rejected"]) == (2, 1)
    assert report.rejected[0].sentence("zh").count("第 4 行") == 7
    report = await customers(database, tmp_path, "C1,,,,,很多,E404,,昨天")
    assert [problem for *_, problem in problems(report)] == ["empty", "not_a_number", "unknown_owner", "not_a_date"]


async def test_managers_who_go_round_in_a_circle_are_refused(database: Database, tmp_path: Path) -> None:
    """D9 follows managers: A above B above A would let both see everything of each other. All rows are named."""
    rows = [f"E{n},某{n},主管,,,E{above},,,,,," for n, above in ((1, 2), (2, 3), (3, 1), (4, 1), (5, 4))]
    report = await people(database, tmp_path, *rows)
    assert problems(report) == [
        (2, "上级工号", "E2", "manager_circle"),
        (3, "上级工号", "E3", "manager_circle"),
        (4, "上级工号", "E1", "manager_circle"),
    ]
    assert "E1 (2) → E2 (3) → E3 (4) → E1 (2)" in report.rejected[0].sentence("zh")
    assert report.added == 2


async def test_a_circle_through_people_outside_the_file_is_refused(database: Database, tmp_path: Path) -> None:
    """Also when it only closes because another row was refused and that person keeps their former manager."""
    await people(database, tmp_path, "E1,甲,主管,,,,,,,,,", "E2,乙,主管,,,E1,,,,,,", "E3,丙,销售,,,E2,,,san,,,")
    report = await people(database, tmp_path, "E1,甲,主管,,,E3,,,,,,")
    assert [row.faults[0].problem for row in report.rejected] == ["manager_circle"]
    assert "E1 (2) → E3 → E2 → E1 (2)" in report.rejected[0].sentence("en")
    report = await people(database, tmp_path, "E1,甲,主管,,,E2,,,,,,", "E2,乙,主管,,,,,,san,,,")
    assert [(row.line, row.faults[0].problem) for row in report.rejected] == [
        (2, "manager_circle"),
        (3, "account_taken"),
    ]


@pytest.mark.parametrize(("word", "language"), [("中文", "zh"), ("English", "en"), ("英语", "en"), ("", "zh")])
async def test_languages_in_words(sqlite_url: str, tmp_path: Path, word: str, language: str) -> None:
    """As people write them."""
    database = Database(sqlite_url)
    database.migrate()
    await people(database, tmp_path, f"E1,甲,销售,,,,,,,,,{word}")
    person = await database.read(lambda store: store.people.get("E1"))
    assert person
    assert person.language == language
    database.close()


async def test_bad_customers_are_named(database: Database, tmp_path: Path) -> None:
    """Unknown owners, negative and impossible amounts, duplicates, a row cut off in the middle."""
    report = await customers(
        database,
        tmp_path,
        HONG,
        HONG,
        "C2,无锡某某,,,,-3,E1001,,",
        "C3,无锡某某,,,,很多,E1001,,",
        "C4,无锡某某,,,,1e30,E1001,,",
        "C5,无锡某某,,,,5,E404,,",
        "C6,无锡某某,,,,5,E1001,,昨天",
        'C7,公海客户,,,华东,"1,200",,,',
        "C8,写到一半,家电,江",
    )
    assert problems(report) == [
        (3, "客户编号", "C1", "duplicate"),
        (4, "年采购额(万元)", "-3", "negative"),
        (5, "年采购额(万元)", "很多", "not_a_number"),
        (6, "年采购额(万元)", "1e30", "too_large"),
        (7, "负责人工号", "E404", "unknown_owner"),
        (8, "创建日期", "昨天", "not_a_date"),
        (10, "", "", "too_few_cells"),
    ]
    found = await database.read(lambda store: store.customers.visible_to(OPERATOR))
    assert [(c.id, c.short_name, c.annual_amount, c.owner_id) for c in found] == [
        ("C7", "公海客户", Decimal(12_000_000), ""),
        ("C1", "泓达", Decimal(1_205_000), "E1001"),
    ]
    assert found[1].created == date(2024, 1, 31)


async def test_a_second_list_changes_what_changed(database: Database, tmp_path: Path) -> None:
    """Columns that the file doesn't have keep their values; accounts may move when both rows say so."""
    await people(database, tmp_path, MIN, LEE)
    short = write(
        tmp_path / "short.csv",
        "Name;Role;Team;Region;Manager;ID;wecom",
        "张敏;rep;华南组;华南、华中;E2001;E1001;liwei",
        "李伟;manager;华东组;华东;;E2001;zhangmin",
    )
    report = await import_people(database, short)
    assert (report.changed, report.rejected) == (2, [])
    stored = (await database.read(lambda store: store.people.records(["E1001"])))["E1001"]
    assert (stored.team, stored.regions, stored.mobile) == ("华南组", ("华南", "华中"), "13800000000")
    assert stored.accounts == {"console": "E1001", "wecom": "liwei", "slack": "U1"}


async def test_accounts_of_people_outside_the_file_are_kept(database: Database, tmp_path: Path) -> None:
    """Nobody loses an account because somebody else's row claims it, nor by a chain of such rows."""
    await people(database, tmp_path, MIN, LEE, "E7,庚,销售,,,,,,geng,,,")
    report = await people(
        database, tmp_path, MIN.replace("zhangmin", "liwei"), "E7,庚,销售,,,,,,zhangmin,,,", "E8,辛,销售,,,,,,geng,,,"
    )
    assert problems(report) == [
        (2, "企业微信账号", "liwei", "account_taken"),
        (3, "企业微信账号", "zhangmin", "account_taken"),
        (4, "企业微信账号", "geng", "account_taken"),
    ]
    assert "E2001" in report.rejected[0].sentence("en")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
async def test_encodings_and_separators(sqlite_url: str, tmp_path: Path, encoding: str, separator: str) -> None:
    """Found, not asked for; \\r\\n and empty lines don't matter."""
    database = Database(sqlite_url)
    database.migrate()
    lines = [line.replace(",", separator) for line in (PEOPLE, "", MIN, LEE, separator * 11)]
    report = await import_people(database, write(tmp_path / "p.csv", *lines, encoding=encoding, end="\r\n"))
    assert (report.added, report.rejected) == (2, [])
    person = await database.read(lambda store: store.people.get("E1001"))
    assert person
    assert person.name == "张敏"
    database.close()


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    assert book.active
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


async def test_excel(database: Database, tmp_path: Path) -> None:
    """Numbers and dates as Excel keeps them; line numbers are Excel's own."""
    rows: list[list[object]] = [
        list(PEOPLE.split(",")),
        [1001, "张敏", "销售", "华东组", "华东", None, None, 13800000000.0, "min", None, date(2024, 1, 31), "zh"],
        [None] * 12,
        [1002, "王\n磊", "没有的角色", *[None] * 9],
    ]
    report = await import_people(database, workbook(tmp_path / "people.xlsx", rows))
    assert problems(report) == [(4, "角色", "没有的角色", "unknown_choice")]
    stored = (await database.read(lambda store: store.people.records(["1001"])))["1001"]
    assert (stored.mobile, stored.hired) == ("13800000000", date(2024, 1, 31))


async def test_a_file_cut_off_inside_a_character(database: Database, tmp_path: Path) -> None:
    """The good rows are loaded, the last one is named."""
    path = write(tmp_path / "p.csv", PEOPLE, MIN, "E2,乙,销售,,,,,,,,,中", end="")
    path.write_bytes(path.read_bytes()[:-1])
    report = await import_people(database, write(tmp_path / "q.csv", PEOPLE, LEE))
    report = await import_people(database, path)
    assert problems(report) == [(3, "语言", "\ufffd", "unreadable")]
    assert report.added == 1


async def test_a_quote_that_is_not_closed(database: Database, tmp_path: Path) -> None:
    """The lines it swallows are named, those before and after are loaded."""
    report = await customers(
        database, tmp_path, HONG, 'C2,"无锡,,,,,,,', "C3,常州,,,,,,,", 'C4,"南通",,,,,,,', "C5,镇江,,,,,,,"
    )
    assert problems(report) == [(3, "", "", "broken_line")]
    assert "第 5 行" in report.rejected[0].sentence()
    ids = {c.id for c in await database.read(lambda store: store.customers.visible_to(OPERATOR))}
    assert ids == {"C1", "C5"}


async def test_columns_that_nobody_needs_may_hold_anything(database: Database, tmp_path: Path) -> None:
    """A remark of several lines, or of 5,000 characters, is no reason to refuse a customer."""
    remark = f'"第一行\n第二行{"长" * 5000}"'
    await people(database, tmp_path, MIN, LEE)
    path = write(tmp_path / "c.csv", f"{CUSTOMERS},备注", f"{HONG},{remark}")
    report = await import_customers(database, path)
    assert (report.added, report.rejected) == (1, [])


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        (b"", "empty", "空的"),
        ("姓名,角色\n甲,销售\n".encode(), "columns", "找到的列：姓名、角色"),
        (f"{PEOPLE},员工编号\n".encode(), "column_twice", "“工号”和“员工编号”"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "encoding", "UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel", ".xlsx"),
        (b"PK\x03\x04half a workbook", "workbook", "重新导出"),
        (b"x" * (3 << 20), "encoding", "UTF-8"),
    ],
)
async def test_files_that_are_refused(sqlite_url: str, tmp_path: Path, content: bytes, key: str, words: str) -> None:
    """Nothing is changed, and the sentence names file, finding and remedy in both languages."""
    database = Database(sqlite_url)
    database.migrate()
    path = tmp_path / "名单.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused) as refused:
        await import_people(database, path)
    assert refused.value.problem == key
    assert words in refused.value.sentence("zh")
    assert "名单.csv" in refused.value.sentence("en")
    assert await database.read(lambda store: store.audit.listing(OPERATOR)) == []
    database.close()


async def test_a_missing_file_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    """As a sentence, not as a traceback."""
    with pytest.raises(ImportRefused, match=r"none\.csv"):
        await import_people(Database(sqlite_url), tmp_path / "none.csv")


async def test_large_files_are_bounded(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, too many rows, or a small workbook that unpacks to a huge one: refused before anything."""
    database = Database(sqlite_url)
    database.migrate()
    zeros = workbook(tmp_path / "zeros.xlsx", [["工号"], *[["0" * 30_000]] * 100])
    path = write(tmp_path / "p.csv", PEOPLE, *["E1,甲,销售,,,,,,,,,"] * 30_000)
    monkeypatch.setattr("storage.imports.people.ROWS", 1000)
    monkeypatch.setattr("storage.imports.workbook.MEGABYTES", 1)
    for file, key in ((path, "too_many_rows"), (zeros, "too_large")):
        with pytest.raises(ImportRefused) as refused:
            await import_people(database, file)
        assert refused.value.problem == key
    monkeypatch.setattr(sheet, "MEGABYTES", 0)
    with pytest.raises(ImportRefused, match="0 MB"):
        await import_people(database, path)
    database.close()


async def test_a_broken_huge_file_does_not_fill_memory(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rejected rows beyond the list are counted."""
    monkeypatch.setattr("storage.imports.report.LISTED", 5)
    database = Database(sqlite_url)
    database.migrate()
    path = write(tmp_path / "c.csv", CUSTOMERS, *(f"C{n},某某,,,,-1,,," for n in range(3000)))
    report = await import_customers(database, path)
    assert (len(report.rejected), report.unlisted) == (5, 2995)
    assert report.sentence() == (
        "客户：新增 0，更新 0，未变 0，未导入 3000。 另有 2995 行未逐条列出，请先改正上面的再导入一次。"
    )
    database.close()


def test_encoding_is_judged_by_the_whole_file(tmp_path: Path) -> None:
    """Chinese only at the end of a long file still counts."""
    path = tmp_path / "p.csv"
    path.write_bytes(b"a" * (1 << 20) + "工号".encode("gb18030"))
    assert find_encoding(path) == "gb18030"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "工号".encode())  # a character across two chunks
    assert find_encoding(path) == "utf-8-sig"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("苏州泓达汽车零部件有限公司", "泓达"),
        ("苏州泓达汽车零部件有限责任公司", "泓达"),
        ("苏州泓达汽车零部件有限公司苏州分公司", "泓达"),
        ("江苏省凌宝精密机械制造股份有限公司", "凌宝"),
        ("凌宝（苏州）电梯有限公司", "凌宝"),
        ("Suzhou Hongda Auto Parts Co., Ltd.", "Suzhou Hongda Auto Parts"),
        ("上海机械有限公司", "上海机械"),
        ("公司", "公司"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    """As people say it; never so short that it is found everywhere."""
    assert short_name(name) == short


def test_both_languages_say_everything() -> None:
    """Every sentence exists in Chinese and in English, with the same values."""
    keys = [{key for key in load(lang) if key.startswith("imports.")} for lang in ("zh", "en")]
    assert keys[0] == keys[1]
    files = sorted((Path(sheet.__file__).parent).glob("*.py"))
    source = "".join(file.read_text() for file in files)
    texts = yaml.safe_load((FOLDER / "imports.zh.yaml").read_text(encoding="utf-8"))["imports"]
    for key in (*texts["problem"], *texts["refused"]):
        assert f'"{key}"' in source


async def test_who_has_left_gives_accounts_to_others_and_keeps_customers(database: Database, tmp_path: Path) -> None:
    """D9: their manager still sees the customers; a list without the column doesn't bring anybody back."""
    await customers(database, tmp_path, HONG)
    heir = "E1009,王磊,销售,华东组,华东,E2001,,,zhangmin,,,zh,在职"
    left = write(tmp_path / "left.csv", f"{PEOPLE},在职状态", f"{MIN},离职", heir)
    report = await import_people(database, left)
    assert (report.changed, report.added, problems(report)) == (1, 1, [])
    assert await people(database, tmp_path, "E1001,张敏,销售,华东组,华东,E2001,,,,,,zh")

    def look(store: Store) -> tuple[object, ...]:
        manager, holder = store.people.get("E2001"), store.people.by_account("wecom", "zhangmin")
        assert manager
        assert holder
        listed = [person.id for person in store.people.visible_to(manager)]
        seen = [customer.owner_name for customer in store.customers.visible_to(manager)]
        return store.people.get("E1001"), store.people.by_account("console", "E1001"), holder.id, listed, seen

    assert await database.read(look) == (None, None, "E1009", ["E1009", "E2001"], ["张敏"])
    assert "张敏" in await database.read(lambda store: store.people.all_names()), "still masked before a language model"


async def test_an_unknown_status_is_named_with_the_words_it_takes(database: Database, tmp_path: Path) -> None:
    report = await import_people(database, write(tmp_path / "p.csv", f"{PEOPLE},状态", f"{LEE},?"))
    assert problems(report) == [(2, "状态", "?", "unknown_choice")]
    assert "离职" in report.rejected[0].sentence("zh")
