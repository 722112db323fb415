"""A13: when help is offered, and when the count begins anew."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from config.locales import LANGUAGES, load
from knowledge.signals.load import load_kinds
from skills.behaviour.aftermath import After
from skills.behaviour.streak import ability_of, is_due, streak_of
from storage.repositories.diagnoses import Diagnosis
from storage.repositories.prompts import LOOKED_BACK, Prompt

NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def row(count: int, first: int = 0) -> list[Prompt]:
    """So many ignored in a row, the latest first, as storage gives them."""
    return [
        Prompt(f"p{n}", "price_objection", "E1", "sent", NOW + n * HOUR, priority="high", response="ignored")
        for n in reversed(range(first, first + count))
    ]


def told(prompts: list[Prompt], answered: datetime | None = None) -> Diagnosis:
    ids = tuple(prompt.id for prompt in reversed(prompts))
    return Diagnosis("x", "E1", "money", ids, NOW, response="acted" if answered else "", responded_at=answered)


@pytest.mark.parametrize(("count", "due"), [(0, False), (2, False), (3, True), (5, True)])
def test_three_in_a_row(count: int, due: bool) -> None:
    assert is_due(streak_of(row(count), None), None, 3) is due


def test_once_for_each_row() -> None:
    """The row goes on: nothing more is said; another one after an answer is another one."""
    last = told(row(3))
    assert not is_due(streak_of(row(6), last), last, 3)
    assert is_due(streak_of(row(3, first=10), last), last, 3)
    long = row(LOOKED_BACK, first=100)  # its beginning, which was told, isn't seen any more
    assert not is_due(streak_of(long, last), last, 3)


def test_an_answer_to_the_diagnosis_begins_the_count_anew() -> None:
    """A13: the counter resets on action."""
    last = told(row(3), answered=NOW + 4 * HOUR)
    assert [prompt.id for prompt in streak_of(row(7), last)] == ["p5", "p6"]
    assert not is_due(streak_of(row(7), last), last, 3)
    assert is_due(streak_of(row(8), last), last, 3)


def test_it_is_about_what_most_prompts_are_about() -> None:
    kinds = load_kinds()
    prompts = [
        Prompt(str(n), kind, "E1", "sent", NOW + n * HOUR)
        for n, kind in enumerate(("price_objection", "red_flag", "discount_pressure", "gone_kind"))
    ]
    assert ability_of(prompts, kinds) == "money"
    assert ability_of(prompts[:2], kinds) == "danger", "of equals the latest one's"
    assert ability_of(prompts[3:], kinds) == ""


def test_nothing_that_is_kept_or_shown_measures_anybody() -> None:
    """A13: beside the test of every table's columns (tests/unit/storage/test_coaching.py)."""
    names = {field.name for kind in (Diagnosis, After) for field in fields(kind)}
    assert names == {
        "id", "person_id", "manager_id", "ability", "prompt_ids", "at", "response", "responded_at",
        "kind", "customer", "hours", "deal", "stage", "reason",
    }  # fmt: skip
    texts = [text for key, text in load("zh").items() if key.startswith("behaviour.")]
    said = [text for text in texts if re.search(r"扣分|得分|评分|排名|扣罚|绩效", text)]
    assert said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_important_family_has_a_name_and_advice(language: str) -> None:
    """Whatever kind a company adds to these families has its suggestion."""
    families = {kind.family for kind in load_kinds().values() if kind.method != "rule"}
    texts = load(language)
    missing = [
        key
        for family in sorted(families)
        for part in ("name", "advice", "coach")
        if (key := f"behaviour.ability.{family}.{part}") not in texts
    ]
    assert missing == []
