"""How long a search takes: tests/benchmarks/retrieval in a process of its own, because it fills the memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.benchmarks.machine import ROOT

LARGE = 100_000  # passages, with generated vectors
MODULE = "tests.benchmarks.retrieval.bench_retrieval"


def run(tell: Callable[[str], None]) -> str:
    """Measure; the section for the page. Raises CalledProcessError when the other process fails."""
    tell(f"1,000 and {LARGE:,} passages")
    command = [sys.executable, "-m", MODULE, "--large", str(LARGE)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return (
        "One search at a time. The first lines embed real sentences with the bundled models; the others search "
        f"generated vectors, without embedding.\n\n{done.stdout.strip()}"
    )
