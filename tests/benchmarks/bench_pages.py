"""Every page on the shipped catalogue: server time, weight of a first load, and how it is laid out.

Run as ``python -m tests.benchmarks.bench_pages [--times] [PAGE...]`` after ``make setup``. The
service runs in a process of its own; its processor time per answer is told beside the time on the
clock, which a busy machine stretches. Server times are set against the API's list of one startup's
matches in the same run; weights are what goes over the line, compressed, for a browser that has
nothing yet. With ``--times`` no browser is opened.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import psutil

from data import keys
from data.engines import transaction
from service.opening import now
from tests.benchmarks.bench_service import free_port, running
from tests.browser import browser, chromium, surfer
from tests.page_addresses import SHIPPED, Address
from tests.page_fixtures import PASSWORD
from tests.service_fixtures import House
from tests.shipped_house import installed, pages_of, shipped_house

REQUESTS = 40
MOST_MS, MOST_KIB = 100.0, 150.0
BASELINE = f"/api/v1/startups/{SHIPPED.startup}/matches"

PAINT = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => done(0), 1000);
})"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 100);
})"""


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of whole answers on the clock, and of the server's processor for one."""

    p50: float
    p95: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Look:
    """What a browser that has nothing yet makes of a page."""

    kib: float
    paint: float
    shift: float
    elements: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as measured."""

    name: str
    times: Times
    look: Look


def main(only: tuple[str, ...], looking: bool) -> None:
    """Measure every page, or those that are named, and print a table."""
    if not installed() or (looking and chromium() is None):
        sys.exit("Needs Chromium and an installation: run `make setup` first.")
    with tempfile.TemporaryDirectory() as folder:
        house = shipped_house(Path(folder))
        pages = [one for one in pages_of(house) if not only or one.name in only]
        secret, database = _key(house), str(house.parts.engine.url)
        house.parts.engine.dispose()
        with running(port := free_port(), database) as (process, _):
            url, server = f"http://127.0.0.1:{port}", psutil.Process(process.pid)
            base = _baseline(url, secret, server)
            cookies = {role: _cookies_of(role, url) for role in {one.role for one in pages}}
            found = [_measured(one, url, cookies[one.role], server, looking) for one in pages]
    _print(base, found)


def _print(base: Times, found: list[Seen]) -> None:
    print(f"baseline: GET {BASELINE}, p95 {base.p95:.1f} ms, CPU {base.cpu:.1f} ms")
    print(f"{'page':30s} {'p50 ms':>7s} {'p95 ms':>7s} {'CPU ms':>7s} {'x base':>7s} {'KiB':>6s} "
          f"{'LCP ms':>7s} {'CLS':>6s} {'DOM':>6s}")  # fmt: skip
    for one in sorted(found, key=lambda one: -one.times.cpu):
        times, look = one.times, one.look
        print(f"{one.name:30s} {times.p50:7.1f} {times.p95:7.1f} {times.cpu:7.1f} "
              f"{times.cpu / base.cpu:7.2f} {look.kib:6.1f} {look.paint:7.0f} {look.shift:6.3f} "
              f"{look.elements:6d}")  # fmt: skip
    slow = [one.name for one in found if one.times.p95 > MOST_MS]
    busy = [one.name for one in found if one.times.cpu > MOST_MS]
    heavy = [one.name for one in found if one.look.kib > MOST_KIB]
    print(f"pages {len(found)}; over {MOST_MS:.0f} ms: {slow or 'none'}")
    print(f"over {MOST_MS:.0f} ms of the processor: {busy or 'none'}")
    print(f"over {MOST_KIB:.0f} KiB: {heavy or 'none'}")


def _key(house: House) -> str:
    with transaction(house.parts.engine) as conn:
        return keys.create_key(conn, "benchmark", "officer", at=now())[1]


def _baseline(url: str, secret: str, server: psutil.Process) -> Times:
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {secret}"}) as client:
        return _times(client, BASELINE, server)


def _measured(
    one: Address, url: str, cookies: dict[str, str], server: psutil.Process, looking: bool
) -> Seen:
    with _client(url, cookies) as client:
        times = _times(client, one.path, server)
    return Seen(one.name, times, _look(one, url, cookies) if looking else Look(0, 0, 0, 0))


def _look(one: Address, url: str, cookies: dict[str, str]) -> Look:
    with browser() as opened:
        fresh = surfer(opened, url)
        fresh.page.context.set_extra_http_headers({"Cookie": _cookie(cookies)} if cookies else {})
        line = fresh.page.context.new_cdp_session(fresh.page)
        line.send("Network.enable")
        weights: list[float] = []
        line.on("Network.loadingFinished", lambda did: weights.append(did["encodedDataLength"]))
        fresh.go(one.path)
        fresh.page.wait_for_load_state("networkidle")
        paint, shift = fresh.page.evaluate(PAINT), fresh.page.evaluate(SHIFT)
        elements = fresh.page.evaluate("document.querySelectorAll('*').length")
    return Look(sum(weights) / 1024, paint, shift, elements)


def _client(url: str, cookies: dict[str, str]) -> httpx.Client:
    """A client that sends a session's cookie, although the line is not encrypted."""
    headers = {"Accept-Encoding": "gzip", "Cookie": _cookie(cookies)}
    return httpx.Client(base_url=url, headers=headers, timeout=30)


def _cookies_of(role: str, url: str) -> dict[str, str]:
    """The cookies of somebody who has signed in, none for nobody."""
    if role == "nobody":
        return {}
    with httpx.Client(base_url=url) as client:
        page = client.get("/sign-in")
        token = page.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        jar = {c.name: c.value or "" for c in client.cookies.jar}
        form = {"csrf": token, "email": f"{role}@vidu.vn", "password": PASSWORD}
        answer = client.post("/sign-in", data=form, headers={"Cookie": _cookie(jar)})
        assert answer.status_code == 303, answer.text
        return {c.name: c.value or "" for c in client.cookies.jar}


def _cookie(jar: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def _times(client: httpx.Client, path: str, server: psutil.Process) -> Times:
    """Of whole answers, after two that warm up."""
    taken: list[float] = []
    for number in range(REQUESTS + 2):
        if number == 2:
            taken.clear()
            spent = _processor(server)
        began = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    cpu = (_processor(server) - spent) * 1000 / REQUESTS
    return Times(float(np.quantile(taken, 0.5)), float(np.quantile(taken, 0.95)), cpu)


def _processor(server: psutil.Process) -> float:
    """Seconds of the processor that a process has taken so far."""
    times = server.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    named = tuple(name for name in sys.argv[1:] if name != "--times")
    main(named, looking="--times" not in sys.argv)
