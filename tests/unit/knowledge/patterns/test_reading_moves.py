"""A14: how well moves are told apart in sentences that nothing was learned from, and in another trade's talks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from knowledge.patterns.mine import Rules, mine
from knowledge.patterns.move import Move
from knowledge.patterns.reading import Reader
from tests.won_deals import STAGES, talks

HELD_OUT = Path("tests/evals/moves/sentences.jsonl")


async def test_held_out_sentences(reader: Reader) -> None:
    """A14: of sentences of many trades: how many get their move, and how much plain talk is taken for one."""
    rows = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    told = await reader.moves_in([row["text"] for row in rows])
    real = [(row["move"], found) for row, found in zip(rows, told, strict=True) if row["move"]]
    plain = [found for row, found in zip(rows, told, strict=True) if not row["move"]]
    right = sum(move in found for move, found in real)
    figures = f"moves: {right}/{len(real)} found; plain talk: {sum(map(bool, plain))}/{len(plain)} taken for a move"
    assert right / len(real) >= 0.6, figures
    assert sum(map(bool, plain)) / len(plain) <= 0.2, figures


async def test_exemplars_are_read_as_what_they_teach(reader: Reader, moves: Mapping[str, Move]) -> None:
    """A14: at least nearly all; two moves that teach the same would not be."""
    taught = [(key, text) for key, move in moves.items() if not move.plain for text in move.exemplars]
    told = await reader.moves_in([text for _, text in taught])
    assert sum(key in found for (key, _), found in zip(taught, told, strict=True)) >= 0.95 * len(taught)


async def test_another_trades_pattern_is_found(reader: Reader) -> None:
    """A14: a software house: other words, the same way of winning; nothing is tuned to the sample's machines."""
    found = mine(await reader.read(talks(["E1", "E2", "E3", "E4"])), Rules(rounds=399)).found
    assert [one.moves for one in found] == [STAGES]
    assert found[0].trigger == "price_objection"
