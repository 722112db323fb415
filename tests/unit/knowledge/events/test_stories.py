"""C11: the steps of an order, a contract … are data, checked with the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from knowledge.events import keys
from knowledge.events.catalog import load_catalog
from knowledge.events.stories import load_stories

CATALOG = load_catalog()
STORY = """
order_no:
  title: {zh: 订单, en: Order}
  follow: [contract_no]
  steps:
    - {type: order.confirmed}
    - {type: goods.shipped, silent: true, until: [order.confirmed:delivery_date]}
  over: [order.cancelled]
"""


def test_each_step_of_ours_can_be_found_by_the_storys_key_or_by_one_that_it_follows() -> None:
    """Else a step could never be reported."""
    for story in load_stories(CATALOG).values():
        for step in story.steps:
            type_ = CATALOG.types[step.type]
            assert {story.key, *story.follow} & set(type_.keys), f"{story.key}: {step.type}"
        assert story.named("en") != story.named("zh")
        assert story.key in keys.NAMES


FAULTS = {
    "no mapping": ("[]", "not_a_mapping"),
    "unknown event": (STORY.replace("goods.shipped", "goods.shiped"), "did you mean 'goods.shipped'?"),
    "unknown key": (STORY.replace("[contract_no]", "[moon_no]"), "there is no key moon_no"),
    "unknown option": (STORY.replace("over:", "ends:"), "Extra inputs are not permitted"),
    "unknown field": (STORY.replace(":delivery_date", ":moon"), "write type:field"),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_line_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "stories.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_stories(CATALOG, path)
    assert said in str(caught.value)
    assert str(caught.value).startswith("config/stories.yaml:")
