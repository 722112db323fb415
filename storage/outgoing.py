"""Files on their way to somebody: pictures, workbooks, slides. Kept a week: deliveries are retried."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEPT = timedelta(days=7)


def keep_outgoing(folder: Path, content: bytes, kind: str, now: datetime) -> Path:
    """Below the day's folder, under a name that nobody guesses; days older than a week go. Blocking.

    By days, so that keeping one file looks at a handful of folders however many files were sent.
    """
    today = folder / f"{now.astimezone(UTC):%Y-%m-%d}"
    today.mkdir(parents=True, exist_ok=True)
    last = f"{now.astimezone(UTC) - KEPT:%Y-%m-%d}"
    for old in folder.iterdir():
        if old.is_dir() and old.name < last:
            shutil.rmtree(old, ignore_errors=True)
    path = today / f"{hashlib.sha256(content).hexdigest()[:32]}.{kind}"
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    draft.replace(path)
    return path
