"""Keeps NumPy's linear algebra to one thread."""

import ctypes
import functools
from pathlib import Path

import numpy as np

_SETTERS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads")


@functools.cache
def use_one_thread() -> bool:
    """Let the OpenBLAS that NumPy's wheel brings use one thread, in the whole process; True if it was found.

    Its threads spin while they wait for each other. Our matrices are small: on an idle machine a second
    thread gains nothing, and on a busy one with two cores a sentence took 186 ms instead of 6.
    """
    wheel = Path(np.__file__).parent
    libraries = [*wheel.parent.glob("numpy.libs/*openblas*"), *wheel.glob(".dylibs/*openblas*")]
    return any(_limit(library) for library in libraries)


def _limit(library: Path) -> bool:
    handle = ctypes.CDLL(str(library))
    for name in _SETTERS:
        if hasattr(handle, name):
            getattr(handle, name)(1)
            return True
    return False
