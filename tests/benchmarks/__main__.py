"""Every benchmark, each in a process of its own: ``make bench``."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "bench_encoder",
    "bench_search",
    "bench_batch",
    "bench_service",
    "bench_cohorts",
    "bench_assignment",
    "bench_stable",
    "bench_techstars_rounds",
    "bench_languages",
    "bench_pages",
)

for name in BENCHMARKS:
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)  # noqa: S603  our own modules
