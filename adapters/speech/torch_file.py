"""Numbers out of a PyTorch file, without PyTorch and without running anything that the file says."""

from __future__ import annotations

import io
import pickle  # only the class below reads with it, and it makes nothing but dictionaries and tensors
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADERS = 3  # magic number, version, facts about the machine: each a pickle of its own


class UnknownContent(Exception):
    """The file names something that isn't a tensor of floats."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: str
    offset: int
    shape: tuple[int, ...]


def _tensor(storage: str, offset: int, shape: tuple[int, ...], *_: object) -> _Tensor:
    return _Tensor(storage, offset, shape)


class _Reader(pickle.Unpickler):
    """Knows three names; any other is an error, so that a file can't call anything."""

    KNOWN: Mapping[tuple[str, str], Callable[..., Any]] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        ("torch", "FloatStorage"): str,
    }

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        if (module, name) not in self.KNOWN:
            raise UnknownContent(f"{module}.{name}")
        return self.KNOWN[module, name]

    def persistent_load(self, pid: tuple[Any, ...]) -> str:
        return str(pid[2])  # ("storage", its class, its key, device, size, view)


def read_tensors(path: Path, part: str) -> dict[str, NDArray[np.float32]]:
    """The tensors under `part`, of a file in the format before 1.6. Raises UnknownContent."""
    stream = io.BytesIO(path.read_bytes())
    for _ in range(HEADERS):
        _Reader(stream).load()
    tensors = _Reader(stream).load()[part]
    storages = {key: _storage(stream) for key in _Reader(stream).load()}
    return {name: _view(storages[tensor.storage], tensor) for name, tensor in tensors.items()}


def _storage(stream: io.BytesIO) -> NDArray[np.float32]:
    size = int.from_bytes(stream.read(8), "little")
    return np.frombuffer(stream.read(4 * size), "<f4")


def _view(storage: NDArray[np.float32], tensor: _Tensor) -> NDArray[np.float32]:
    size = int(np.prod(tensor.shape))
    return storage[tensor.offset : tensor.offset + size].reshape(tensor.shape)
