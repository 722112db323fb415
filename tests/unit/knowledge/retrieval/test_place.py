"""Two processes never open one folder, and a folder that is free is used again."""

import subprocess
import sys
from pathlib import Path

from knowledge.retrieval.place import Place

ROOT = Path(__file__).parents[4]
HOLD = """
import sys
from pathlib import Path
from knowledge.retrieval.place import Place
place = Place(Path(sys.argv[1]))
print(place.folder.name, flush=True)
sys.stdin.read()
"""


def _holder(wanted: Path) -> tuple[subprocess.Popen[bytes], str]:
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(wanted)], cwd=ROOT, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    return process, process.stdout.readline().decode().strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_every_process_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    """Killed processes leave theirs to the next one."""
    wanted = tmp_path / "vectors"
    first, name = _holder(wanted)
    second, other = _holder(wanted)
    mine = Place(wanted)
    try:
        assert (name, other, mine.folder.name) == ("vectors", "vectors-2", "vectors-3")
        _end(first)
        third, again = _holder(wanted)
        _end(third)
        assert again == "vectors"
    finally:
        mine.release()
        _end(first)
        _end(second)


def test_a_deleted_folder_is_still_held(tmp_path: Path) -> None:
    """The lock stands beside the folder, which is a cache that may go at any time."""
    wanted = tmp_path / "vectors"
    mine = Place(wanted)
    mine.folder.mkdir()
    mine.folder.rmdir()
    other, name = _holder(wanted)
    _end(other)
    mine.release()
    assert name == "vectors-2"
    assert not mine.is_held


def test_nothing_is_held_before_it_is_needed(tmp_path: Path) -> None:
    assert not Place(tmp_path / "vectors").is_held
    assert list(tmp_path.iterdir()) == []
