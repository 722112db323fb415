"""The sales organisation: who works where, under whom, and how to reach them."""

from dataclasses import dataclass
from datetime import date, timedelta

from config.sample_company.frame import Frame

_DOMAIN = "ruize.example"


@dataclass(frozen=True)
class Person:
    """One row of the HR export; `region` lists several with 、; `boss` is an employee id or empty."""

    id: str
    name: str
    role: str
    team: str
    region: str
    boss: str
    email: str
    mobile: str
    wecom: str
    slack: str
    hired: date
    language: str


PEOPLE_COLUMNS = {
    "工号": "id",
    "姓名": "name",
    "角色": "role",
    "团队": "team",
    "大区": "region",
    "上级工号": "boss",
    "邮箱": "email",
    "手机": "mobile",
    "企业微信账号": "wecom",
    "Slack账号": "slack",
    "入职日期": "hired",
    "语言": "language",
}

# region, team, manager, then name/pinyin (language when not Chinese) of each rep
_REPS = (
    ("华东", "华东组", "E2001", "张敏/zhangmin 王磊/wanglei 刘洋/liuyang 陈晨/chenchen 赵静/zhaojing 孙浩/sunhao "
     "周婷/zhouting 许安娜/xuanna/en"),
    ("华南", "华南组", "E2002", "黄俊杰/huangjunjie 吴倩/wuqian 郑凯/zhengkai 林凯文/linkaiwen/en 梁雪/liangxue "
     "何志远/hezhiyuan"),
    ("华北", "华北组", "E2003", "马超/machao 高峰/gaofeng 田甜/tiantian 宋涛/songtao"),
    ("华中", "中西组", "E2004", "胡蓉/hurong 邓鹏/dengpeng 彭宇/pengyu"),
    ("西南", "中西组", "E2004", "罗敏/luomin 谢斌/xiebin 唐雯/tangwen"),
)  # fmt: skip
_OTHERS = (
    ("E2001", "李伟", "liwei", "主管", "华东组", "华东", "E3001"),
    ("E2002", "陈志强", "chenzhiqiang", "主管", "华南组", "华南", "E3001"),
    ("E2003", "杨帆", "yangfan", "主管", "华北组", "华北", "E3002"),
    ("E2004", "曾国栋", "zengguodong", "主管", "中西组", "华中、西南", "E3002"),
    ("E3001", "沈国华", "shenguohua", "区域总监", "东南大区", "华东、华南", ""),
    ("E3002", "韩雪梅", "hanxuemei", "区域总监", "北西大区", "华北、华中、西南", ""),
    ("E4001", "周敏", "zhoumin", "销售运营", "销售运营部", "总部", "E3001"),
    ("E5001", "冯丽", "fengli", "渠道负责人", "市场部", "总部", ""),
    ("E5002", "曹阳", "caoyang", "渠道负责人", "市场部", "总部", ""),
    ("E9001", "蒋文博", "admin", "管理员", "信息部", "总部", ""),
)
# Days since they joined; everyone else has been there for years.
_NEW_HIRES = {
    **{"E1004": 480, "E1010": 430, "E1019": 390, "E1023": 310},
    **{"E1006": 235, "E1012": 170, "E1016": 120, "E1021": 80, "E1024": 45},
}
_WITHOUT_SLACK = {"E1022", "E1023", "E1024"}  # the south-west team works in WeCom only


def make_people(frame: Frame) -> list[Person]:
    """24 reps (E1001…), 4 managers, 2 directors, sales ops, 2 channel owners, 1 admin; ordered by id."""
    rows = [
        (name, pinyin, "销售", team, region, boss, language)
        for region, team, boss, table in _REPS
        for name, pinyin, language in _entries(table)
    ]
    reps = [_person(frame, f"E{1001 + n}", *row) for n, row in enumerate(rows)]
    return reps + [_person(frame, *row, "zh") for row in _OTHERS]


def reps_of(people: list[Person], region: str, day: date) -> list[Person]:
    """The reps of a region who had joined by that day."""
    return [p for p in people if p.role == "销售" and p.region == region and p.hired <= day]


def _entries(table: str) -> list[tuple[str, str, str]]:
    words = [entry.split("/") for entry in table.split()]
    return [(w[0], w[1], w[2] if len(w) > 2 else "zh") for w in words]


def _person(
    frame: Frame, id_: str, name: str, pinyin: str, role: str, team: str, region: str, boss: str, language: str
) -> Person:
    slack = "" if id_ in _WITHOUT_SLACK else f"U0RZ{id_[1:]}"
    mobile = f"1990000{id_[1:]}"  # 199 0000 is kept for these people: clearly nobody's number
    email = f"{pinyin}@{_DOMAIN}"
    return Person(id_, name, role, team, region, boss, email, mobile, pinyin, slack, _hired(frame, id_), language)


def _hired(frame: Frame, id_: str) -> date:
    if id_ in _NEW_HIRES:
        return frame.today - timedelta(days=_NEW_HIRES[id_])
    return frame.start - timedelta(days=frame.dice(f"hired:{id_}").randint(60, 2600))
