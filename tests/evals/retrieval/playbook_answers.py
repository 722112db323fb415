"""Ask the sample playbook as the product does, and count what a rep would see.

    python -m tests.evals.retrieval.playbook_answers tests/evals/retrieval/questions_dev.jsonl … [--misses]

For each file: the share of answerable questions whose first card is right; of all questions, the share that a wrong
card answers without a doubt, the share of answers with a doubt, and the share that nothing answers; and how many of
the answers without a doubt are right. A question without a gold card is answered rightly by no card.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.embedder import make_embedder
from knowledge.retrieval.library import Library
from skills.talktracks.understanding import language_of
from storage.database import Database

PLAYBOOK = Path(__file__).parents[3] / "config/sample_company/playbook"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rep sees after one question; `card` is "" when nothing fits."""

    question: str
    gold: tuple[str, ...]
    card: str
    doubt: bool
    score: float

    @property
    def right(self) -> bool:
        """Whether the card, or no card, is what the question wants."""
        return self.card in self.gold if self.gold else not self.card

    @property
    def sure(self) -> bool:
        """Whether a card is given without a doubt."""
        return bool(self.card) and not self.doubt


async def ask(playbook: Playbook, line: str, today: date) -> Seen:
    """One line of a questions file."""
    row = json.loads(line)
    question = row["question"]
    found = await playbook.find(question, language=language_of(question) or "zh", today=today)
    score = found.hit.score if found.hit else 0.0
    return Seen(question, tuple(row["gold"]), found.best.id if found.best else "", found.doubt, score)


def summary(name: str, seen: list[Seen]) -> str:
    """One line of the table."""
    answerable = [one for one in seen if one.gold]
    sure = [one for one in seen if one.sure]
    shares = {
        "first right": (sum(one.right for one in answerable), len(answerable)),
        "wrong unhedged": (sum(not one.right for one in sure), len(seen)),
        "hedged": (sum(one.doubt for one in seen), len(seen)),
        "refused": (sum(not one.card for one in seen), len(seen)),
        "sure right": (sum(one.right for one in sure), len(sure)),
        "no card: refused or hedged": (sum(not one.sure for one in seen if not one.gold), len(seen) - len(answerable)),
    }
    values = " | ".join(f"{key} {part}/{whole} {part / max(whole, 1):.3f}" for key, (part, whole) in shares.items())
    return f"{name}: {values}\n"


def miss(one: Seen) -> str:
    """A question that was answered otherwise than wanted."""
    mark = "sure" if one.sure else "doubt" if one.card else "none"
    return f"  {mark:5} {one.score:.2f} {one.question} -> {one.card or '-'} (wanted {' '.join(one.gold) or '-'})\n"


async def main(files: list[Path], today: date, misses: bool) -> None:
    """Index the sample playbook in a temporary folder and ask everything."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'xiaoce.db'}")
        await asyncio.to_thread(database.migrate)
        library = Library(Path(folder) / "vectors", make_embedder("use"))
        playbook = Playbook(database, library.collection("playbook"))
        await playbook.import_folder(PLAYBOOK, "eval")
        await playbook.refresh()
        for file in files:
            seen = [await ask(playbook, line, today) for line in file.read_text(encoding="utf-8").splitlines()]
            sys.stdout.write(summary(file.stem, seen))
            if misses:
                sys.stdout.writelines(miss(one) for one in seen if not one.right)
        await library.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 23))
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.files, arguments.today, arguments.misses))
