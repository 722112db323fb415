"""B13: customers that are one are found, strangers are left alone; figures are printed for `docs/data-quality.md`."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from config.sample_company.generate import generate
from knowledge.identity.evaluate import Report, evaluate
from knowledge.identity.match import Candidate, find_pairs
from knowledge.identity.perturb import invented
from storage.imports.customers import import_customers
from storage.imports.people import import_people
from tests.unit.storage.empty import open_empty


def _figures(report: Report) -> list[tuple[float, float, float]]:
    return [(one.least, round(one.precision, 3), round(one.recall, 3)) for one in report.at]


async def test_the_planted_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """12 pairs in the sample company, as they are stored; nothing else is said to be one."""
    facts = generate(tmp_path / "sample", today=date(2026, 7, 15)).facts
    with open_empty(tmp_path) as database:
        await import_people(database, tmp_path / "sample" / "hr" / "people.csv")
        await import_customers(database, tmp_path / "sample" / "crm" / "customers.csv")
        known = await database.read(lambda store: store.linkables.customers())
    candidates = [Candidate(one.id, one.name, one.industry, one.province, one.region) for one in known]
    report = evaluate(candidates, {frozenset((one.original, one.copy)) for one in facts.duplicates}, (0.3, 0.9))
    with capsys.disabled():
        sys.stdout.write(f"\nplanted duplicates: {_figures(report)}")
    assert [(one.found, one.right, one.pairs) for one in report.at] == [(12, 12, 12), (12, 12, 12)]


def test_generated_names_of_a_held_out_seed(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten ways to write a name again among hard strangers; a character mistyped at random is beyond hope."""
    made = invented(2000, seed=99)
    report = evaluate(made.candidates, made.pairs.keys(), (0.3, 0.9))
    review, certain = report.at
    with capsys.disabled():
        sys.stdout.write(
            f"\ngenerated: {[(one.least, round(one.precision, 3), round(one.recall, 3)) for one in report.at]}"
        )
    assert review.precision > 0.85
    assert review.recall > 0.75
    assert certain.precision > 0.95
    sure = {pair for pair, way in made.pairs.items() if way in {"suffix", "branch", "province"}}
    assert sure <= report.hits


def test_only_what_is_asked_for_is_looked_at() -> None:
    """`only` narrows to pairs of these customers; the evidence names what is alike."""
    rows = [
        Candidate("1", "苏州泓达汽车零部件有限公司", "汽车零部件", "江苏", "华东"),
        Candidate("2", "苏州泓达汽车零部件有限责任公司", "汽车零部件", "江苏", "华东"),
        Candidate("3", "武汉宏图电梯有限公司", "电梯", "湖北", "华中"),
        Candidate("4", "武汉宏图电梯有限公司武汉分公司", "", "湖北", "华中"),
        *(Candidate(f"x{n}", one.name, one.industry) for n, one in enumerate(invented(200, 5, 0).candidates)),
    ]
    pairs = find_pairs(rows, 0.95)
    assert {(one.left.id, one.right.id) for one in pairs} == {("1", "2"), ("3", "4")}
    assert pairs[0].levels["brand"] == "key"
    assert [(one.left.id, one.right.id) for one in find_pairs(rows, 0.95, only={"3"})] == [("3", "4")]


@pytest.mark.parametrize("names", [[], ["", ""], ["甲", "甲"], ["苏州泓达有限公司"], ["a" * 5000, "🙂"]])
def test_too_little_to_compare(names: list[str]) -> None:
    """Empty data, empty and absurd names: no pair is made up, nothing breaks."""
    found = find_pairs([Candidate(str(n), name) for n, name in enumerate(names)], 0.9)
    assert all(one.left.name and one.right.name for one in found)
