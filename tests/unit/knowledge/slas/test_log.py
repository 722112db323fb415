"""C9 on history: `xiaoce sla check` gives late, on time, open and unknown cases exactly, whatever wrote the log."""

from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli import cli
from knowledge.slas.calendar import Calendar
from knowledge.slas.log.judging import judge, quantile
from knowledge.slas.log.question import LogRefused, Question
from knowledge.slas.log.report import Report, check
from knowledge.slas.spans import parse_span

ZONE = ZoneInfo("Asia/Shanghai")
TABLE = {"case": "case", "time": "at", "activity": "act"}


def question(within: str = "1h", **more: object) -> Question:
    calendar = Calendar(ZONE, ((540, 1080),), True)
    span = parse_span(within) if within else None
    return Question("A", "B", calendar, span, **{**TABLE, **more})  # type: ignore[arg-type]


def log(path: Path, *rows: str, header: str = "case,act,at", encoding: str = "utf-8") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    return path


def outcomes(report: Report) -> dict[str, str]:
    return {one.id: one.reason or one.outcome for one in report.judged.cases}


def test_every_outcome_by_its_definition(tmp_path: Path) -> None:
    """C9: the first beginning, the first end at or after it, the end of the log; rows in any order, some twice."""
    path = log(
        tmp_path / "log.csv",
        "late,B,2026-01-05 11:00:01",
        "on_time,A,2026-01-05 10:00:00",
        "on_time,A,2026-01-05 10:30:00",
        "on_time,B,2026-01-05 11:00:00",
        "on_time,B,2026-01-05 11:00:00",
        "late,A,2026-01-05 10:00:00",
        "unfinished,A,2026-01-05 10:00:00",
        "only_before,A,2026-01-05 11:20:00",
        "only_before,B,2026-01-05 09:00:00.5",
        "again,B,2026-01-05 09:59:00",
        "again,A,2026-01-05 10:00:00",
        "again,B,2026-01-05 10:00:00",
        "before,A,2026-01-05 10:00:00",
        "before,B,2026-01-05 09:59:59",
        "no_begin,B,2026-01-05 10:00:00",
        "bad_begin,A,soon",
        "bad_begin,B,2026-01-05 10:00:00",
        "bad_end,A,2026-01-05 10:00:00",
        "bad_end,B,2026-02-30 10:00:00",
        "bad_but_sure,A,2026-01-05 10:00:00",
        "bad_but_sure,B,?",
        "bad_but_sure,B,2026-01-05 10:10:00",
        "other,X,2026-01-05 12:00:00",
        ",A,2026-01-05 10:00:00",
    )
    found = check(path, question())
    assert outcomes(found) == {
        "late": "late",
        "on_time": "on_time",
        "unfinished": "late",
        "only_before": "end_before_begin",
        "again": "on_time",
        "before": "end_before_begin",
        "no_begin": "no_begin",
        "bad_begin": "bad_begin",
        "bad_end": "bad_end",
        "bad_but_sure": "on_time",
        "other": "no_begin",
    }
    assert (found.unfinished, found.judged.without_case, found.judged.bad_times) == (1, 1, 3)
    assert found.rate == pytest.approx(3 / 5)


def test_open_until_the_end_of_the_log_or_another_moment(tmp_path: Path) -> None:
    """C9: not due when the log ends is open; due in that very moment, too; a second later it is late."""
    rows = ["1,A,2026-01-05 10:00:00", "2,A,2026-01-05 10:00:01", "3,X,2026-01-05 11:00:00"]
    path = log(tmp_path / "log.csv", *rows)
    assert outcomes(check(path, question())) == {"1": "open", "2": "open", "3": "no_begin"}
    later = question(until=datetime(2026, 1, 5, 11, 0, 1, tzinfo=ZONE))
    assert outcomes(check(path, later)) == {"1": "late", "2": "open", "3": "no_begin"}


def test_the_cases_own_due_time(tmp_path: Path) -> None:
    """C9: a column goes before the span; a day alone lasts until its end; what can't be read is unknown."""
    path = log(
        tmp_path / "log.csv",
        "1,A,2026-01-05 10:00:00,2026-01-06",
        "1,B,2026-01-06 23:59:59,",
        "2,A,2026-01-05 10:00:00,",
        "2,B,2026-01-06 00:00:00,2026-01-05 12:00",
        "3,A,2026-01-05 10:00:00,",
        "3,B,2026-01-05 10:30:00,",
        "4,A,2026-01-05 10:00:00,whenever",
        header="case,act,at,due",
    )
    assert outcomes(check(path, question("", deadline="due"))) == {
        "1": "on_time",
        "2": "late",
        "3": "no_due",
        "4": "bad_due",
    }
    assert outcomes(check(path, question("1h", deadline="due")))["3"] == "on_time"


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-01-05T10:00:00+08:00", "2026-01-05T03:00:00Z", "on_time"),
        ("2026-01-05T10:00:00+08:00", "2026-01-05T03:00:00.000001Z", "late"),
        ("05.01.2026 10:00:00", "13.01.2026 10:00", "late"),
        ("1/5/2026 10:00 AM", "1/13/2026 9:00 AM", "late"),
        ("2026/1/5 9:59", "2026/1/5 10:59", "on_time"),
        ("2026年1月5日 上午9点", "2026年1月5日 上午10点", "on_time"),
        ("1767578400", "1767582000", "on_time"),
        ("1/5/2026 10:00", "2/6/2026 10:00", "bad_begin"),  # a day or a month: nothing tells
    ],
)
def test_times_as_logs_write_them(tmp_path: Path, begin: str, end: str, expected: str) -> None:
    """C9: zones, fractions, day first or month first by the other rows, Chinese, seconds since 1970."""
    path = log(tmp_path / "log.csv", f'1,A,"{begin}"', f'1,B,"{end}"')
    assert outcomes(check(path, question()))["1"] == expected


@pytest.mark.parametrize(
    ("within", "expected"),
    [("3 working days", "on_time"), ("2 working days", "late"), ("9 working hours", "late"), ("5d", "on_time")],
)
def test_working_time(tmp_path: Path, within: str, expected: str) -> None:
    """C9: from Friday 10:00 to Wednesday 10:00 are three working days, and three times nine working hours."""
    path = log(tmp_path / "log.csv", "1,A,2026-03-06 10:00", "1,B,2026-03-11 10:00")
    assert outcomes(check(path, question(within)))["1"] == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_encoding_and_separator(tmp_path: Path, encoding: str, mark: str) -> None:
    """C9: as other systems save it; packed or not."""
    rows = ["案例一,A,2026-01-05 10:00:00", "案例一,B,2026-01-05 10:30:00"]
    path = log(tmp_path / "log.csv", *(row.replace(",", mark) for row in rows), header=mark.join(("case", "act", "at")))
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert outcomes(check(path, question())) == {"案例一": "on_time"}
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert outcomes(check(packed, question())) == {"案例一": "on_time"}


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
 <global scope="event"><string key="concept:name" value="A"/></global>
 <trace>
  <string key="concept:name" value="1"/>
  <date key="deadline" value="2026-01-05T12:00:00+08:00"/>
  <event><string key="concept:name" value="A"/><string key="lifecycle:transition" value="start"/>
   <date key="time:timestamp" value="2026-01-05T08:00:00+08:00"/></event>
  <event><string key="concept:name" value="A"><string key="concept:name" value="B"/></string>
   <string key="lifecycle:transition" value="COMPLETE"/>
   <date key="time:timestamp" value="2026-01-05T10:00:00+08:00"/></event>
  <event><string key="concept:name" value="B"/><date key="time:timestamp" value="2026-01-05T10:59:00+08:00"/></event>
 </trace>
 <trace><event><string key="concept:name" value="A"/>
   <date key="time:timestamp" value="2026-01-05T10:00:00+08:00"/></event>
  <string key="concept:name" value="2"/></trace>
 <trace><string key="concept:name" value="3"/></trace>
</log>
"""


def test_xes(tmp_path: Path) -> None:
    """C9: attributes of traces and events, nested ones left out, complete events by default, empty traces; packed."""
    (tmp_path / "log.xes").write_text(XES, encoding="utf-8")
    (tmp_path / "log.xes.gz").write_bytes(gzip.compress(XES.encode()))
    names = {"case": "case:concept:name", "time": "time:timestamp", "activity": "concept:name"}
    for name in ("log.xes", "log.xes.gz"):
        found = check(tmp_path / name, question(**names))
        assert outcomes(found) == {"1": "on_time", "2": "open", "3": "no_begin"}
        assert found.seen.other_transitions == 1
    assert outcomes(check(tmp_path / "log.xes", question(lifecycle="all", **names)))["1"] == "late"
    due = check(tmp_path / "log.xes", question("", deadline="deadline", **names))
    assert outcomes(due) == {"1": "on_time", "2": "no_due", "3": "no_begin"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "b">]><log>&a;</log>', "entities"),
        (XES[:600], "bad_xml"),
        ("<log></log>", "no_cases"),
    ],
)
def test_xml_that_isnt_read(tmp_path: Path, text: str, problem: str) -> None:
    """C9: entities, files that were cut off, and logs without anything in them are refused with what to do."""
    (tmp_path / "log.xes").write_text(text, encoding="utf-8")
    with pytest.raises(LogRefused) as refused:
        check(tmp_path / "log.xes", question(case="case:concept:name", time="time:timestamp", activity="concept:name"))
    assert refused.value.problem == problem
    assert refused.value.sentence("en") != refused.value.sentence("zh")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("12"), st.sampled_from("ABX"), st.integers(0, 200)), min_size=1, max_size=14))
def test_as_the_definition_says_in_so_many_words(events: list[tuple[str, str, int]]) -> None:
    """C9: the same as a naive reading of the definitions, for any log."""
    base = datetime(2026, 1, 5, tzinfo=UTC)
    shuffled = random.Random(len(events)).sample(events, len(events))
    rows = [(case, act, (base + timedelta(minutes=at)).isoformat(), "") for case, act, at in shuffled]
    newest = max(at for _, _, at in events)
    found = judge(rows, question("1h"))
    for one in found.cases:
        begins = [at for case, act, at in events if case == one.id and act == "A"]
        ends = [at for case, act, at in events if case == one.id and act == "B"]
        after = min((end for end in ends if begins and end >= min(begins)), default=None)
        if not begins:
            expected = "no_begin"
        elif after is not None:
            expected = "on_time" if after - min(begins) <= 60 else "late"
        elif ends:
            expected = "end_before_begin"
        else:
            expected = "late" if newest > min(begins) + 60 else "open"
        assert (one.reason or one.outcome) == expected


def test_the_command_in_both_forms(tmp_path: Path) -> None:
    """C9: JSON with every case; in words, what is late first, and what is doubtful; a misspelt activity is named."""
    path = log(tmp_path / "log.csv", "1,A,2026-01-05 10:00", "1,B,2026-01-05 12:30", "2,A,2026-01-05 12:00", "3,B,x")
    base = ["sla", "check", "--log", str(path), "--case", "case", "--time", "at", "--activity", "act", "--from", "A"]
    result = CliRunner().invoke(cli, [*base, "--to", "B", "--within", "2h", "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert {name: said[name] for name in ("cases", "on_time", "late", "late_not_finished", "open", "unknown")} == {
        "cases": 3,
        "on_time": 0,
        "late": 1,
        "late_not_finished": 0,
        "open": 1,
        "unknown": 1,
    }
    assert said["case_ids"] == {"on_time": [], "late": ["1"], "open": ["2"], "unknown": ["3"]}
    assert said["details"][0] == {
        "case": "1",
        "outcome": "late",
        "from": "2026-01-05T10:00:00+08:00",
        "due": "2026-01-05T12:00:00+08:00",
        "to": "2026-01-05T12:30:00+08:00",
        "seconds": 9000.0,
        "over_seconds": 1800.0,
        "finished": True,
    }
    words = CliRunner().invoke(cli, [*base, "--to", "BB", "--within", "2h"])
    assert "没有活动「BB」" in words.output
    assert "也许是：B" in words.output
    for wrong in (["--within", "soon"], ["--within", "2h", "--zone", "Mars"], [], ["--deadline-column", "duu"]):
        refused = CliRunner().invoke(cli, [*base, "--to", "B", *wrong])
        assert isinstance(refused.exception, LogRefused), wrong


def test_quantiles_are_those_of_spreadsheets() -> None:
    """C9: between the two nearest values; nothing of nothing."""
    assert quantile([], 0.5) is None
    assert quantile([5.0], 0.95) == 5.0
    assert quantile([4, 1, 3, 2], 0.5) == 2.5
    assert quantile(range(101), 0.95) == 95.0
