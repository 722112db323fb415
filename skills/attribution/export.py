"""The table as a CSV file, for spreadsheets: UTF-8 with the mark that Excel wants."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.contracts import Person
from knowledge.spreadsheet import guarded
from skills.attribution.desk import Found
from skills.attribution.lines import Line
from skills.attribution.words import Words

KEPT = timedelta(hours=1)


async def exported(
    folder: Path, viewer: Person, found: Found, rows: Sequence[Line], words: Words, now: datetime
) -> Path:
    """A file of the viewer's own; those of the hour before are removed."""
    text = table(found, rows, words)
    name = hashlib.sha256(f"{viewer.id}\0{text}".encode()).hexdigest()[:24]
    return await asyncio.to_thread(_write, folder, f"attribution-{name}.csv", text, now)


def table(found: Found, rows: Sequence[Line], words: Words) -> str:
    """All channels, all models."""
    models = list(found.answer.results)
    out = io.StringIO()
    writer = csv.writer(out)
    fixed = ("channel", "credit", "interval", "trust", "spent", "roas", "each")
    writer.writerow([*(words.tell(f"column.{name}") for name in fixed), *(f"{words.model(one)} %" for one in models)])
    for line in rows:
        low, high = line.interval or (None, None)
        span = "" if low is None else f"{low:.2f}–{high:.2f}"
        money = ["" if one is None else f"{one:.2f}" for one in (line.spent, line.roas, line.each)]
        shares = [f"{line.others.get(model, 0.0):.2f}" for model in models]
        name = guarded(words.channel(line.channel))
        writer.writerow([name, f"{line.credit:.4f}", span, line.trust.percent, *money, *shares])
    writer.writerow([])
    for sentence in (words.what(found.question), words.basis(found), words.method(found), words.stale(found)):
        writer.writerow([guarded(sentence)])
    return out.getvalue()


def _write(folder: Path, name: str, text: str, now: datetime) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("attribution-*.csv"):
        if old.stat().st_mtime < (now - KEPT).timestamp():
            old.unlink(missing_ok=True)
    path = folder / name
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8-sig")
    draft.replace(path)
    return path
