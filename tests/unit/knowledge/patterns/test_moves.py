"""A14, A4: what is in `config/moves/` is checked before anything starts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from knowledge.patterns.move import FOLDER, load_moves


def test_the_moves_that_come_with_us() -> None:
    """A14: the three stages of the example are among them; one kind of talk is no move; nothing teaches two moves."""
    moves = load_moves()
    assert {"concern_response", "value_reanchor", "timed_close"} <= moves.keys()
    assert [key for key, move in moves.items() if move.plain] == ["plain"]
    taught = [text for move in moves.values() for text in move.exemplars]
    assert len(taught) == len(set(taught))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: {zh: 限时促成, en:", "titel: {zh: 限时促成, en:", "closing.yaml: timed_close.title: Field required"),
        ("timed_close:", "Timed close:", "closing.yaml: Timed close: keys are of a-z and _"),
        ("  against:\n", "  against: [\n", "closing.yaml"),
        ("chase:", "concession:", "objections.yaml: concession is in another file too"),
        ("  means: {zh: 没有新内容，只问有没有消息", "  mean: {zh: 没有新内容，只问有没有消息", "chase.means"),
    ],
    ids=["misspelt", "key", "yaml", "twice", "missing"],
)
def test_a_fault_is_named_by_file_and_entry(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A14: every fault says where it is."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "moves"))
    path = folder / "closing.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_moves(folder)


def test_an_empty_folder_starts_nothing(tmp_path: Path) -> None:
    """A14: no moves, no start."""
    with pytest.raises(ConfigurationError, match="there are no moves"):
        load_moves(tmp_path)
