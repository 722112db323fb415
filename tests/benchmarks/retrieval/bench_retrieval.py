"""How long a search takes, at 1,000 passages with the real model and at 100,000 with generated vectors.

    python -m tests.benchmarks.retrieval.bench_retrieval [--large 100000]

Prints Markdown tables. Sentences are generated from a small vocabulary, so keyword lists are long: a hard case.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.retrieval.blas import use_one_thread
from knowledge.retrieval.embedder import Matrix, make_embedder
from knowledge.retrieval.indexing import build_index, build_snapshot, pieces_by_key
from knowledge.retrieval.library import Library
from knowledge.retrieval.off_topic import OffTopicBank, off_topic_sentences
from knowledge.retrieval.passage import Passage
from knowledge.retrieval.ranking import Index, best_first, rank

DIMENSIONS = 512
QUERIES = 200
WHO = ["客户", "老板", "采购", "车间主任", "财务", "设备科", "王总", "对方"]
DOES = ["说", "问", "担心", "坚持", "觉得", "抱怨", "打听", "怀疑"]
WHAT = ["价格太贵", "交期太长", "售后跟不上", "功率不够", "付款条件太严", "品牌没听过", "精度不稳定", "折弯有压痕"]
WHY = ["恒力达更便宜", "预算已经用完", "去年吃过亏", "年底要投产", "领导还没批", "厂房放不下", "订单不确定", "要看样品"]


def sentences(count: int, seed: int) -> list[str]:
    """Different sentences such as a rep might type."""
    chance = random.Random(seed)
    parts = (WHO, DOES, WHAT, WHY)
    return [f"{'，'.join(chance.choice(part) for part in parts)} {chance.randrange(100_000)}" for _ in range(count)]


def passages_of(texts: Sequence[str]) -> list[Passage]:
    """Ten passages for each group."""
    return [Passage(str(n), text, f"card-{n // 10}", {"owner": str(n % 7)}) for n, text in enumerate(texts)]


def percentiles(label: str, size: int, seconds: Sequence[float]) -> str:
    """One row of the table."""
    p50, p95, p99 = (float(np.percentile(seconds, q)) * 1000 for q in (50, 95, 99))
    return f"| {label} | {size:,} | {p50:.1f} | {p95:.1f} | {p99:.1f} |\n"


def timed(action: Callable[[int], object]) -> list[float]:
    """Seconds of each of the queries."""
    taken = []
    for number in range(QUERIES):
        started = time.perf_counter()
        action(number)
        taken.append(time.perf_counter() - started)
    return taken


async def timed_async(action: Callable[[int], Awaitable[object]]) -> list[float]:
    """As `timed`."""
    taken = []
    for number in range(QUERIES):
        started = time.perf_counter()
        await action(number)
        taken.append(time.perf_counter() - started)
    return taken


def units(count: int, seed: int) -> Matrix:
    """Random unit vectors."""
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


async def with_model(name: str, size: int) -> str:
    """Whole searches through a collection: folding, embedding, both indexes, fusion, threads."""
    queries = sentences(QUERIES, seed=2)
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder), make_embedder(name))
        collection = library.collection("bench")
        started = time.perf_counter()
        await collection.sync(passages_of(sentences(size, seed=1)))
        built = time.perf_counter() - started
        await library.warm_up()
        taken = await timed_async(lambda n: collection.search(queries[n]))
        again = time.perf_counter()
        await collection.sync(passages_of(sentences(size, seed=1))[1:])
        resynced = time.perf_counter() - again
        await library.close()
    sys.stderr.write(f"{name}: first sync of {size} {built:.1f} s, next one {resynced:.1f} s\n")
    return percentiles(f"whole search, {name}, embedding included", size, taken)


def generated(size: int) -> Index:
    """An index over generated vectors."""
    passages = passages_of(sentences(size, seed=3))
    started = time.perf_counter()
    keys = list(pieces_by_key(passages))
    vectors = dict(zip(keys, units(len(keys), seed=4), strict=True))
    bank = OffTopicBank(units(len(off_topic_sentences()), seed=5))
    index = build_index(build_snapshot(passages, vectors, bank), units(200, seed=6))
    sys.stderr.write(f"generated: index of {size} built in {time.perf_counter() - started:.1f} s\n")
    return index


def with_generated(size: int) -> str:
    """Each part of a search on its own, without embedding."""
    index, queries, vectors = generated(size), sentences(QUERIES, seed=7), units(QUERIES, seed=8)
    snapshot = index.snapshot
    assert snapshot.vectors is not None
    dense = snapshot.vectors.index
    rows = [
        ("keyword", timed(lambda n: best_first(snapshot.scores(queries[n], None).keyword, 10))),
        ("dense, exact", timed(lambda n: best_first(dense.scores(vectors[n]), 10))),
        ("fused", timed(lambda n: rank(index, queries[n], vectors[n], 10, None))),
        (
            "fused, with a permission filter",
            timed(lambda n: rank(index, queries[n], vectors[n], 10, lambda p: p.facets["owner"] != "3")),
        ),
    ]
    return "".join(percentiles(label, size, taken) for label, taken in rows)


async def main(large: int) -> None:
    """Print the table."""
    use_one_thread()
    sys.stdout.write("| Retrieval | passages | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|\n")
    for name in ("use", "e5"):
        sys.stdout.write(await with_model(name, 1000))
    for size in (1000, large):
        sys.stdout.write(with_generated(size))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--large", type=int, default=100_000)
    asyncio.run(main(arguments.parse_args().large))
