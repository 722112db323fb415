"""What the figures were measured on: without it they mean nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
GIGABYTE = 1024**3


def describe() -> str:
    """One line for each fact, as a Markdown list."""
    facts = {
        "Processor": f"{_cpu_model()}, {os.cpu_count()} cores",
        "Memory": f"{_memory():.0f} GB",
        "System": f"{_system()}, Linux {platform.release()}" if Path("/proc").exists() else platform.platform(),
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
    }
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def stamp() -> str:
    """When, and which version: every section has its own, because benchmarks can be run one by one."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}, load of the machine before: {load}."


def commit() -> str:
    """The commit, with a plus when files differ from it."""
    head = _git("rev-parse", "--short", "HEAD")
    if not head:
        return "none yet"
    return f"`{head}`{'+' if _git('status', '--porcelain', '--untracked-files=no') else ''}"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _cpu_model() -> str:
    return _line_of(Path("/proc/cpuinfo"), "model name", ":") or platform.processor() or platform.machine()


def _system() -> str:
    return _line_of(Path("/etc/os-release"), "PRETTY_NAME", "=").strip('"') or platform.system()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE


def _line_of(path: Path, name: str, separator: str) -> str:
    if not path.exists():
        return ""
    lines = (line.partition(separator) for line in path.read_text(encoding="utf-8").splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "")


def peak_mb() -> float:
    """Of this program, in MB. `getrusage` won't do in a child: the peak of what started it counts there too."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
