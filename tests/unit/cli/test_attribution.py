"""`xiaoce attribution run` on files as people and programs have them (B4)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from bot.cli import cli
from knowledge.journeys.counts import Counts
from knowledge.journeys.models import attribute
from knowledge.journeys.reading.touch_file import TouchFile

SET = Path(__file__).parents[2] / "fixtures" / "attribution" / "pathdata.csv.gz"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["attribution", "run", *words])
    return result.exit_code, result.stdout + (str(result.exception) if result.exception else "")


def answer(*words: str) -> Any:
    code, output = run(*words, "--json")
    assert code == 0, output
    return json.loads(output)


def credits(document: Any, what: str = "conversions") -> dict[str, float]:
    return {row["channel"]: row[what] for row in document["channels"]}


def write(name: str, text: str, encoding: str = "utf-8") -> str:
    Path(name).write_bytes(text.encode(encoding))
    return name


PATHS = "path,total_conversions,total_conversion_value,total_null\na > b,2,20,1\nb > a > b,1,5,0\nc,0,0,3\n"


def test_the_documented_json() -> None:
    found = answer("--paths", write("p.csv", PATHS), "--model", "markov", "--order", "1")
    assert found["model"] == "markov"
    assert list(found["channels"][0]) >= ["channel", "conversions", "value", "removal_effect"]
    assert set(found["channels"][0]) >= {"conversions", "value", "removal_effect", "removal_effect_value", "interval"}
    assert sum(credits(found).values()) == pytest.approx(3)
    assert sum(credits(found, "value").values()) == pytest.approx(25)
    assert credits(answer("--paths", "p.csv", "--model", "linear", "--draws", "0"), "interval") == dict.fromkeys("abc")
    several = answer("--paths", "p.csv", "--model", "first", "--model", "last", "--remove", "a,b")
    assert [one["model"] for one in several["results"]] == ["first", "last"]
    assert several["removals"][0]["removal_effect"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("total_null;extra;path;total_conversions\n1;x;a > b;2\n0;;b > a > b;1\n3;;c;0\n", "utf-8"),
        ('path,total_conversions,total_null\n" a >  > b > ",2,1\n"b>a>b",1,\n"c",0,3\n', "utf-8-sig"),
        (PATHS.replace(",", "\t"), "utf-16"),
        (PATHS.replace("\n", "\r\n"), "gbk"),
    ],
    ids=["columns", "blanks", "utf-16", "crlf"],
)
def test_files_of_every_shape_say_the_same(text: str, encoding: str) -> None:
    """Any order of columns, more columns, blanks, empty tokens, missing columns, delimiters, encodings."""
    expected = credits(answer("--paths", write("plain.csv", PATHS), "--model", "markov"))
    assert credits(answer("--paths", write("p.csv", text, encoding), "--model", "markov")) == pytest.approx(expected)


def test_channels_in_chinese_quotes_and_gbk() -> None:
    text = 'path,total_conversions\n"展会 > 搜索, 品牌 > ""直播""",1.5\n展会,0.5\n\n > ,2\n'
    found = answer("--paths", write("p.csv", text, "gbk"), "--model", "first")
    assert credits(found) == {"展会": 2, "搜索, 品牌": 0, '"直播"': 0}
    assert "no touch" in " ".join(found["notes"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("path,total_conversions\na,1\nb,-2\n", "line 3"),
        ("path,total_conversions\na,1\nb,two\n", "two"),
        ("path,total_conversions\na,inf\n", "line 2"),
        ("way,total_conversions\na,1\n", "path"),
        ("", "empty"),
    ],
    ids=["negative", "word", "endless", "heading", "nothing"],
)
def test_bad_paths_are_refused_with_place_and_remedy(text: str, says: str) -> None:
    code, output = run("--paths", write("p.csv", text), "--json")
    assert code == 1
    assert says in output


def test_no_rows_and_no_conversions() -> None:
    nothing = answer("--paths", write("p.csv", "path,total_conversions,total_null\n"))
    assert nothing["results"][0]["channels"] == []
    lost = answer("--paths", write("q.csv", "path,total_conversions,total_null\na > b,0,5\n"), "--model", "markov")
    assert credits(lost) == {"a": 0, "b": 0}
    assert credits(lost, "removal_effect") == {"a": None, "b": None}


TOUCHES = """journey_id,time,channel,hours_before
2,2026-03-02 10:00:00,b,24
1,2026-03-01 10:00:00,a,168
1,2026-03-08 10:00:00,b,0
2,2026-03-01 10:00:00,a,48
3,2026-03-01 10:00:00,c,
9,2026-03-01 10:00:00,a,
2,2026-03-03 10:00:00,,0
"""
JOURNEYS = "journey_id,converted,value\n1,1,10\n2,yes,4\n3,0,\n4,true,7\n"


def test_times_as_people_write_them() -> None:
    """Beside times that programs write; what is no time is refused with its line."""
    times = ("2026-11-20 下午3点", "2026-11-20 08:59:00", "2026-11-20 上午9点", "2026年11月20日 上午 9:30")
    text = "journey_id,time,channel\n" + "".join(f"1,{at},{name}\n" for at, name in zip(times, "dabc", strict=True))
    files = ("--touches", write("t.csv", text), "--journeys", write("j.csv", "journey_id,converted\n1,1\n"))
    assert credits(answer(*files, "--model", "first"))["a"] == 1
    assert credits(answer(*files, "--model", "last"))["d"] == 1
    write("t.csv", text.replace("上午9点", "上午九点多"))
    code, output = run(*files, "--json")
    assert code == 1
    assert "line 4" in output
    assert "上午九点多" in output


def test_touches_and_journeys_in_disorder() -> None:
    """Unsorted, a blank channel, a journey without touches, one without outcome: said, and nothing miscounted."""
    files = ("--touches", write("t.csv", TOUCHES), "--journeys", write("j.csv", JOURNEYS))
    found = answer(*files, "--model", "time_decay")
    assert credits(found)["a"] == pytest.approx(1 / 3 + 0.5 ** (48 / 168) / (0.5 ** (48 / 168) + 0.5 ** (24 / 168)))
    assert sum(credits(found, "value").values()) == pytest.approx(14)
    assert found["journeys"] == 4
    notes = " ".join(found["notes"])
    for word in ("1 paths or journeys", "1 conversions", "aren't in the list", "no channel", "sorted"):
        assert word in notes
    assert credits(answer(*files, "--model", "first")) == {"a": 2, "b": 0, "c": 0}
    code, output = run(*files, "--remove", "a")
    assert code == 0
    assert "Without a" in output


def test_parquet_and_csv_agree() -> None:
    """Clustered, in order, whole-number ids: the quick way gives what the thorough one gives, with hours or without."""
    duckdb.sql(
        "SELECT j AS journey_id, p AS position, 'c' || ((j * 7 + p * 3) % 5) AS channel, 24.0 * (4 - p) AS hours_before"
        " FROM range(400) r(j), range(4) s(p) WHERE p <= j % 4 ORDER BY j, p"
    ).write_parquet("t.parquet")
    journeys = duckdb.sql("SELECT j AS journey_id, j % 3 = 0 AS converted, j % 7 AS value FROM range(400) r(j)")
    journeys.write_parquet("j.parquet")
    duckdb.sql("FROM 't.parquet'").write_csv("t.csv")
    duckdb.sql("FROM 't.parquet' ORDER BY hash(channel || position), position DESC").write_parquet("mixed.parquet")
    duckdb.sql("FROM 'j.parquet'").write_csv("j.csv")
    quick = answer("--touches", "t.parquet", "--journeys", "j.parquet")
    for touches, outcomes in (("t.csv", "j.csv"), ("mixed.parquet", "j.parquet"), ("t.parquet", "j.csv")):
        other = answer("--touches", touches, "--journeys", outcomes)
        for one, two in zip(quick["results"], other["results"], strict=True):
            assert credits(two) == pytest.approx(credits(one)), one["model"]
            assert credits(two, "value") == pytest.approx(credits(one, "value"))
    bare = Counts.from_paths(TouchFile(Path("t.parquet"), Path("j.parquet"), hours=False), models=("markov",))
    markov = next(one for one in quick["results"] if one["model"] == "markov")
    assert dict(zip(bare.channels, attribute(bare, "markov").conversions, strict=True)) == pytest.approx(
        credits(markov)
    )


@pytest.mark.parametrize(
    ("touches", "journeys", "says"),
    [
        (TOUCHES, JOURNEYS + "1,0,0\n", "line 6"),
        (TOUCHES, JOURNEYS + "5,maybe,0\n", "maybe"),
        (TOUCHES.replace(",24\n", ",-1\n"), JOURNEYS, "hours"),
        (TOUCHES.replace("2026-03-02 10:00:00", "yesterday"), JOURNEYS, "yesterday"),
        (TOUCHES.replace(",48\n", ",\n"), JOURNEYS, "hours_before"),
        (TOUCHES.replace("\n3,", "\n,"), JOURNEYS, "line 6"),
    ],
    ids=["duplicate", "outcome", "negative_hours", "time", "no_hours", "no_journey"],
)
def test_bad_touches_are_refused(touches: str, journeys: str, says: str) -> None:
    files = ("--touches", write("t.csv", touches), "--journeys", write("j.csv", journeys))
    code, output = run(*files, "--model", "time_decay")
    assert code == 1
    assert says in output


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_US.UTF-8"])
def test_all_models_fit_eighty_columns(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No percentage is broken; every model is there; a name that looks like markup is a name."""
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setattr("bot.cli.attribution_output.console", Console(width=80))
    text = PATHS.replace("a > b,2", "展会扫码（华东·秋季）[/red] > b,2")
    files = ("--touches", write("t.csv", TOUCHES), "--journeys", write("j.csv", JOURNEYS))
    for source, models in ((("--paths", write("p.csv", text)), 9), (files, 10)):
        code, output = run(*source, "--draws", "0")
        assert code == 0, output
        assert max(cell_len(line) for line in output.splitlines() if "%" in line) <= 80
        rows = [line.split() for line in output.splitlines() if line.startswith("b ")]
        assert sum(cell.endswith("%") for row in rows for cell in row) == models
    assert "[/red]" in run("--paths", "p.csv", "--draws", "0")[1]


@pytest.mark.parametrize(("row", "says"), [((None, 1), "journey_id"), ((1, None), "position")], ids=["id", "place"])
def test_numbers_that_are_missing_in_parquet(row: tuple[int | None, int | None], says: str) -> None:
    """NULL in a column of whole numbers is refused with its line: it was read again and again without an end."""
    rows = "SELECT j AS journey_id, p AS position, 'c' AS channel FROM (VALUES (1, 1), (?, ?), (2, 1)) t(j, p)"
    duckdb.sql(rows, params=list(row)).write_parquet("t.parquet")
    duckdb.sql("SELECT 1 AS journey_id, 1 AS converted").write_parquet("j.parquet")
    code, output = run("--touches", "t.parquet", "--journeys", "j.parquet", "--model", "last", "--draws", "0")
    assert code == 1
    assert says in output
    assert "line 3" in output


MAM_SHAPLEY_4, MAM_MARKOV = 7400.127266541074, 8285.482530127574
"""marketing-attribution-models 2.1.1 on the set: run_shapley() and run_markov() of grouped journeys, channel alpha."""


def test_conventions_of_packages() -> None:
    """A user of marketing-attribution-models finds his numbers: Shapley of the last four, Markov by journey."""
    Path("set.csv").write_bytes(gzip.decompress(SET.read_bytes()))
    mam = answer("--paths", "set.csv", "--like", "mam", "--model", "shapley", "--model", "markov", "--draws", "0")
    assert [one["model"] for one in mam["results"]] == ["shapley_rate", "markov"]
    assert credits(mam["results"][0])["alpha"] == pytest.approx(MAM_SHAPLEY_4, rel=1e-9)
    assert credits(mam["results"][1])["alpha"] == pytest.approx(MAM_MARKOV, rel=1e-9)
    by_place = answer("--paths", write("p.csv", PATHS), "--like", "shapley-attribution", "--model", "time_decay")
    assert credits(by_place)["a"] == pytest.approx(2 / 3 + 2 / 7)
    for wrong in (("--like", "mta"), ("--model", "u_shaped"), ("--model", "time_decay"), ("--remove", "zzz")):
        assert run("--paths", "p.csv", *wrong)[0] == 1
    assert run("--paths", "p.csv", "--journeys", "p.csv")[0] == 1
