"""Vectors in a Chroma server that several processes share.

The server is no more than a common purse of vectors that were paid for: every process answers from its own memory and
its own warm copy, so that nobody notices when the server is away.
"""

import hashlib
import socket
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.errors import StoreAwayError
from knowledge.retrieval.vector_store import attempt, batches, open_collection, read_vectors, write_vectors

T = TypeVar("T")
PATIENCE_SECONDS = 10.0
"""For one call; without it the client would wait for ever."""


class ServerStore:
    """The vectors of one collection and one embedder. Blocking; every method raises `StoreAwayError`."""

    def __init__(self, url: str, collection: str, embedder: str) -> None:
        self._url = url
        # Models and collections share the server, so both are in the name.
        self._name = f"xiaoce-{collection}-{hashlib.sha256(embedder.encode()).hexdigest()[:16]}"
        self._client: Any = None

    def read(self, keys: Sequence[str]) -> dict[str, Matrix]:
        """The vectors that are there, of those asked for."""
        return self._guarded(lambda: read_vectors(self._collection(), keys))

    def write(self, keys: Sequence[str], vectors: Matrix) -> None:
        """Store vectors; writing one twice does no harm."""
        self._guarded(lambda: write_vectors(self._collection(), keys, vectors))

    def tidy(self, needed: set[str], former: set[str]) -> None:
        """Forget what this process's own last generation had and needs no more.

        What is unknown here may be the next generation of a process that was quicker.
        """
        self._guarded(lambda: self._forget(sorted(former - needed)))

    def appearance(self) -> str:
        """Which store this is; what is in it can't be seen from outside."""
        return f"{self._url} {self._name}"

    def wipe(self) -> None:
        """Nothing: it isn't ours alone."""

    def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            for session in _sessions(client):
                attempt(session.close)  # its own `close` forgets its sockets
            attempt(client.close)

    def _forget(self, keys: list[str]) -> None:
        for batch in batches(keys):
            self._collection().delete(ids=batch)

    def _collection(self) -> Any:
        if self._client is None:
            self._client = _open_client(self._url)
        return open_collection(self._client, self._name)

    def _guarded(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except Exception as error:  # whatever a network or a server can come up with
            self.close()
            raise StoreAwayError(f"The vector server {self._url} can't be used: {error}") from error


def _open_client(url: str) -> Any:
    """The one place that makes a client of a server; silent towards its makers."""
    address = urlsplit(url)
    secure = address.scheme == "https"
    host, port = address.hostname or "", address.port or (443 if secure else 80)
    socket.create_connection((host, port), PATIENCE_SECONDS).close()  # the client's own first calls have no time limit
    import chromadb
    from chromadb.config import Settings

    client = chromadb.HttpClient(host, port, ssl=secure, settings=Settings(anonymized_telemetry=False))
    for session in _sessions(client):
        session.timeout = PATIENCE_SECONDS
    return client


def _sessions(client: Any) -> list[Any]:
    """Its two HTTP clients: Chroma has neither a setting for their time limits nor a way to close them."""
    return [client._server._session, client._admin_client._server._session]
