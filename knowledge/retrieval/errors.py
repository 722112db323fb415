"""Everything that can go wrong in retrieval. Each docstring tells the operator what to do."""


class RetrievalError(Exception):
    """Retrieval failed; the message says where."""


class UnknownEmbedderError(RetrievalError):
    """No embedder has this name. Use "use", "e5", "langchain:<provider>:<model>" or "langchain:<module>.<Class>"."""


class WeightsDamagedError(RetrievalError):
    """A model's weight file is missing or not the one we know. Reinstall the package it belongs to."""


class EmbeddingFailedError(RetrievalError):
    """The embedding model gave no usable vectors. Check its endpoint, its key and the network."""


class StoreDamagedError(RetrievalError):
    """The vector folder can't be read. Nothing to do: it is rebuilt by itself."""


class StoreAwayError(RetrievalError):
    """The vector server can't be reached. Start it or correct retrieval.chroma_url; answers go on meanwhile."""


class DuplicatePassageError(RetrievalError):
    """Two passages have the same id. Give every passage of a collection an id of its own."""


class BadEvaluationFileError(RetrievalError):
    """A line of an evaluation file can't be used. Correct the line that the message names."""
