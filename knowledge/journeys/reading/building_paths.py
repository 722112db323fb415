"""Rows of touches to whole journeys: a journey may continue in the next chunk of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.groups import hashed
from knowledge.journeys.paths import UNKNOWN, Milestones, Paths
from knowledge.journeys.reading.again import ReadAgain
from knowledge.journeys.reading.channels import ChannelNames
from knowledge.journeys.reading.found import Found
from knowledge.journeys.reading.outcomes import Outcomes
from knowledge.journeys.reading.rows import Rows, Touches, joined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Floats, Ints

ENOUGH_ROWS = 1 << 18
"""Many small chunks cost more than a few large ones."""
MILESTONES = ("lead", "opportunity", "close")


@dataclass
class PathBuilder:
    """Cuts rows into journeys. Raises ReadAgain when touches aren't clustered by journey and in order."""

    outcomes: Outcomes
    found: Found
    hours_from_time: bool = False
    names: ChannelNames = field(default_factory=ChannelNames)
    waiting: list[Touches] = field(default_factory=list)  # until they are many
    begun: Touches | None = None  # of the last journey, which may go on
    seen: NDArray[np.int32] | None = None  # (J,) -1, or where in its chunk the outcome had touches
    strangers: list[Ints] = field(default_factory=list)  # keys of journeys that aren't listed

    def add(self, rows: Rows) -> Iterator[Paths]:
        """Take a chunk of rows; give the journeys that are whole."""
        self.waiting.append(self._named(rows))
        if sum(len(part.key) for part in self.waiting) >= ENOUGH_ROWS:
            touches, self.waiting = joined(self.waiting), []
            yield from self._whole(touches)

    def _whole(self, touches: Touches) -> Iterator[Paths]:
        """The journey that was begun, as soon as another one follows, and all others but the last one."""
        if self.begun is not None:
            goes_on = _run(touches.key, self.begun.key[0])
            self.begun = joined([self.begun, touches.part(slice(0, goes_on))])
            if goes_on == len(touches.key):
                return
            yield self._paths(self.begun)
            touches = touches.part(slice(goes_on, None))
        last = len(touches.key) - _run(touches.key[::-1], touches.key[-1])
        self.begun = touches.part(slice(last, None))
        if last:
            yield self._paths(touches.part(slice(0, last)))

    def finish(self) -> Iterator[Paths]:
        """Give what is left, and count what had no touches."""
        import numpy as np

        if any(len(part.key) for part in self.waiting):
            yield from self._whole(joined(self.waiting))
        if self.begun is not None:
            yield self._paths(self.begun)
        if self.strangers:
            strangers = np.sort(np.concatenate(self.strangers))
            if (strangers[1:] == strangers[:-1]).any():
                raise ReadAgain
            self.found.unlisted = len(strangers)
        seen = self._seen() >= 0
        self.found.empty = int((~seen).sum())
        self.found.lost_conversions = float(self.outcomes.conversions[~seen].sum())

    def _seen(self) -> NDArray[np.int32]:
        import numpy as np

        if self.seen is None:
            self.seen = np.full(len(self.outcomes.keys), -1, dtype=np.int32)
        return self.seen

    def _named(self, rows: Rows) -> Touches:
        import numpy as np

        self.found.rows += len(rows.key)
        token = self.names.number(rows.channel)
        mark = None if rows.milestone is None else _marks(rows.milestone)
        touches = Touches(rows.key, token, rows.order, rows.hours, mark)
        named = token >= 0
        if named.all():
            return touches
        self.found.blank += int(np.sum(~named))
        return touches.part(named)

    def _paths(self, touches: Touches) -> Paths:
        import numpy as np

        begins = np.empty(len(touches.key), dtype=bool)
        begins[0] = True
        np.not_equal(touches.key[1:], touches.key[:-1], out=begins[1:])
        if touches.order is not None and not (begins[1:] | (touches.order[1:] >= touches.order[:-1])).all():
            raise ReadAgain
        heads = np.flatnonzero(begins)
        starts = np.append(heads, len(touches.key))
        keys = touches.key[heads]
        won, value = self._ends(keys)
        return Paths(
            self.names.names,
            touches.token,
            starts,
            won,
            value,
            np.where(won > 0, 0.0, 1.0),
            self._hours(touches, starts, won),
            None if touches.mark is None else _milestones(touches.mark, starts),
            hashed(keys.view(np.uint64)),
        )

    def _ends(self, keys: Ints) -> tuple[Floats, Floats]:
        import numpy as np

        rows = self.outcomes.following(keys)
        if rows is None:
            won, value = self._looked_up(keys)
        else:
            self._seen()[rows] = 0
            won, value = self.outcomes.conversions[rows], self.outcomes.value[rows]
        self.found.unconverted_value += float(value[won == 0].sum())
        return won, np.where(won > 0, value, 0.0)

    def _looked_up(self, keys: Ints) -> tuple[Floats, Floats]:
        import numpy as np

        place = self.outcomes.places(keys)
        listed = place >= 0
        self._see(place[listed])
        if not listed.all():
            self.strangers.append(keys[~listed])
        ends = (self.outcomes.conversions, self.outcomes.value)
        won, value = (np.where(listed, column[place], 0.0) if len(column) else np.zeros(len(keys)) for column in ends)
        return won, value

    def _see(self, places: Ints) -> None:
        """Note which outcomes had touches. Raises ReadAgain when a journey that had ended goes on, here or before."""
        import numpy as np

        seen, order = self._seen(), np.arange(len(places), dtype=np.int32)
        if (seen[places] >= 0).any():
            raise ReadAgain
        seen[places] = order  # of a place that comes twice the last one stays
        if (seen[places] != order).any():
            raise ReadAgain

    def _hours(self, touches: Touches, starts: Ints, won: Floats) -> Floats | None:
        """Raises BadInput where a touch of a converting journey has none: time decay would be a guess."""
        import numpy as np

        if touches.hours is None:
            return None
        if self.hours_from_time:  # the last touch stands for the conversion, unless hours are given
            lengths = starts[1:] - starts[:-1]
            return touches.hours - np.repeat(touches.hours[starts[1:] - 1], lengths)
        unknown = np.isnan(touches.hours)
        if unknown.any() and (np.repeat(won, starts[1:] - starts[:-1])[unknown] > 0).any():
            raise BadInput(t("attribution_engine.hours_missing", operator_language()))
        return touches.hours


def _run(keys: Ints, key: int) -> int:
    """How many of the first keys are this one."""
    import numpy as np

    step = 1024  # most journeys are short: look at a few keys before all
    while step < len(keys) and (keys[:step] == key).all():
        step *= 2
    other = np.flatnonzero(keys[:step] != key)
    return int(other[0]) if len(other) else len(keys)


def _marks(column: Any) -> NDArray[np.int8]:
    import numpy as np

    encoded = column.dictionary_encode()
    names = [*encoded.dictionary.to_pylist(), None]
    table = np.array([MILESTONES.index(name) if name in MILESTONES else -1 for name in names], dtype=np.int8)
    return np.asarray(table[encoded.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)])


def _milestones(mark: NDArray[np.int8], starts: Ints) -> Milestones:
    """Place of the first touch that carries each milestone."""
    import numpy as np

    lengths = starts[1:] - starts[:-1]
    place = np.arange(len(mark)) - np.repeat(starts[:-1], lengths)
    firsts = []
    for kind in range(len(MILESTONES)):
        first = np.minimum.reduceat(np.where(mark == kind, place, len(mark)), starts[:-1])
        firsts.append(np.where(first == len(mark), UNKNOWN, first))
    return Milestones(*firsts)
