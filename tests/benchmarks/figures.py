"""How benchmarks take times and say them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line: what, the value with its unit, and the ratio to a named baseline."""

    what: str
    value: str
    beside: str = ""


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    """Wall-clock seconds of each run of some work, in order."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def timed(work: Callable[[], Found]) -> tuple[Found, float]:
    """What some work gives, and the wall-clock seconds that it took."""
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def milliseconds(times: Sequence[float]) -> str:
    """Median and 99th percentile of times in seconds, written in milliseconds."""
    p50, p99 = np.percentile(np.array(times) * 1000, (50, 99))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


def machine() -> str:
    """Cores, and the processor's name where it is known."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} cores, {names[0] if names else 'processor unknown'}"


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print figures under a title."""
    print(f"\n{title} ({machine()})")
    for figure in figures:
        print(f"  {figure.what}: {figure.value}" + (f"; {figure.beside}" if figure.beside else ""))
