"""Which conversations a model learns from, and which it is tried on. The same every time, whatever else is added."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.contracts.errors import BadInput
from config.locales import t
from knowledge.risk.cases import Case, known_labels

HELD_OUT_OF_TEN = 3
FEWEST_CASES = 80
FEWEST_OF_EACH = 20  # that went wrong, and that went well
FEWEST_HELD_OUT = 6  # of each, in the part that is held out


def divide(cases: Sequence[Case], lang: str = "zh") -> tuple[list[Case], list[Case]]:
    """(to learn from, held out): about 7 to 3, by customer, decided by the customer's name alone.

    A customer that was held out once is held out for every later model, too. Raises BadInput when there is too
    little to learn from or to measure on.
    """
    labels = known_labels(cases)
    right, wrong = labels.count(0), labels.count(1)
    if len(labels) < FEWEST_CASES or min(right, wrong) < FEWEST_OF_EACH:
        counts = {"n": len(labels), "wrong": wrong, "right": right}
        raise BadInput(t("risk.bad.too_few", lang, **counts, least=FEWEST_CASES, each=FEWEST_OF_EACH))
    held_out = [case for case in cases if _is_held_out(case.group)]
    learn = [case for case in cases if not _is_held_out(case.group)]
    for part in (held_out, learn):
        found = known_labels(part)
        if min(found.count(0), found.count(1)) < FEWEST_HELD_OUT:
            groups = len({case.group for case in cases})
            raise BadInput(t("risk.bad.few_customers", lang, groups=groups, each=FEWEST_HELD_OUT))
    return learn, held_out


def _is_held_out(group: str) -> bool:
    return hashlib.sha256(f"risk:{group}".encode()).digest()[0] % 10 < HELD_OUT_OF_TEN
