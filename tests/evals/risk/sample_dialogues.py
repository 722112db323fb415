"""Writes the sample company's chats as labelled dialogues, as a customer would export his own.

    python -m tests.evals.risk.sample_dialogues SAMPLE_FOLDER OUT.jsonl [MESSAGES]

Label 1: the deal was lost. Only the first MESSAGES (default 8, 0: all) of longer chats are written, and "now" is the
last of them: the last lines of a chat say how it ended, and a warning that comes with the refusal is none. A fixed
number, not a share: how long a part of a chat is must not tell how long the chat will be.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LABELS = {"赢单": 0, "输单": 1}


def lines(sample: Path, messages_kept: int) -> Iterator[dict[str, Any]]:
    """One line for each conversation about a deal that has ended."""
    deals = {row["商机编号"]: row for row in _rows(sample / "crm" / "opportunities.csv", "gbk")}
    messages = _messages(sample / "chat")
    for room in _rows(sample / "chat" / "rooms.csv", "utf-8-sig"):
        said, deal = messages[room["会话ID"]], deals[room["商机编号"]]
        if len(said) > messages_kept and deal["结果"] in LABELS:
            yield _line(room, said[: messages_kept or len(said)], LABELS[deal["结果"]])


def _line(room: dict[str, str], said: list[dict[str, Any]], label: int) -> dict[str, Any]:
    utterances = [
        {
            "id": one["msgid"],
            "text": one["text"]["content"],
            "side": "ours" if one["from"] == room["员工账号"] else "theirs",
            "at": _at(one).isoformat(),
        }
        for one in said
    ]
    dialogue = {"id": room["会话ID"], "source": "chat", "customer_id": room["客户编号"], "utterances": utterances}
    return {"label": label, "dialogue": dialogue, "time": {"as_of": _at(said[-1]).isoformat()}}


def _at(message: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(message["msgtime"] / 1000, SHANGHAI)


def _messages(folder: Path) -> dict[str, list[dict[str, Any]]]:
    rooms: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            rooms[message["roomid"]].append(message)
    return rooms


def _rows(path: Path, encoding: str) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    sample, out, *kept = sys.argv[1:]
    written = [json.dumps(line, ensure_ascii=False) for line in lines(Path(sample), int(kept[0]) if kept else 8)]
    Path(out).write_text("\n".join(written) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(written)}\n")


if __name__ == "__main__":
    main()
