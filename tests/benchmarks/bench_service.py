"""The service on loopback: time until it is ready, memory, and one new profile over HTTP.

Run as ``python -m tests.benchmarks.bench_service`` after ``make setup``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from data import keys
from data.catalogue import shipped
from data.engines import engine_of, transaction
from service.opening import now
from service.settings import Settings
from tests.benchmarks.figures import Figure, milliseconds, show

REQUESTS = 120
PATIENCE_SECONDS = 60


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    port: int, database: str | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The service in a process of its own, and the seconds until it said that it is ready.

    ``database`` is the URL of another database than the installation's.
    """
    env = os.environ | ({} if database is None else {"CAUNOI_DATABASE": database})
    start = time.perf_counter()
    command = [str(Path(sys.executable).parent / "caunoi"), "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env) as process:  # noqa: S603  our own
        try:
            while not is_ready(port):
                if time.perf_counter() - start > PATIENCE_SECONDS:
                    raise TimeoutError("the service is not ready")
                time.sleep(0.05)
            yield process, time.perf_counter() - start
        finally:
            process.terminate()


def is_ready(port: int) -> bool:
    """Whether the service answers that it is ready."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def officer_key() -> str:
    """A key for this run."""
    with transaction(engine_of(Settings().database_url)) as conn:
        return keys.create_key(conn, "benchmark", "officer", at=now())[1]


def bodies() -> list[dict[str, object]]:
    """New profiles, none encoded before: sentences of real descriptions, joined anew."""
    texts = [s.description_vi or "" for s in shipped("startup")]
    mark = str(uuid.uuid4())
    return [
        {
            "id": f"new-{number}",
            "name": f"Startup {number}",
            "country": "VN",
            "sectors": ["fintech"],
            "stage": "seed",
            "needs": ["market_access"],
            "description_vi": f"{mark} {number}. {texts[number % len(texts)]}",
        }
        for number in range(REQUESTS)
    ]


def run() -> list[Figure]:
    """Start the service, send new profiles, and read its memory."""
    port, key = free_port(), officer_key()
    with (
        running(port) as (process, ready),
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}
        ) as client,
    ):
        times = []
        for body in bodies():
            start = time.perf_counter()
            answer = client.post("/api/v1/matches?k=10", json=body)
            times.append(time.perf_counter() - start)
            answer.raise_for_status()
        resident = psutil.Process(process.pid).memory_info().rss / 2**30
    return [
        Figure("ready, catalogue warm", f"{ready:.1f} s"),
        Figure("resident memory after the requests", f"{resident:.2f} GiB"),
        Figure("one new profile, encoded and matched over HTTP", milliseconds(times[20:])),
    ]


if __name__ == "__main__":
    os.environ.setdefault("CAUNOI_LANG", "vi")
    show("Service", run())
