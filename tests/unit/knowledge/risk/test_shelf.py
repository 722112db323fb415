"""A5: models on disk: reversible, and a damaged or older file is named with its remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.contracts.errors import BadInput
from knowledge.risk.model import RiskModel
from knowledge.risk.prior import prior_model
from knowledge.risk.shelf import ModelShelf


@pytest.fixture
def shelf(tmp_path: Path) -> ModelShelf:
    shelf = ModelShelf(tmp_path / "risk")
    for version, bias in ((1, -1.0), (2, -2.0)):
        shelf.keep(_model(version, bias), f"# {version}\n")
    return shelf


def test_a_new_installation_has_the_prior_in_use(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path / "nothing yet")
    assert shelf.current() == prior_model()
    assert shelf.versions() == [0]


def test_what_is_read_is_what_was_kept(shelf: ModelShelf) -> None:
    assert shelf.load(2) == _model(2, -2.0)
    assert shelf.card_path(2).read_text(encoding="utf-8") == "# 2\n"


def test_every_step_can_be_taken_back(shelf: ModelShelf) -> None:
    """Reversible: any version, in any order, and the prior."""
    for version in (2, 1, 2, 0, 1):
        shelf.use(version)
        assert shelf.current().version == version
    assert shelf.versions() == [0, 1, 2]


def test_a_version_is_never_overwritten(shelf: ModelShelf) -> None:
    with pytest.raises(FileExistsError):
        shelf.keep(_model(2, -3.0), "")
    assert shelf.load(2).bias == -2.0
    assert shelf.next_version() == 3


def test_a_version_that_is_not_there_is_not_taken(shelf: ModelShelf) -> None:
    shelf.use(1)
    with pytest.raises(BadInput, match="没有第 7 版模型。现有：0, 1, 2"):
        shelf.use(7)
    assert shelf.used() == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"bias": -2.0', '"bias": -0.2'),
        lambda text: text.replace('"bias": -2.0', '"bias": NaN'),
        lambda text: text.replace('"patience"', '"patients"'),
        lambda text: text.replace('"version": 2', '"version": 1'),
        lambda text: text.replace('"spread": 0.5', '"spread": 0.0'),
    ],
    ids=["cut", "empty", "a list", "a digit", "not a number", "a key", "another version", "no spread"],
)
def test_a_damaged_file_is_named_and_never_used(shelf: ModelShelf, damage: object) -> None:
    assert callable(damage)
    text = shelf.path(2).read_text(encoding="utf-8")
    changed = damage(text)
    assert changed != text
    shelf.use(2)
    shelf.path(2).write_text(changed, encoding="utf-8")
    with pytest.raises(BadInput, match=r"model-2\.json 已损坏.*xiaoce risk use 0"):
        shelf.current()
    with pytest.raises(BadInput, match="已损坏"):
        shelf.use(2)
    shelf.use(0)
    assert shelf.current() == prior_model()


@pytest.mark.parametrize(
    ("field", "value", "said"), [("format", 0, "格式 0，需要 1"), ("definition", "old", "另一套特征定义")]
)
def test_a_model_of_an_older_xiaoce_says_so(shelf: ModelShelf, field: str, value: object, said: str) -> None:
    contents = json.loads(shelf.path(1).read_text(encoding="utf-8"))
    shelf.path(1).write_text(json.dumps({**contents, field: value}), encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        shelf.load(1)


def test_a_damaged_note_of_the_version_in_use_is_named(shelf: ModelShelf) -> None:
    shelf.use(1)
    (shelf.path(1).parent / "in-use.json").write_text('{"version": "one"}', encoding="utf-8")
    with pytest.raises(BadInput, match=r"in-use\.json 已损坏"):
        shelf.current()
    shelf.use(1)
    assert shelf.current().version == 1


def test_the_list_shows_a_broken_model_beside_the_good_ones(shelf: ModelShelf) -> None:
    shelf.path(1).write_text("{", encoding="utf-8")
    found = dict(shelf)
    assert isinstance(found[1], BadInput)
    assert isinstance(found[0], RiskModel)
    assert isinstance(found[2], RiskModel)


def _model(version: int, bias: float) -> RiskModel:
    return prior_model().model_copy(update={"version": version, "bias": bias})
