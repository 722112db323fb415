"""What was asked of the model and what it cost, for whoever keeps figures."""

from __future__ import annotations

from typing import Protocol


class Tally(Protocol):
    """Counts. Called in the event loop, so it must not block."""

    def model_called(self, model: str, result: str, *, seconds: float, asked: int, written: int) -> None:
        """One call ended. `result`: ok, cancelled, or the kind of trouble; `asked`, `written`: tokens of the prompt and
        of the answer, as the endpoint counts them or as we estimate; 0 for calls that cost nothing."""
        ...

    def model_judged(self, model: str, *, used: bool) -> None:
        """What it said was used, or withheld: a refusal, ungrounded, not the JSON that was asked for."""
        ...
