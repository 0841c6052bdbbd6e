"""Every page on the shipped catalogue: server time, weight of a first load, and how it is laid out.

Run as ``python -m tests.benchmarks.bench_pages`` after ``make setup``. Server times are set
against the API's list of one startup's matches in the same run; weights are what goes over the
line, compressed, for a browser that has nothing yet.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np

from data import keys
from data.engines import transaction
from service.opening import now
from tests.browser import browser, chromium, surfer
from tests.page_addresses import SHIPPED, Address, addresses
from tests.page_fixtures import PASSWORD
from tests.service_fixtures import House
from tests.shipped_house import installed, serving_shipped

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
class Seen:
    """One page as measured."""

    name: str
    p50: float
    p95: float
    kib: float
    paint: float
    shift: float
    elements: int


def main() -> None:
    """Measure every page and print a table."""
    if chromium() is None or not installed():
        sys.exit("Needs Chromium and an installation: run `make setup` first.")
    with tempfile.TemporaryDirectory() as folder, serving_shipped(Path(folder)) as (house, url):
        base = _baseline(house, url)
        pages = addresses(SHIPPED)
        cookies = {role: _cookies_of(role, url) for role in {one.role for one in pages}}
        found = [_measured(one, url, cookies[one.role]) for one in pages]
    print(f"baseline: GET {BASELINE}, p95 {base:.1f} ms")
    print(f"{'page':30s} {'p50 ms':>7s} {'p95 ms':>7s} {'x base':>7s} {'KiB':>6s} {'LCP ms':>7s} "
          f"{'CLS':>6s} {'DOM':>6s}")  # fmt: skip
    for one in sorted(found, key=lambda one: -one.p95):
        print(f"{one.name:30s} {one.p50:7.1f} {one.p95:7.1f} {one.p95 / base:7.2f} {one.kib:6.1f} "
              f"{one.paint:7.0f} {one.shift:6.3f} {one.elements:6d}")  # fmt: skip
    slow = [one.name for one in found if one.p95 > MOST_MS]
    heavy = [one.name for one in found if one.kib > MOST_KIB]
    print(f"pages {len(found)}; over {MOST_MS:.0f} ms: {slow or 'none'}; "
          f"over {MOST_KIB:.0f} KiB: {heavy or 'none'}")  # fmt: skip


def _baseline(house: House, url: str) -> float:
    with transaction(house.parts.engine) as conn:
        secret = keys.create_key(conn, "benchmark", "officer", at=now())[1]
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {secret}"}) as client:
        return _times(client, BASELINE)[1]


def _measured(one: Address, url: str, cookies: dict[str, str]) -> Seen:
    with _client(url, cookies) as client:
        p50, p95 = _times(client, one.path)
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
    return Seen(one.name, p50, p95, sum(weights) / 1024, paint, shift, elements)


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


def _times(client: httpx.Client, path: str) -> tuple[float, float]:
    """Middle and 95th percentile of whole answers, in milliseconds, after two that warm up."""
    taken = []
    for number in range(REQUESTS + 2):
        began = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        if number == 1:
            taken.clear()
    return float(np.quantile(taken, 0.5)), float(np.quantile(taken, 0.95))


if __name__ == "__main__":
    main()
