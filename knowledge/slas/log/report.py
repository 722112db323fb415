"""What `xiaoce sla check` answers with: counts, how long it takes, and every case by its outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from knowledge.slas.log.judging import OUTCOMES, Case, Judged, Outcome, judge, of, quantile, reasons
from knowledge.slas.log.question import Question
from knowledge.slas.log.rows import Seen, read
from knowledge.slas.log.times import at_of

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """One answer."""

    file: str
    question: Question
    judged: Judged
    seen: Seen

    def count(self, outcome: Outcome) -> int:
        """Cases."""
        return sum(1 for _ in of(self.judged.cases, outcome))

    @property
    def unfinished(self) -> int:
        """Late cases that haven't ended."""
        return sum(1 for one in of(self.judged.cases, "late") if one.end is None)

    @property
    def rate(self) -> float | None:
        """On time among those of which it is known; None where there are none."""
        on_time, late = self.count("on_time"), self.count("late")
        return on_time / (on_time + late) if on_time + late else None

    @property
    def seconds(self) -> list[float]:
        """How long cases took that ended, by the clock."""
        ended = (one for one in self.judged.cases if one.outcome in ("on_time", "late"))
        return [(one.end - one.begin) / SECOND for one in ended if one.end is not None and one.begin is not None]

    def warnings(self) -> Iterator[tuple[str, dict[str, object]]]:
        """(key of a sentence, values): what makes the answer doubtful."""
        for which, name, count in (
            ("begin", self.question.begin, self.judged.begins),
            ("end", self.question.end, self.judged.ends),
        ):
            if not count:
                known = [one for one, _ in self.judged.activities.most_common(200) if one]
                near = get_close_matches(name, known, 3, 0.4) or known[:8]
                yield f"no_{which}_activity", {"name": name, "near": "、".join(near)}
        noticed = {
            "without_case": self.judged.without_case,
            "bad_times": self.judged.bad_times,
            "broken": self.seen.broken,
            "other_transitions": self.seen.other_transitions,
        }
        for key, count in noticed.items():
            if count:
                yield key, {"count": f"{count:,}"}
        if len(self.seen.transitions) > 1 and not self.seen.other_transitions and not self.question.lifecycle:
            yield "all_transitions", {"known": "、".join(sorted(self.seen.transitions)[:8])}


def check(path: Path, question: Question, told: Callable[[int], None] = lambda _: None) -> Report:
    """Read a log and judge its cases. Blocking. Raises LogRefused with what to do."""
    seen = Seen()
    return Report(path.name, question, judge(read(path, question, seen, told), question), seen)


def dumps(report: Report, say: Callable[..., str]) -> str:
    """JSON; docs/sla.md describes it. `say`: the sentence under a key below slas.log."""
    question, judged = report.question, report.judged
    within = question.within
    document: dict[str, Any] = {
        "cases": len(judged.cases),
        "on_time": report.count("on_time"),
        "late": report.count("late"),
        "late_not_finished": report.unfinished,
        "open": report.count("open"),
        "unknown": report.count("unknown"),
        "on_time_rate": report.rate,
        "unknown_reasons": reasons(judged.cases),
        "durations": {
            "finished": len(report.seconds),
            "p50_seconds": quantile(report.seconds, 0.5),
            "p95_seconds": quantile(report.seconds, 0.95),
        },
        "question": {
            "from": question.begin,
            "to": question.end,
            "within": within.text if within else None,
            "within_seconds": within.seconds if within else None,
            "counted": within.kind if within else None,
            "deadline_column": question.deadline or None,
            "zone": question.zone.key,
        },
        "log": {
            "file": report.file,
            "rows": report.seen.rows,
            "first": _iso(judged.first, question),
            "until": _iso(judged.until, question),
            "rows_without_case": judged.without_case,
            "rows_unreadable": report.seen.broken,
            "times_unreadable": judged.bad_times,
            "events_of_other_transitions": report.seen.other_transitions,
        },
        "warnings": [say(f"warning.{key}", **values) for key, values in report.warnings()],
        "case_ids": {outcome: [one.id for one in of(judged.cases, outcome)] for outcome in OUTCOMES},
        "details": [_detail(one, report) for one in judged.cases],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _detail(one: Case, report: Report) -> dict[str, Any]:
    question, until = report.question, report.judged.until
    found: dict[str, Any] = {"case": one.id, "outcome": one.outcome}
    if one.reason:
        found["reason"] = one.reason
    for name, micros in (("from", one.begin), ("due", one.due), ("to", one.end)):
        found[name] = _iso(micros, question)
    if one.begin is not None and one.end is not None:
        found["seconds"] = (one.end - one.begin) / SECOND
    if one.outcome == "late" and one.due is not None and until is not None:
        found["over_seconds"] = ((until if one.end is None else one.end) - one.due) / SECOND
        found["finished"] = one.end is not None
    return found


def _iso(micros: int | None, question: Question) -> str | None:
    return None if micros is None else at_of(micros).astimezone(question.zone).isoformat()
