"""Does a labelled false positive silence its paraphrases, at what cost? `python -m tests.evals.signals.labels`

`labels.jsonl` holds sentences that a detector may well take for a signal and that are none, each with three
paraphrases.
Only paraphrases that were reported before count. Recall is that of the held-out set, for the label's own kind.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.retrieval.bundled_models import use as use_model
from knowledge.signals.detector import Detector
from knowledge.signals.evaluate import evaluate
from knowledge.signals.load import load_kinds

FOLDER = Path(__file__).parent
NAMES: Mapping[str, Sequence[str]] = {"恒力达": ("恒力达激光", "Henglida", "HLD"), "百川智造": ("百川",)}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A false positive, and the same in other words."""

    kind: str
    text: str
    paraphrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Of one label: what was reported before, and what still is."""

    label: Labelled
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def silenced(self) -> int:
        """Paraphrases that are told no more."""
        return len(self.before) - len(self.after)


def read_labels() -> list[Labelled]:
    """All of the file."""
    lines = (json.loads(line) for line in (FOLDER / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    return [Labelled(one["kind"], one["text"], tuple(one["paraphrases"])) for one in lines]


async def make(labels: Sequence[Labelled] = ()) -> Detector:
    """A detector that was taught them."""
    return await Detector.make(load_kinds(), use_model(), NAMES, [(one.kind, one.text) for one in labels])


async def effects(before: Detector, after: Detector, labels: Sequence[Labelled]) -> list[Effect]:
    """What became of each label's paraphrases."""
    return [Effect(one, await _reported(before, one), await _reported(after, one)) for one in labels]


async def recalls(detector: Detector) -> dict[str, float]:
    """By kind, on the held-out set."""
    report = await evaluate(detector, FOLDER / "heldout.jsonl")
    return {row.kind: row.recall or 0.0 for row in report.rows}


async def _reported(detector: Detector, label: Labelled) -> tuple[str, ...]:
    scores = await detector.score_texts([(text, None, None) for text in label.paraphrases])
    least = detector.report_at(label.kind)
    pairs = zip(label.paraphrases, scores, strict=True)
    return tuple(text for text, score in pairs if score[label.kind] >= least)


async def _main() -> None:
    """Printed: this is a tool."""
    labels, before = read_labels(), await make()
    then = await recalls(before)
    for one in labels:
        alone = await make([one])
        [effect] = await effects(before, alone, [one])
        now = (await recalls(alone))[one.kind]
        counted = f"{effect.silenced}/{len(effect.before)}"
        print(f"{one.kind:22} {counted} recall {then[one.kind]:.3f} → {now:.3f} {one.text}")  # noqa: T201  # a tool's output
    everything = await make(labels)
    found, now_all = await effects(before, everything, labels), await recalls(everything)
    silenced, told = sum(one.silenced for one in found), sum(len(one.before) for one in found)
    worst = max(then[kind] - now_all[kind] for kind in then)
    mean = sum(then.values()) / len(then), sum(now_all.values()) / len(now_all)
    print(f"all {len(labels)} labels at once: {silenced}/{told} paraphrases silenced")  # noqa: T201  # a tool's output
    print(f"recall, mean of {len(then)} kinds: {mean[0]:.3f} → {mean[1]:.3f}; worst kind −{worst:.3f}")  # noqa: T201  # a tool's output


if __name__ == "__main__":
    asyncio.run(_main())
