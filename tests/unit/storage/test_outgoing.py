"""B9, B14: files that are sent lie on the disk for a week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.outgoing import KEPT, keep_outgoing

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_files_stay_a_week_under_names_that_nobody_guesses(tmp_path: Path) -> None:
    """The same content is one file; a delivery that is retried for days still finds it; later it is gone."""
    first, same, other = (keep_outgoing(tmp_path, content, "png", NOW) for content in (b"1", b"1", b"2"))
    assert first == same != other
    assert first.read_bytes() == b"1"
    keep_outgoing(tmp_path, b"3", "png", NOW + KEPT)
    assert first.exists()
    keep_outgoing(tmp_path, b"4", "png", NOW + KEPT + timedelta(days=1))
    assert not first.exists()
