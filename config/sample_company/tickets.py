"""Service tickets as the help desk exports them: one JSON object a line, nested."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from config.sample_company.contracts import Contract
from config.sample_company.frame import Frame, between, in_hours

_PROBLEMS = {
    "RZ-L": ("切割断面有毛刺", "激光功率下降", "切割头报警 E217", "冷水机温度过高", "穿孔时间变长"),
    "RZ-B": ("折弯角度偏差 0.8 度", "后挡料不回零", "滑块下行有异响"),
    "RZ-W": ("焊缝偏移", "送丝不稳", "示教器无响应"),
    "RZ-A": ("吸盘掉料", "料库定位超时"),
    "RZ-MES": ("工单状态不同步", "看板数据延迟", "扫码登录失败"),
    "RZ-Care": ("预约季度保养", "更换易损件"),
}
_SEVERITIES = (("P1", 8), ("P2", 34), ("P3", 58))


def make_tickets(frame: Frame, contracts: Sequence[Contract]) -> list[dict[str, object]]:
    """Up to six tickets for each delivered contract, in order of opening."""
    dice = frame.dice("tickets")
    yesterday = frame.today - timedelta(days=1)
    delivered = [c for c in contracts if c.delivery < yesterday]
    rows = [_ticket(frame, dice, c) for c in delivered for _ in range(dice.randint(1, 6))]
    rows.sort(key=lambda row: (str(row["opened_at"]), str(row["contract_no"])))
    return [{"ticket_id": f"TK{n:05d}"} | row for n, row in enumerate(rows, 1)]


def _ticket(frame: Frame, dice: Random, contract: Contract) -> dict[str, object]:
    day = between(dice, contract.delivery, frame.today - timedelta(days=1))
    opened = in_hours(dice, day, 8, 18)
    closed = opened + timedelta(hours=dice.choices((3, 8, 26, 50, 120), (20, 30, 25, 15, 10))[0])
    done = closed < frame.midnight
    return {
        "customer": {"no": contract.customer, "name": contract.customer_name},
        "contract_no": contract.id,
        "product": contract.product,
        "severity": dice.choices([s for s, _ in _SEVERITIES], [w for _, w in _SEVERITIES])[0],
        "summary": dice.choice(_PROBLEMS[contract.deal.model.family]),
        "opened_at": opened.isoformat(),
        "closed_at": closed.isoformat() if done else None,
        "satisfaction": dice.choices((5, 4, 3, 2, 1), (40, 30, 15, 9, 6))[0] if done else None,
    }
