"""What the shape of a sentence tells."""

from __future__ import annotations

import pytest

from bot.flows.wording import says_something


@pytest.mark.parametrize(
    ("text", "something"),
    [
        ("招标要怎么写技术参数", True),
        ("how do we write a tender", True),
        ("asdf", False),
        ("嗯嗯", False),
        ("？？？", False),
        ("12345678", False),
    ],
)
def test_a_slip_of_the_finger_is_no_question(text: str, something: bool) -> None:
    """A15: sales ops see questions that the playbook lacks, not every keystroke."""
    assert says_something(text) is something
