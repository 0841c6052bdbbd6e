"""The service as it runs: a real server, many callers at once, bodies without an end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from data.engines import transaction
from tests.service_fixtures import API, House, build, serving


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("served"), threads=4, most_body_bytes=100_000)


@pytest.fixture(scope="module")
def url(house: House) -> Iterator[str]:
    with serving(house.app) as url:
        yield url + API


@pytest.fixture
def officer(house: House, url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers=house.headers("officer"), timeout=30) as client:
        yield client


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Do all works at the same time, as far as threads can."""
    gate = threading.Barrier(len(works))

    def started(work: Callable[[], Any]) -> Any:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(started, works))


def test_a_startup_comes_is_matched_agrees_and_is_decided_on(
    house: House, url: str, officer: httpx.Client
) -> None:
    body = {
        "id": "ca-phe-xanh",
        "name": "Cà Phê Xanh",
        "country": "VN",
        "sectors": ["agritech"],
        "stage": "seed",
        "description_vi": "Cảm biến theo dõi vườn cà phê và cảnh báo sâu bệnh.",
        "target_markets": ["KR"],
        "contact_email": "nguoi@caphexanh.vn",
    }
    made = officer.post("/startups", json=body)
    assert made.status_code == 201
    assert made.json()["withheld"] == ["contact_email"]
    with httpx.Client(base_url=url, headers=house.headers("admin")) as admin:
        key = {"name": "Cà Phê Xanh", "role": "startup", "profile_id": "ca-phe-xanh"}
        secret = admin.post("/keys", json=key).json()["secret"]
    with httpx.Client(base_url=url, headers={"X-API-Key": secret}, timeout=30) as own:
        matches = own.get("/startups/ca-phe-xanh/matches").json()
        assert matches["matches"][0]["programme_id"] == "seoul-farm"
        told = own.get("/startups/ca-phe-xanh/programmes/seoul-farm?lang=en").json()
        assert told["score"] == matches["matches"][0]["score"]
        change = told["changes"][0]
        read = own.get("/startups/ca-phe-xanh")
        patched = own.patch(
            "/startups/ca-phe-xanh",
            json={change["field"]: change["value"]},
            headers={"If-Match": read.headers["ETag"]},
        )
        assert patched.status_code == 200
        better = own.get("/startups/ca-phe-xanh/matches").json()["matches"][0]
        assert better["score"] == change["score"]
        own.post(
            "/startups/ca-phe-xanh/consents", json={"scope": "contact", "recipient": "VN"}
        ).raise_for_status()
    seen = officer.get("/startups/ca-phe-xanh").json()
    assert seen["contact_email"] == "nguoi@caphexanh.vn"
    decision = {
        "startup_id": "ca-phe-xanh",
        "target_kind": "programme",
        "target_id": "seoul-farm",
        "decision": "shortlisted",
    }
    assert officer.post("/decisions", json=decision).status_code == 201
    first = officer.get("/startups/ca-phe-xanh/matches").json()["matches"][0]
    assert first["decision"] == "shortlisted"


def test_of_many_edits_on_one_version_exactly_one_holds(officer: httpx.Client) -> None:
    before = officer.get("/startups/lon-qua").headers["ETag"]

    def edit(number: int) -> int:
        patch = {"note": f"ghi chú {number}"}
        headers = {"If-Match": before}
        return officer.patch("/startups/lon-qua", json=patch, headers=headers).status_code

    codes = Counter(at_once([lambda n=n: edit(n) for n in range(8)]))
    assert codes == {200: 1, 412: 7}
    assert officer.get("/startups/lon-qua/history").json()["total"] == 2


def test_of_many_equal_additions_exactly_one_holds(officer: httpx.Client) -> None:
    def add(number: int) -> int:
        body = {"id": "cung-ten", "name": f"Cùng Tên {number}"}
        return officer.post("/startups", json=body).status_code

    codes = Counter(at_once([lambda n=n: add(n) for n in range(8)]))
    assert codes == {201: 1, 409: 7}


def test_writers_and_matches_do_not_wait_for_each_other_for_ever(officer: httpx.Client) -> None:
    """More callers than threads: a writer that needs a thread finds one."""

    def write(number: int) -> int:
        return officer.post("/programmes", json=programme(number)).status_code

    def match(number: int) -> int:
        body = {"name": "Bận Rộn", "description_vi": f"Phần mềm số {number} cho cảng biển."}
        return officer.post("/matches", json=body).status_code

    works = [lambda n=n: write(n) for n in range(10)]
    works += [lambda n=n: match(n) for n in range(10)]
    assert set(at_once(works)) == {200, 201}


def programme(number: int) -> dict[str, Any]:
    name = f"ban-ron-{number}"
    return {"id": name, "name": name, "organisation": "Bận Rộn", "country": "SG"}


def test_a_locked_database_is_a_problem_and_not_a_crash(
    house: House, officer: httpx.Client
) -> None:
    with transaction(house.parts.engine):
        answer = officer.post("/startups", json={"id": "cho-doi", "name": "Chờ Đợi"})
        live = officer.get("/health/live")
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("database-unavailable")
    assert live.status_code == 200
    assert officer.post("/startups", json={"id": "cho-doi", "name": "Chờ Đợi"}).status_code == 201


class TestBodies:
    """Bodies that are too long, said so or not."""

    def test_a_declared_one_is_refused_before_it_is_read(self, officer: httpx.Client) -> None:
        answer = officer.post(
            "/startups", content=b"x" * 200_000, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Connection"] == "close"

    def test_one_without_a_length_is_refused_on_the_way(self, officer: httpx.Client) -> None:
        sent = 0

        def pieces() -> Iterator[bytes]:
            nonlocal sent
            for _ in range(3_000):
                sent += 10_000
                yield b"x" * 10_000

        def post() -> int:
            answer = officer.post(
                "/startups", content=pieces(), headers={"Content-Type": "application/json"}
            )
            assert answer.headers["Content-Type"] == "application/problem+json"
            return answer.status_code

        assert post() == 413
        assert sent < 20_000_000

    def test_a_lying_length_does_no_harm(self, url: str, house: House) -> None:
        for declared in ("-1", "abc", "1e9", "٣"):
            headers = house.headers("officer") | {"Content-Type": "application/json"}
            try:
                answer = httpx.post(
                    f"{url}/startups",
                    content=b"{}",
                    headers=headers | {"Content-Length": declared},
                )
            except (httpx.HTTPError, UnicodeEncodeError):
                continue
            assert 400 <= answer.status_code < 500
