"""Reads a folder of playbook files. A file that is wrong is named; the others still load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.fault import BadCard, Fault
from knowledge.playbook.parse import normal, parse_card
from knowledge.playbook.vocabulary import Vocabulary

LARGEST_FILE = 256 * 1024  # bytes
Progress = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True, slots=True)
class FileCard:
    """A card and the text that it was read from."""

    card: PlaybookCard
    text: str


def read_folder(
    folder: Path, vocabulary: Vocabulary, on_progress: Progress | None = None
) -> tuple[list[FileCard], list[Fault]]:
    """All cards under a folder, in the order of their paths. Blocking: call it in a worker thread."""
    paths = sorted(path for path in folder.rglob("*.md") if path.name.lower() != "readme.md")
    if not paths:
        return [], [Fault(folder.name, 1, "no_files")]
    cards: dict[tuple[str, str], tuple[FileCard, str]] = {}
    faults: list[Fault] = []
    for done, path in enumerate(paths, 1):
        source = path.relative_to(folder).as_posix()
        try:
            found = read_file(path, source, vocabulary)
            _keep(cards, found, source)
        except BadCard as error:
            faults += error.faults
        if on_progress:
            on_progress(done, len(paths))
    return [found for found, _ in cards.values()], faults


def read_file(path: Path, source: str, vocabulary: Vocabulary) -> FileCard:
    """One file. Raises BadCard, also for what is wrong with the file itself."""
    text = normal(_decode(_bytes(path, source), source))
    return FileCard(parse_card(text, vocabulary, source), text)


def _keep(cards: dict[tuple[str, str], tuple[FileCard, str]], found: FileCard, source: str) -> None:
    key = (found.card.id, found.card.language)
    if key in cards:
        raise BadCard([Fault(source, 2, "duplicate", "id", {"value": key[0], "other": cards[key][1]})])
    cards[key] = (found, source)


def _bytes(path: Path, source: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadCard([Fault(source, 1, "unreadable", values={"problem": error.strerror or ""})]) from error
    if len(data) > LARGEST_FILE:
        raise BadCard([Fault(source, 1, "too_large", values={"limit": LARGEST_FILE // 1024})])
    return data


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        encoding = next(_plausible(data), "?")
        raise BadCard([Fault(source, line, "not_utf8", values={"encoding": encoding})]) from error


def _plausible(data: bytes) -> Iterator[str]:
    """What the file may be instead: editors on Chinese Windows write GBK, Excel writes UTF-16."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield "UTF-16"
    try:
        data.decode("gb18030")
        yield "GBK"
    except UnicodeDecodeError:
        return
