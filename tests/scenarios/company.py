"""A small company: two teams, a handful of customers with an owner each, and spare reps for tests that need one."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app import open_playbook
from config.settings import Settings
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.people import import_people

PLAYBOOK = Path(__file__).parents[2] / "config" / "sample_company" / "playbook"
TEXTS = (
    "talktracks/price-too-expensive",
    "talktracks/competitor-cheaper",
    "talktracks/discount-again",
    "talktracks/after-sales-worry",
    "talktracks/delivery-delay",
    "talktracks/decision-maker-absent",
    "talktracks/old-machine-works",
    "talktracks/payment-overdue",
    "competitors/henglida",
)
SPARE = 120


@dataclass(frozen=True)
class Employee:
    """One row of the HR list."""

    id: str
    name: str
    role: str
    team: str
    region: str
    boss: str
    wecom: str
    language: str = "zh"
    status: str = "在职"

    @property
    def slack(self) -> str:
        """The member ID there."""
        return slack_id(self.wecom)


def slack_id(account: str) -> str:
    """A member ID for somebody with this WeCom account."""
    return f"U0{account.upper()}"


MIN = Employee("E1001", "张敏", "销售", "华东组", "华东", "E2001", "zhangmin")
JUNJIE = Employee("E1002", "黄俊杰", "销售", "华南组", "华南", "E2002", "huangjunjie")
ANNA = Employee("E1003", "Anna Schmidt", "销售", "华东组", "华东", "E2001", "anna", "en")
EAST = Employee("E2001", "李伟", "主管", "华东组", "华东", "E3001", "liwei")
SOUTH = Employee("E2002", "陈志强", "主管", "华南组", "华南", "E3001", "chenzhiqiang")
DIRECTOR = Employee("E3001", "沈国华", "区域总监", "东南大区", "华东、华南", "", "shenguohua")
OPS = Employee("E4001", "周敏", "销售运营", "销售运营部", "总部", "E3001", "zhoumin")
ADMIN = Employee("E9001", "蒋文博", "管理员", "信息部", "总部", "", "admin")
STAFF = (MIN, JUNJIE, ANNA, EAST, SOUTH, DIRECTOR, OPS, ADMIN)
STRANGER = "nobody"  # has WeCom, but is on no list
SLACK_STRANGER = slack_id(STRANGER)  # and Slack
SALES = "C0SALES"  # a channel of everybody, with the bot in it
CROWD = "wrCrowd"  # the same in WeCom, with the AI bot

# id, name, industry, province, region, yearly purchases in 万元, owner, tier
CUSTOMERS = (
    ("C001", "苏州恒锐精密机械有限公司", "汽车零部件", "江苏", "华东", "820", MIN.id, "A"),
    ("C002", "无锡泓达金属制品有限公司", "钣金加工", "江苏", "华东", "310", MIN.id, "B"),
    ("C003", "宁波远洋厨房电器有限公司", "家电", "浙江", "华东", "150", ANNA.id, "B"),
    ("C101", "东莞鼎峰电器有限公司", "家电", "广东", "华南", "940", JUNJIE.id, "A"),
    ("C102", "佛山蓝桥钣金制品有限公司", "钣金加工", "广东", "华南", "260", JUNJIE.id, "B"),
    ("C103", "深圳云岭新能源科技有限公司", "新能源", "广东", "华南", "1200", JUNJIE.id, "A"),
)
PEOPLE_HEADER = ("工号", "姓名", "角色", "团队", "大区", "上级工号", "企业微信账号", "Slack账号", "语言", "在职状态")
CUSTOMER_HEADER = ("客户编号", "客户名称", "行业", "省份", "大区", "年采购额(万元)", "负责人工号", "等级")


def spare(number: int) -> Employee:
    """A rep without customers, for one test alone."""
    return Employee(f"S{number:05d}", f"新人{number}", "销售", "新人组", "西南", "", f"rep{number:05d}")


def reps(count: int) -> list[Employee]:
    """So many of them."""
    return [spare(number) for number in range(1, count + 1)]


async def load(settings: Settings, folder: Path, people: Iterable[Employee], texts: Sequence[str] = TEXTS) -> None:
    """Bring the company in through the doors that a customer's own lists come through (D10 is written there).

    Learning a text takes a process half a second: `texts` may be fewer where only some are asked for.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        database.migrate()
        listed = await import_people(database, write_people(folder / "people.csv", people))
        customers = await import_customers(database, _customers(folder / "customers.csv"))
        assert not listed.rejected, listed.rejected
        assert not customers.rejected, customers.rejected
        read = await open_playbook(settings, database).import_folder(playbook(folder / "playbook", texts), "operator")
        assert not read.faults, read.faults
    finally:
        database.close()


def playbook(folder: Path, texts: Sequence[str] = TEXTS) -> Path:
    """A part of the sample company's talk-tracks, in every language there is."""
    folder.mkdir(parents=True, exist_ok=True)
    for text in texts:
        for path in sorted(PLAYBOOK.glob(f"{text}*.md")):
            shutil.copy(path, folder / path.name)
    return folder


def wecom_users(people: Iterable[Employee]) -> Mapping[str, str]:
    """Who has a phone in the emulator."""
    return {**{person.wecom: person.name for person in people}, STRANGER: "路人"}


def slack_users(people: Iterable[Employee]) -> Mapping[str, str]:
    """Who is in the emulated workspace."""
    return {**{person.slack: person.name for person in people}, SLACK_STRANGER: "路人"}


def write_people(path: Path, people: Iterable[Employee]) -> Path:
    """The HR list as a file."""
    rows = [(p.id, p.name, p.role, p.team, p.region, p.boss, p.wecom, p.slack, p.language, p.status) for p in people]
    return _write(path, PEOPLE_HEADER, rows)


def _customers(path: Path) -> Path:
    return _write(path, CUSTOMER_HEADER, CUSTOMERS)


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path
