"""How Slack says no: HTTP 200, `ok: false` and a word; the words are those of the methods' documentation."""

from __future__ import annotations

from collections.abc import Iterable


class SlackError(Exception):
    """The request was refused. `problems` become `response_metadata.messages`."""

    def __init__(self, error: str, problems: Iterable[object] = (), **fields: object) -> None:
        self.error = error
        self.problems = tuple(str(problem) for problem in problems)
        self.fields = fields  # what else stands in the answer: needed, provided
        super().__init__(f"{error} {'; '.join(self.problems)}".strip())

    def body(self) -> dict[str, object]:
        """The answer, as JSON."""
        answer: dict[str, object] = {"ok": False, "error": self.error, **self.fields}
        if self.problems:
            answer["errors"] = list(self.problems)
            answer["response_metadata"] = {"messages": [f"[ERROR] {problem}" for problem in self.problems]}
        return answer


class RateLimited(Exception):
    """HTTP 429; `retry_after` in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"ratelimited, retry after {retry_after} s")
