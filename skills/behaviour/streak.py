"""When help is offered: important prompts ignored in a row, once for each row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from knowledge.signals.kind import Kind
from storage.repositories.prompts import LOOKED_BACK

if TYPE_CHECKING:
    from storage.repositories.diagnoses import Diagnosis
    from storage.repositories.prompts import Prompt


def streak_of(row: Sequence[Prompt], last: Diagnosis | None) -> list[Prompt]:
    """The prompts that count, the oldest first. `row`: ignored since the last one that was answered, the latest first.

    Whatever the person did about the last diagnosis was an action, too: what came before it doesn't count any more.
    """
    since = last.responded_at if last else None
    return [prompt for prompt in reversed(row) if since is None or prompt.decided_at > since]


def is_due(streak: Sequence[Prompt], last: Diagnosis | None, needed: int) -> bool:
    """Long enough, and not talked about yet: a row that goes on is the same row."""
    if len(streak) < needed:
        return False
    if last is None or last.responded_at is not None:
        return True
    known = {prompt.id for prompt in streak} & set(last.prompt_ids)
    return not known and len(streak) < LOOKED_BACK  # of a longer one the beginning isn't seen


def ability_of(prompts: Sequence[Prompt], kinds: Mapping[str, Kind]) -> str:
    """The family that most of the prompts belong to; of equals the latest one's."""
    families = [kinds[prompt.kind].family for prompt in reversed(prompts) if prompt.kind in kinds]
    return Counter(families).most_common(1)[0][0] if families else ""
