"""docs/events.md: its table is the catalogue, and what it says about versions and mending is so (C1, C6)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from knowledge.events.catalog import load_catalog
from knowledge.events.conditions import parse
from knowledge.events.listing import table
from knowledge.events.mending import read

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
CATALOG = load_catalog()


def test_the_table_is_the_catalogue() -> None:
    """Made anew by knowledge/events/listing.py."""
    said = PAGE.partition("<!-- catalogue -->\n")[2].partition("\n<!-- end -->")[0]
    assert said == table(CATALOG)


def test_its_examples_hold() -> None:
    envelope = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    assert read(CATALOG.types[envelope["type"]], envelope["data"], 2).is_good
    definition, where = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    told = yaml.safe_load(definition)["order.confirmed"]
    ours = yaml.safe_load((ROOT / "config" / "events" / "orders.yaml").read_text(encoding="utf-8"))["order.confirmed"]
    assert told["versions"] == ours["versions"]
    assert parse(yaml.safe_load(where)["where"]).describe()
