"""Write the sample playbook's index as a passages file, for measuring retrieval on its questions.

    python -m tests.evals.retrieval.playbook_passages OUT.jsonl [--today 2026-06-01]

Then `xiaoce eval retrieval --passages OUT.jsonl --queries tests/evals/retrieval/questions_dev.jsonl`. It is what
the product indexes; cards that are past their end date are left out, as the product's filter does.
"""

import argparse
import json
from datetime import UTC, date, datetime
from pathlib import Path

from knowledge.playbook.files import read_folder
from knowledge.playbook.passages import all_passages, is_valid
from knowledge.playbook.vocabulary import Vocabulary

PLAYBOOK = Path(__file__).parents[3] / "config/sample_company/playbook"


def main(out: Path, today: date) -> None:
    """One line for each passage: id, text, and the card as its group."""
    cards, faults = read_folder(PLAYBOOK, Vocabulary.load())
    if faults:
        raise SystemExit(f"The playbook has faults: {faults[0]}")
    rows = [
        {"id": passage.id, "text": passage.text, "group": passage.group}
        for passage in all_passages(found.card for found in cards)
        if is_valid(passage, today.isoformat())
    ]
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    arguments = parser.parse_args()
    main(arguments.out, arguments.today)
