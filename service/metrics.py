"""Counts and times of the service, for Prometheus. Labels are route templates, never ids."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

SECONDS = (0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Upper ends of the latency classes; 0.06 is the promised median of a match."""

RUN_SECONDS = (1, 2.5, 5, 10, 30, 60, 120, 300, 600)
"""Upper ends of the classes of how long a run of a cohort takes."""

UNKNOWN_ROUTE = "unknown"
"""Label of all addresses that no route knows, so that guesses do not fill the memory."""

MEDIA_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "caunoi_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "caunoi_request_seconds",
            "Time to the end of the answer.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._matches = Counter(
            "caunoi_matches_served",
            "Matches given out, by the kind of the profile that asked.",
            ("kind",),
            registry=self.registry,
        )
        self._runs = Counter(
            "caunoi_runs", "Runs of cohorts, by how they ended.", ("state",), registry=self.registry
        )
        self._run_seconds = Histogram(
            "caunoi_run_seconds",
            "Time from claiming a run to its end.",
            buckets=RUN_SECONDS,
            registry=self.registry,
        )
        self._profiles = Gauge(
            "caunoi_profiles", "Profiles kept.", ("kind",), registry=self.registry
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count one request; ``route`` is its template, None where none was found."""
        label = route or UNKNOWN_ROUTE
        self._requests.labels(method, label, str(status)).inc()
        self._seconds.labels(method, label).observe(seconds)

    def served(self, kind: str, matches: int) -> None:
        """Count matches given to an asker of this kind."""
        self._matches.labels(kind).inc(matches)

    def ran(self, state: str, seconds: float) -> None:
        """Count one run that the worker of the service has ended."""
        self._runs.labels(state).inc()
        self._run_seconds.observe(seconds)

    def render(self, profiles: Mapping[str, int]) -> bytes:
        """Write all figures in Prometheus' text format, with the profiles kept just now."""
        for kind, count in profiles.items():
            self._profiles.labels(kind).set(count)
        return generate_latest(self.registry)
