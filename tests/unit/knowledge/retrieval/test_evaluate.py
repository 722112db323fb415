"""`evaluate`: its figures, its output file, and what it says of bad input."""

import json
from pathlib import Path

import pytest

from knowledge.retrieval.embedder import Embedder
from knowledge.retrieval.errors import BadEvaluationFileError
from knowledge.retrieval.evaluate import evaluate

PASSAGES = [
    {"id": "p1", "text": "报价超出预算，客户嫌价格太贵"},
    {"id": "p2", "text": "交货期要多久，能不能加急发货"},
    {"id": "p3", "text": "机器坏了售后多久上门维修", "group": "service"},
    {"id": "p4", "text": "质保期内配件免费更换", "group": "service"},
]
QUERIES = [
    {"qid": "q1", "question": "太贵了", "gold": ["p1"], "kind": "direct"},
    {"qid": "q2", "question": "how fast can you deliver", "gold": ["p2"]},
    {"qid": "q3", "question": "配件要钱吗", "gold": ["service"]},
    {"qid": "q4", "question": "明天下雨吗", "gold": []},
]


def _write(file: Path, rows: list[dict[str, object]]) -> Path:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


async def test_report_and_output(tmp_path: Path, use: Embedder) -> None:
    out = tmp_path / "ranked.jsonl"
    report = await evaluate(
        _write(tmp_path / "p.jsonl", PASSAGES), _write(tmp_path / "q.jsonl", QUERIES), out, embedder=use
    )
    assert (report.passages, report.answerable, report.unanswerable) == (4, 3, 1)
    assert [row.method for row in report.rows] == ["keyword", "dense", "fused"]
    keyword, _, fused = report.rows
    # No word of the English question is in the passages, so keywords can't find it.
    assert keyword.hit_at_10 == pytest.approx(2 / 3)
    assert keyword.mrr_at_10 == pytest.approx(2 / 3)
    assert (fused.hit_at_1, fused.hit_at_5, fused.mrr_at_10) == (1, 1, 1)
    assert (report.answered, report.refused) == (1, 1)
    ranked = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["qid"] for row in ranked] == ["q1", "q2", "q3", "q4"]
    assert [row["ranked"][0] for row in ranked[:3]] == ["p1", "p2", "service"]
    assert len(set(ranked[0]["ranked"])) == len(ranked[0]["ranked"]) == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{not json", "line 2"),
        ('{"id": "p2"}', "line 2: text"),
        ('{"id": 2.5, "text": "x"}', "line 2: id"),
        ('{"id": "p1", "text": "x"}', "line 2: the id 'p1' is already on line 1"),
        ("[]", "line 2"),
    ],
)
async def test_bad_passages(line: str, says: str, tmp_path: Path, use: Embedder) -> None:
    passages = _write(tmp_path / "p.jsonl", PASSAGES[:1])
    passages.write_text(passages.read_text(encoding="utf-8") + line, encoding="utf-8")
    with pytest.raises(BadEvaluationFileError) as caught:
        await evaluate(passages, _write(tmp_path / "q.jsonl", QUERIES[:1]), embedder=use)
    assert str(passages) in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"qid": "q", "question": "x", "gold": ["nowhere"]}, "line 1: no passage has the id 'nowhere'"),
        ({"qid": "q", "question": "x", "gold": "p1"}, "line 1: gold"),
        ({"qid": "", "question": "x", "gold": []}, "line 1: qid"),
    ],
)
async def test_bad_queries(row: dict[str, object], says: str, tmp_path: Path, use: Embedder) -> None:
    with pytest.raises(BadEvaluationFileError, match=says):
        await evaluate(_write(tmp_path / "p.jsonl", PASSAGES), _write(tmp_path / "q.jsonl", [row]), embedder=use)


async def test_files_that_hold_nothing(tmp_path: Path, use: Embedder) -> None:
    good, empty = _write(tmp_path / "p.jsonl", PASSAGES), _write(tmp_path / "e.jsonl", [])
    with pytest.raises(BadEvaluationFileError, match="no passage"):
        await evaluate(empty, good, embedder=use)
    with pytest.raises(BadEvaluationFileError, match="no query"):
        await evaluate(good, empty, embedder=use)
    with pytest.raises(BadEvaluationFileError, match="can't be read"):
        await evaluate(good, tmp_path / "missing.jsonl", embedder=use)
    (tmp_path / "latin.jsonl").write_bytes("é".encode("latin-1"))
    with pytest.raises(BadEvaluationFileError, match="not UTF-8"):
        await evaluate(tmp_path / "latin.jsonl", good, embedder=use)
