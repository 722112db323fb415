"""A system's entry: one file is all there is to connect one, what is wrong with it is named by its line (C3, C5)."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from knowledge.events.catalog import load_catalog
from knowledge.events.system_faults import BadEntry
from knowledge.events.system_reading import parse
from knowledge.events.systems import System

CATALOG = load_catalog()
GOOD = """\
system: erp
title: ERP
kind: erp
owner: E0034
produces: [purchase_order.*, goods.shipped]
source: [/erp, /warehouse/east]
token: ${erp_token}
secret: ["${new}", "${old}"]
listens:
  - name: orders
    types: [order.confirmed, order.changed]
    where: {amount_cny: {">=": 1000000}}
    to: https://erp.example/hooks/xiaoce
    secret: ["${erp_out_secret}", "${erp_out_old}"]
    version: 1
    ordered_by: order_no
    rate: 20
    format: binary
watch:
  - {name: po, database: "${erp_db}", table: po, after: id, id: no, type: {const: goods.shipped}, data: {order_no: so}}
"""


def entry(text: str = GOOD) -> System:
    """As it is read."""
    return parse(text, "erp.yaml", CATALOG)


def test_an_entry_says_everything_about_a_system() -> None:
    """Patterns become the catalogue's names; secrets stay references."""
    erp = entry(GOOD.replace("version: 1", "version: 2").replace("order.confirmed, order.changed", "order.confirmed"))
    assert erp.produces == {"purchase_order.created", "purchase_order.received", "goods.shipped"}
    [orders] = erp.listens
    assert (orders.types, orders.version, orders.rate, orders.format) == ({"order.confirmed"}, 2, 20.0, "binary")
    assert orders.secrets == ("${erp_out_secret}", "${erp_out_old}")
    [po] = erp.watches
    assert (po.fixed_type, po.data, po.after) == ("goods.shipped", {"order_no": "so"}, "id")
    assert erp.references == {"erp_token", "new", "old", "erp_out_secret", "erp_out_old", "erp_db"}
    assert erp.may_use("/erp")
    assert erp.may_use("/erp/plant-2")
    assert not erp.may_use("/erp2")
    assert not erp.may_use("/warehouse")


def test_the_least_that_an_entry_says() -> None:
    """Its source is its name."""
    least = entry("system: hr\nkind: hr\nowner: E1\n")
    assert (least.title, least.sources, least.listens) == ("hr", ("/hr",), ())


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("system: erp", "system: ERP 1", 1, "小写字母"),
        ("system: erp", "system: quarantine", 1, "另有用处"),
        ("kind: erp", "kind: epr", 3, "erp"),
        ("goods.shipped]", "goods.shiped]", 5, "goods.shipped"),
        ("purchase_order.*", "purchases.*", 5, "purchases.*"),
        ("source: [/erp,", "source: [/e rp,", 6, "/e rp"),
        ("${erp_token}", "abc123secret", 7, "${token}"),
        ("to: https://erp.example/hooks/xiaoce", "to: ftp://erp.example", 13, "不是网址"),
        ("to: https://erp.example/hooks/xiaoce", "to: https://u:p@erp.example", 13, "用户名和密码"),
        ("version: 1", "version: 7", 15, "没有第 7 版"),
        ("version: 1", "version: two", 15, "不是整数"),
        ("ordered_by: order_no", "ordered_by: order", 16, "order_no"),
        ("rate: 20", "rate: -1", 17, "每秒"),
        ("format: binary", "format: xml", 18, "structured"),
        ("amount_cny:", "amount_cnny:", 12, "amount_cny"),
        ('{">=": 1000000}', '{"=>": 1000000}', 12, ">="),
        ("    types: [order.confirmed, order.changed]\n", "", 10, "types"),
        ('    secret: ["${erp_out_secret}", "${erp_out_old}"]\n', "", 10, "签名"),
        ("after: id, ", "", 20, "after"),
        ("data: {order_no: so}", "data: {order_no: so}, data_json: payload", 20, "二选一"),
        ("owner: E0034", "owner: E0034\nonwer: x", 5, "owner"),
        ("title: ERP", "title: ERP\ntitle: ERP2", 3, "写了两次"),
        ("title: ERP", "title:\tERP: x", 2, ""),
        ('["${new}", "${old}"]', "[${new}, ${old}]", 8, "要加引号"),
        ("listens:\n", "listens: {a: 1}\nx_listens:\n", 9, "列表"),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_remedy(old: str, new: str, line: int, says: str) -> None:
    """Every fault at once."""
    text = GOOD.replace("version: 1", "version: 1").replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(BadEntry) as raised:
        entry(text)
    told = raised.value.sentence("zh").splitlines()
    assert any(one.startswith(f"erp.yaml:{line}: ") and says in one for one in told), told
    assert raised.value.sentence("en")


def test_all_faults_are_told_together() -> None:
    """Whoever mends it mends it once."""
    with pytest.raises(BadEntry) as raised:
        entry("system: A\nkind: x\nproduces: [y]\ntoken: plain\n")
    assert [fault.line for fault in raised.value.faults] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "text", ["", "- a", "a: [", "{" * 3000, "x" * 300_000], ids=["empty", "list", "cut", "deep", "long"]
)
def test_what_is_no_entry_at_all(text: str) -> None:
    """Said in a sentence, not by a traceback."""
    with pytest.raises(BadEntry):
        entry(text)


@pytest.mark.parametrize(
    "path", sorted((Path(config.__file__).parent / "sample_company" / "systems").glob("*.yaml")), ids=lambda p: p.stem
)
def test_the_sample_companys_entries_hold(path: Path) -> None:
    """They are what people copy."""
    system = parse(path.read_text(encoding="utf-8"), path.name, CATALOG)
    assert system.name == path.stem
    assert system.produces
