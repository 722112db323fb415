"""Why a plan gets no number: typed, so that whoever answers says it in the asker's language."""

from __future__ import annotations

from bot.contracts.errors import XiaoceError


class NotAnswerable(XiaoceError):
    """This can't be computed; the reason says why and what can be asked instead.

    `reason`, and what `values` hold with it:

    | | |
    |---|---|
    | plan, span | nothing: it isn't one that words can mean; days out of the world |
    | unknown | `metric` |
    | missing | `metric`, `why` (a locale key), `nearest` (a metric, or "") |
    | dimension | `metric` ("" for a list), `dimension`, `can`: dimensions that it can be split by |
    | now | `metric`: a figure of this moment, asked for another time |
    | trend | `metric`: it has no days |
    | rows, columns | `rows`; `column`, `can` |
    | role, whole | `metric`, `roles` that can be asked: for one's own role it isn't, or would be wrong |
    | closed | `dimension`: others' people, customers or regions are named |
    | model | `model`: attribution answers it |
    | many | `most`: it would have more groups |
    | why, what_if | `metric`: a change of it can't be taken apart; the supposition can't be computed exactly |

    Nothing in it comes from rows that the asker may not see.
    """

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values: dict[str, object] = values
