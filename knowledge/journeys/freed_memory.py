"""Memory that arrays of a few megabytes gave back is used again, instead of being fetched from the system anew."""

from __future__ import annotations

BYTES = (1 << 25) - (1 << 13)
"""Just below the most up to which glibc raises its bound (`DEFAULT_MMAP_THRESHOLD_MAX`, 32 MB)."""


def keep_freed_memory() -> None:
    """Ask glibc to keep freed arrays of up to 32 MB in its heap; without effect elsewhere.

    Each array above 128 KB is else mapped anew and cleared page by page by the system, which took as long as the
    counting itself. The bound rises when a mapped block of that size is freed (mallopt(3), M_MMAP_THRESHOLD); nothing
    is written to it, so it costs no memory.
    """
    import numpy as np

    np.empty(BYTES, dtype=np.uint8)
