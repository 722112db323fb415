"""D1, D10: `xiaoce eval routing` judges as people would, and says which line it can't read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.eval_routing import Judged, Sentence, _sentences
from bot.contracts.errors import BadInput
from bot.flows.router import Route

UNSURE = Route("", "unsure", ("talktracks", "customers"))
CLOSED = Route("", "closed", ("systems",))


@pytest.mark.parametrize(
    ("wanted", "route", "verdict"),
    [
        pytest.param(("questions",), Route("questions", "claim"), "right", id="right"),
        pytest.param(("risk", "questions"), Route("questions", "likeness"), "right", id="also right"),
        pytest.param(("questions",), Route("talktracks", "likeness"), "wrong", id="another's"),
        pytest.param((), Route("talktracks", "likeness"), "wrong", id="nobody's, answered"),
        pytest.param((), UNSURE, "right", id="nobody's, asked back"),
        pytest.param(("customers",), UNSURE, "offered", id="among the buttons"),
        pytest.param(("sla",), UNSURE, "asked", id="not among the buttons"),
        pytest.param(("systems",), CLOSED, "right", id="not for this role"),
        pytest.param(("sla",), CLOSED, "asked", id="closed for the wrong one"),
    ],
)
def test_what_became_of_a_sentence(wanted: tuple[str, ...], route: Route, verdict: str) -> None:
    assert Judged(Sentence(text="回款还有多少没收", skill=wanted), route).verdict == verdict


def test_a_line_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sentences.jsonl"
    file.write_text('{"text": "回款"}\n{"txt": "回款"}\n', "utf-8")
    with pytest.raises(BadInput, match=r"sentences\.jsonl.*2"):
        _sentences(file)
