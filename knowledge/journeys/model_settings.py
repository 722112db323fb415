"""What can be chosen about the models; everything that changes the statistics which are kept."""

from __future__ import annotations

from dataclasses import dataclass

WEEK_HOURS = 168.0
DIRECT = ("direct", "(direct)", "direct traffic", "直接访问", "直接", "直接流量", "直接输入")
"""Names of the channel that is no channel: somebody came by himself. Compared without case."""


@dataclass(frozen=True)
class ModelSettings:
    """Choices of a run. Counts are collected for one of these and answer for that one only."""

    half_life_hours: float = WEEK_HOURS  # time decay: after so many hours a touch counts half
    direct: tuple[str, ...] = DIRECT
    order: int = 1  # Markov: how many touches make a state
    self_loops: bool = False  # Markov: keep steps from a state to itself
    null: bool = True  # Markov: journeys that didn't convert are walks that end in null
    rate_size: int = 0  # conversion-rate Shapley: only the last so many distinct channels; 0: all
    groups: int = 0  # of the bootstrap; 0: chosen by the number of channels, see groups.py

    def is_direct(self, channel: str) -> bool:
        """Whether a channel stands for direct traffic."""
        return channel.strip().casefold() in {name.casefold() for name in self.direct}
