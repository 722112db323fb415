"""With whose rights a command reads: those of the person named by `--as`, else everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.common import say
from bot.contracts.errors import BadInput
from bot.contracts.person import OPERATOR, Person

if TYPE_CHECKING:
    from storage.store import Store

AS_HELP = "Employee number: answered with this person's rights; else everything."


def viewer(store: Store, id_: str) -> Person:
    """Who asks. Raises BadInput when nobody has this number."""
    found = store.people.get(id_) if id_ else OPERATOR
    if found is None:
        raise BadInput(say("questions.cli.nobody", id=id_))
    return found
