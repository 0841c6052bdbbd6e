"""Every error leaves as a problem that says what to do, in the asker's language, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matcher.errors import DatabaseUnavailable, EncoderUnavailable
from service.edge import MOST_DEPTH, read_json
from service.problems import Refused, nearest_codes
from tests.service_fixtures import API, House, build, client_of

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("house"), most_body_bytes=50_000)


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with client_of(house) as client:
        yield client


def problem_of(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert problem["title"]
    assert problem["next"]
    return problem


def send(house: House, client: TestClient, content: bytes, **rest: Any) -> Any:
    return house.ask(
        client, "officer", "POST", "/startups", content=content, **{"headers": JSON, **rest}
    )


MALFORMED = {
    "nothing": (b"", 422),
    "half": (b'{"id": "a"', 400),
    "invalid UTF-8": (b'{"id": "\xff", "name": "a"}', 400),
    "UTF-16": ('{"id": "a", "name": "a"}'.encode("utf-16"), 400),
    "NaN": (b'{"id": "a", "name": "a", "max_equity_percent": NaN}', 400),
    "Infinity": (b'{"id": "a", "name": "a", "max_equity_percent": Infinity}', 400),
    "a number beyond floats": (b'{"id": "a", "name": "a", "max_equity_percent": 1e999}', 422),
    "a huge integer": (b'{"id": "a", "name": "a", "employees": %s}' % (b"9" * 4000), 422),
    "an endless integer": (b'{"id": "a", "name": "a", "employees": %s}' % (b"9" * 9000), 400),
    "a huge whole number for a fraction": (
        b'{"id": "a", "name": "a", "can_travel_weeks": %s}' % (b"9" * 400),
        422,
    ),
    "a null byte": (b'{"id": "a", "name": "a\\u0000"}', 422),
    "half a surrogate": (b'{"id": "a", "name": "\\ud800"}', 422),
    "half a surrogate as a name": (b'{"id": "a", "name": "a", "\\ud800": 1}', 422),
    "a name twice": (b'{"id": "a", "id": "b", "name": "a"}', 400),
    "a list": (b"[]", 422),
    "a text": (b'"startup"', 422),
    "null": (b"null", 422),
    "deep": (b'{"a":' * 30 + b"1" + b"}" * 30, 400),
    "very deep": (b"[" * 20_000, 400),
    "an unknown field": (b'{"id": "a", "name": "a", "foo": 1}', 422),
    "an unknown field within": (
        b'{"id": "a", "name": "a", "max_fee": {"amount": 1, "currency": "VND", "x": 1}}',
        422,
    ),
    "a number for a day": (b'{"id": "a", "name": "a", "founded_on": 0}', 422),
    "a moment for a day": (b'{"id": "a", "name": "a", "founded_on": "2020-01-01T00:00"}', 422),
    "no such day": (b'{"id": "a", "name": "a", "founded_on": "2023-02-30"}', 422),
    "a text for a number": (b'{"id": "a", "name": "a", "employees": "12"}', 422),
    "a truth for a number": (b'{"id": "a", "name": "a", "employees": true}', 422),
    "a blank name": (b'{"id": "a", "name": "  "}', 422),
    "an id that is no address": (b'{"id": "a/b", "name": "a"}', 422),
    "a long text": (b'{"id": "a", "name": "%s"}' % (b"x" * 301), 422),
    "too many codes": (
        json.dumps({"id": "a", "name": "a", "sectors": ["fintech"] * 501}).encode(),
        422,
    ),
    "too many bytes": (b" " * 50_001, 413),
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_malformed_body_is_a_problem_of_the_asker(
    house: House, client: TestClient, name: str, lang: str
) -> None:
    content, status = MALFORMED[name]
    answer = send(house, client, content, params={"lang": lang})
    assert answer.status_code == status, answer.text
    problem_of(answer)
    assert answer.headers["Content-Language"] == lang


def test_every_fault_is_named_at_once_with_what_to_do(house: House, client: TestClient) -> None:
    body = {
        "id": "a",
        "name": "a",
        "sectors": ["fintec"],
        "revenue_12m": {"amount": -1, "currency": "VND"},
        "languages": [{"language": "en", "level": "B7"}],
        "vốn": 1,
    }
    answer = send(house, client, json.dumps(body).encode(), params={"lang": "en"})
    errors = {one["field"]: one for one in problem_of(answer)["errors"]}
    assert set(errors) == {"sectors.0", "revenue_12m.amount", "languages.0.level", "vốn"}
    assert "fintech" in errors["sectors.0"]["next"]
    assert errors["sectors.0"]["value"] == "fintec"
    assert "≥ 0" in errors["revenue_12m.amount"]["message"]
    assert "B2" in errors["languages.0.level"]["next"]
    assert "revenue_12m" in errors["vốn"]["next"]


def test_an_unknown_field_of_another_body_names_the_known_ones(
    house: House, client: TestClient
) -> None:
    body = {"name": "a", "role": "officer", "rolle": "x"}
    answer = house.ask(client, "admin", "POST", "/keys", json=body)
    assert "profile_id" in problem_of(answer)["next"]


def test_a_body_of_another_type_is_refused_as_such(house: House, client: TestClient) -> None:
    answer = send(house, client, b"id=a", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    problem_of(answer)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=1001", 422),
        ("limit=201", 422),
        ("limit=abc", 422),
        ("offset=-1", 422),
        ("offset=99999999999999999999999", 422),
        ("q=" + "x" * 301, 422),
        ("q=%00", 200),
        ("q=%ff", 200),
        ("q=%25_'\"", 200),
        ("sector=nope", 422),
        ("sector=fintech&sector=ai", 200),
        ("city=%00", 200),
        ("colour=red", 422),
        ("lang=fr", 422),
        ("lang=EN", 422),
    ],
)
def test_a_query_holds_or_is_refused(
    house: House, client: TestClient, query: str, status: int
) -> None:
    answer = house.ask(client, "officer", "GET", f"/startups?{query}")
    assert answer.status_code == status, answer.text
    if status != 200:
        problem_of(answer)


@pytest.mark.parametrize("path", ["%00", "%ff", "a%2Fb", "..%2f", "x" * 3000, "%F0%9F%92%A9"])
def test_odd_ids_are_not_found(house: House, client: TestClient, path: str) -> None:
    answer = house.ask(client, "officer", "GET", f"/startups/{path}")
    assert answer.status_code == 404
    problem_of(answer)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30])
def test_odd_numbers_of_keys_are_refused(house: House, client: TestClient, number: str) -> None:
    assert house.ask(client, "admin", "DELETE", f"/keys/{number}").status_code == 422


class TestAddresses:
    """What is not there, and what is asked otherwise than it may be."""

    def test_an_unknown_address_for_programs_is_a_problem(self, client: TestClient) -> None:
        for path in ("/api/v1/nothing", "/api/v2", "/docs/assets/none.js", "/api/v1/keys/"):
            assert problem_of(client.get(path))["status"] == 404

    def test_an_unknown_address_for_people_is_a_page(self, client: TestClient) -> None:
        answer = client.get("/nothing")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"

    def test_an_unknown_method_names_the_known_ones(self, client: TestClient) -> None:
        answer = client.request("TRACE", f"{API}/startups/x")
        assert problem_of(answer)["status"] == 405
        assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"

    def test_options_tell_the_methods(self, client: TestClient) -> None:
        answer = client.options(f"{API}/startups")
        assert answer.status_code == 204
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
        assert answer.content == b""
        assert client.options(f"{API}/nothing").status_code == 404

    def test_head_is_get_without_its_body(self, house: House, client: TestClient) -> None:
        got = house.ask(client, "officer", "GET", "/startups/vi-du-pay")
        head = house.ask(client, "officer", "HEAD", "/startups/vi-du-pay")
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["ETag"] == got.headers["ETag"]
        assert head.headers["Content-Length"] == got.headers["Content-Length"]
        assert client.head(f"{API}/startups").status_code == 401


class TestLanguage:
    """The language of a problem, as of every answer."""

    @pytest.mark.parametrize(
        ("header", "query", "lang"),
        [
            ("", "", "vi"),
            ("en", "", "en"),
            ("en-GB,vi;q=0.5", "", "en"),
            ("ko, vi;q=0.8", "", "vi"),
            ("fr", "", "vi"),
            ("en", "lang=vi", "vi"),
            ("en;q=broken;;;,,", "", "vi"),
        ],
    )
    def test_is_asked_by_query_or_header(
        self, client: TestClient, header: str, query: str, lang: str
    ) -> None:
        answer = client.get(f"{API}/startups?{query}", headers={"Accept-Language": header})
        assert answer.headers["Content-Language"] == lang
        assert ("khóa" in problem_of(answer)["detail"]) == (lang == "vi")

    def test_may_be_set_for_an_installation(self, tmp_path: Any) -> None:
        with client_of(build(tmp_path, lang="en")) as client:
            assert client.get(f"{API}/startups").headers["Content-Language"] == "en"


class TestWhatIsUnforeseen:
    """An error that nobody foresaw, or that the installation is to blame for."""

    def failing(self, house: House, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        def fail(*_: Any) -> None:
            raise error

        monkeypatch.setattr(house.parts.matchmaker, "top_matches", fail)

    def test_tells_nothing_but_the_id_of_the_request(
        self,
        house: House,
        client: TestClient,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        self.failing(house, monkeypatch, RuntimeError("password at /etc/secret.py"))
        answer = house.ask(client, "officer", "GET", "/startups/vi-du-pay/matches")
        problem = problem_of(answer)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "RuntimeError" not in answer.text
        assert problem["request_id"] in caplog.text
        assert "password" in caplog.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        "error",
        [
            DatabaseUnavailable(url="sqlite:////srv/secret.db", cause="secret cause"),
            EncoderUnavailable(model="secret-model", cause="secret cause"),
        ],
    )
    def test_an_unready_installation_says_what_to_run_only(
        self,
        house: House,
        client: TestClient,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
    ) -> None:
        self.failing(house, monkeypatch, error)
        answer = house.ask(client, "officer", "GET", "/startups/vi-du-pay/matches")
        assert answer.status_code == 503
        assert "secret" not in answer.text
        assert answer.headers["Retry-After"] == "5"
        assert "caunoi" in problem_of(answer)["next"] or "make" in problem_of(answer)["next"]


def test_json_is_read_to_its_depth_and_no_further() -> None:
    deepest = b"[" * MOST_DEPTH + b"]" * MOST_DEPTH
    assert read_json(deepest)
    with pytest.raises(Refused):
        read_json(b"[" + deepest + b"]" + b"]")
    with pytest.raises(Refused):
        read_json(b'{"a": [' + deepest + b"]}")


@pytest.mark.parametrize(
    ("vocabulary", "value", "near"),
    [
        ("country", "Việt Nam", "VN"),
        ("country", "Singapor", "SG"),
        ("sector", "fin-tech", "fintech"),
        ("service", "mentorng", "mentoring"),
        ("stage", "Seed", "seed"),
    ],
)
def test_a_wrong_code_is_answered_with_the_near_ones(
    vocabulary: str, value: str, near: str
) -> None:
    assert near in nearest_codes(vocabulary, value)
