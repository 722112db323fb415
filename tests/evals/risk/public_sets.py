"""Writes a public set of rated conversations as labelled dialogues: chitchat-dataset 0.9.0 (MIT), a package.

    python -m tests.evals.risk.public_sets OUT.jsonl

7,168 chats of two strangers each, English, with times; 5,988 have a rating 1..10 of how interesting it was. 5 is where
the slider stood: those are left out, as are chats of fewer than four turns. Label 1: rated 4 or less; 0: 8 or more.
Who spoke first is "ours". It isn't about sales: it says whether structure and time mean anything among real people.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

FEWEST_TURNS = 4


def lines() -> Iterator[dict[str, Any]]:
    """One line for each conversation with a rating that somebody chose."""
    talks = json.loads((files("chitchat_dataset") / "dataset.json").read_text(encoding="utf-8"))
    for key, talk in talks.items():
        label = _label(talk)
        messages = [message for turn in talk["messages"] for message in turn]
        senders = list(dict.fromkeys(message["sender"] for message in messages))
        if label is not None and len(senders) == 2 and len(talk["messages"]) >= FEWEST_TURNS:
            yield _line(key, senders[0], messages, label)


def _line(key: str, ours: str, messages: list[dict[str, Any]], label: int) -> dict[str, Any]:
    utterances = [
        {
            "text": message["text"],
            "side": "ours" if message["sender"] == ours else "theirs",
            "at": message["timestamp"].rstrip("Z") + "+00:00",
        }
        for message in messages
    ]
    dialogue = {"id": key, "source": "chat", "language": "en", "customer_id": ours, "utterances": utterances}
    return {"label": label, "dialogue": dialogue}


def _label(talk: dict[str, Any]) -> int | None:
    rated = talk.get("ratings", {}).get("interesting", 5)
    return 1 if rated <= 4 else 0 if rated >= 8 else None


def main() -> None:
    written = [json.dumps(line, ensure_ascii=False) for line in lines()]
    Path(sys.argv[1]).write_text("\n".join(written) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(written)}\n")


if __name__ == "__main__":
    main()
