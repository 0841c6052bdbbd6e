"""Who may do what: every role at every address, and what of personal data goes out to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from data.engines import reading
from data.profiles import get
from service.profile_forms import shown
from tests.builders import incubator, programme, startup
from tests.service_fixtures import API, ROLES, House, build, client_of

BODIES: dict[str, Any] = {
    "startup": shown(startup(), ()),
    "programme": shown(programme(), ()),
    "incubator": shown(incubator(), ()),
    "unsaved": {"name": "Chưa Lưu", "sectors": ["fintech"]},
    "consent": {"scope": "contact", "recipient": "KR"},
    "key": {"name": "Một khóa", "role": "officer"},
    "decision": {
        "startup_id": "vi-du-pay",
        "target_kind": "programme",
        "target_id": "merlion-growth",
        "decision": "met",
    },
    "patch": {"note": "một ghi chú"},
    "cohort": {"id": "dot-1", "name": "Đợt 1"},
    "ruling": {"ruling": "forbidden"},
    "places": {"places": 3},
    "limit": {"attribute": "country", "value": "KR", "at_most": 3},
    "run": {"mode": "fair"},
    "act": {"run_id": 999},
    "why": {"why": "đã xem căn cứ"},
}
FILE = {"file": ("startups.csv", "id,name\nmoi-toanh,Mới Toanh\n".encode())}

# admin, officer, the startup itself, another startup, an incubator with its consent, one without,
# and nobody
MATRIX = """
GET    /startups                                       -        200 200 200 200 200 200 401
POST   /startups                                       startup  409 409 409 403 403 403 401
GET    /startups/vi-du-pay                             -        200 200 200 404 200 404 401
PUT    /startups/vi-du-pay                             startup  428 428 428 404 403 404 401
PATCH  /startups/vi-du-pay                             patch    428 428 428 404 403 404 401
DELETE /startups/vi-du-pay                             -        428 428 428 404 403 404 401
GET    /startups/vi-du-pay/history                     -        200 200 200 404 403 404 401
GET    /startups/vi-du-pay/matches                     -        200 200 200 404 200 404 401
GET    /startups/vi-du-pay/programmes/merlion-landing  -        200 200 200 404 200 404 401
GET    /startups/vi-du-pay/decisions                   -        200 200 403 403 403 403 401
GET    /startups/vi-du-pay/consents                    -        200 200 200 404 403 404 401
POST   /startups/vi-du-pay/consents                    consent  201 201 201 404 403 404 401
DELETE /startups/vi-du-pay/consents/999                -        404 404 404 404 403 404 401
POST   /matches                                        unsaved  200 200 200 200 200 200 401
GET    /programmes                                     -        200 200 200 200 200 200 401
POST   /programmes                                     programme 409 409 403 403 403 403 401
GET    /programmes/merlion-landing                     -        200 200 200 200 200 200 401
PUT    /programmes/merlion-landing                     programme 428 428 403 403 403 403 401
PATCH  /programmes/merlion-landing                     patch    428 428 403 403 403 403 401
DELETE /programmes/merlion-landing                     -        428 428 403 403 403 403 401
GET    /programmes/merlion-landing/history             -        200 200 403 403 403 403 401
GET    /programmes/merlion-landing/startups            -        200 200 403 403 403 403 401
GET    /incubators                                     -        200 200 403 403 200 200 401
POST   /incubators                                     incubator 409 409 403 403 409 403 401
GET    /incubators/vuon-uom-vi-du                      -        200 200 403 403 200 404 401
PUT    /incubators/vuon-uom-vi-du                      incubator 428 428 403 403 428 404 401
PATCH  /incubators/vuon-uom-vi-du                      patch    428 428 403 403 428 404 401
DELETE /incubators/vuon-uom-vi-du                      -        428 428 403 403 428 404 401
GET    /incubators/vuon-uom-vi-du/history              -        200 200 403 403 200 404 401
GET    /incubators/vuon-uom-vi-du/partners             -        200 200 403 403 200 404 401
GET    /incubators/vuon-uom-vi-du/decisions            -        200 200 403 403 403 403 401
POST   /decisions                                      decision 201 201 403 403 403 403 401
POST   /import                                         file     200 200 403 403 403 403 401
GET    /export/startup                                 -        200 200 403 403 403 403 401
GET    /cohorts                                        -        200 200 403 403 403 403 401
POST   /cohorts                                        cohort   201 409 403 403 403 403 401
GET    /cohorts/999                                    -        404 404 403 403 403 403 401
PUT    /cohorts/999                                    cohort   404 404 403 403 403 403 401
PATCH  /cohorts/999                                    patch    404 404 403 403 403 403 401
DELETE /cohorts/999                                    -        404 404 403 403 403 403 401
GET    /cohorts/999/history                            -        404 404 403 403 403 403 401
POST   /cohorts/import                                 file     422 422 403 403 403 403 401
GET    /cohorts/999/export                             -        404 404 403 403 403 403 401
GET    /cohort-form                                    -        200 200 403 403 403 403 401
PUT    /cohorts/999/pair-rules/vi-du-pay/merlion-landing ruling   404 404 403 403 403 403 401
DELETE /cohorts/999/pair-rules/vi-du-pay/merlion-landing -        404 404 403 403 403 403 401
PUT    /cohorts/999/intakes/merlion-landing            places   404 404 403 403 403 403 401
DELETE /cohorts/999/intakes/merlion-landing            -        404 404 403 403 403 403 401
PUT    /cohorts/999/quotas/999                         limit    404 404 403 403 403 403 401
DELETE /cohorts/999/quotas/999                         -        404 404 403 403 403 403 401
PUT    /cohorts/999/startups/vi-du-pay                 -        404 404 403 403 403 403 401
DELETE /cohorts/999/startups/vi-du-pay                 -        404 404 403 403 403 403 401
POST   /cohorts/999/runs                               run      404 404 403 403 403 403 401
GET    /cohorts/999/runs                               -        404 404 403 403 403 403 401
GET    /runs/999                                       -        404 404 403 403 403 403 401
DELETE /runs/999                                       -        404 404 403 403 403 403 401
GET    /runs/999/outcome                               -        404 404 403 403 403 403 401
GET    /runs/999/placements                            -        404 404 403 403 403 403 401
GET    /runs/999/placements/vi-du-pay                  -        404 404 403 403 403 403 401
GET    /runs/999/difference/999                        -        404 404 403 403 403 403 401
POST   /runs/999/replay                                -        404 404 403 403 403 403 401
GET    /runs/999/report/xlsx                           -        404 404 403 403 403 403 401
GET    /cohorts/999/published                          -        404 404 403 403 403 403 401
POST   /cohorts/999/published                          act      404 404 403 403 403 403 401
DELETE /cohorts/999/published                          -        404 404 403 403 403 403 401
GET    /cohorts/999/publications                       -        404 404 403 403 403 403 401
GET    /cohorts/999/lists                              -        404 404 403 403 403 403 401
GET    /startups/vi-du-pay/placement                   -        200 200 200 404 403 404 401
GET    /weights                                        -        200 200 403 403 403 403 401
POST   /weights/proposals                              -        201 201 403 403 403 403 401
GET    /weights/proposals                              -        200 200 403 403 403 403 401
GET    /weights/proposals/999                          -        404 404 403 403 403 403 401
POST   /weights/proposals/999/accept                   why      428 428 403 403 403 403 401
POST   /weights/undo                                   why      428 428 403 403 403 403 401
GET    /chances                                        -        200 200 200 200 200 200 401
GET    /keys                                           -        200 403 403 403 403 403 401
POST   /keys                                           key      201 403 403 403 403 403 401
DELETE /keys/999                                       -        404 403 403 403 403 403 401
GET    /audit                                          -        200 200 403 403 403 403 401
GET    /metrics                                        -        200 200 403 403 403 403 401
GET    /health/live                                    -        200 200 200 200 200 200 200
GET    /health/ready                                   -        200 200 200 200 200 200 200
GET    /version                                        -        200 200 200 200 200 200 200
"""
ROWS = [line.split() for line in MATRIX.strip().splitlines()]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    built = build(tmp_path_factory.mktemp("house"))
    built.consent("vi-du-pay", "profile", "vuon-uom-vi-du")
    return built


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with client_of(house) as client:
        yield client


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_each_role_may_do_what_the_matrix_says(
    house: House, client: TestClient, row: list[str]
) -> None:
    method, path, body, *expected = row
    content = {"files": FILE} if body == "file" else {"json": BODIES.get(body)}
    found = {role: house.ask(client, role, method, path, **content).status_code for role in ROLES}
    assert found == dict(zip(ROLES, map(int, expected), strict=True))


def test_the_matrix_holds_every_address(client: TestClient) -> None:
    described = client.get(f"{API}/openapi.json").json()["paths"]
    known = {
        (method.upper(), re.sub(r"\{\w+\}", "*", path.removeprefix(API)))
        for path, operations in described.items()
        for method in operations
    }
    ids = "vi-du-pay|merlion-landing|vuon-uom-vi-du|999|(?<=export/)startup|(?<=report/)xlsx"
    tested = {(row[0], re.sub(rf"(?<=/)({ids})", "*", row[1])) for row in ROWS}
    assert tested == known


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Bearer cn_guess"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"X-API-Key": "cn_guess"},
        {"X-API-Key": "ÿÿÿ".encode("latin-1")},
    ],
)
def test_without_a_known_key_there_is_no_data(client: TestClient, header: Any) -> None:
    answer = client.get(f"{API}/startups", headers=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Ví Dụ" not in answer.text


def test_a_key_may_stand_in_either_header(house: House, client: TestClient) -> None:
    secret = house.secrets["officer"]
    assert client.get(f"{API}/startups", headers={"X-API-Key": secret}).status_code == 200


def test_an_existing_profile_of_another_cannot_be_told_from_a_missing_one(
    house: House, client: TestClient
) -> None:
    answers = [
        house.ask(client, "other_startup", "GET", f"/startups/{name}").json()
        for name in ("vi-du-pay", "vi-du-bay")
    ]
    for answer in answers:
        del answer["instance"], answer["request_id"], answer["detail"]
    assert answers[0] == answers[1]
    assert "vi-du-pay" not in str(answers[1])


def test_a_list_shows_only_what_the_caller_may_read(house: House, client: TestClient) -> None:
    def ids(role: str, path: str) -> list[str]:
        return [one["id"] for one in house.ask(client, role, "GET", path).json()["items"]]

    assert ids("startup", "/startups") == ["vi-du-pay"]
    assert ids("incubator", "/startups") == ["vi-du-pay"]
    assert ids("other_incubator", "/startups") == []
    assert ids("incubator", "/incubators") == ["vuon-uom-vi-du"]
    assert len(ids("startup", "/programmes")) == 4
    assert ids("startup", "/startups?sector=agritech") == []


def test_an_unsaved_profile_cannot_borrow_the_id_of_another(
    house: House, client: TestClient
) -> None:
    body = {"id": "nong-trai-so", "name": "Mạo Danh"}
    assert house.ask(client, "startup", "POST", "/matches", json=body).status_code == 404
    assert house.ask(client, "officer", "POST", "/matches", json=body).status_code == 200


class TestPersonalFields:
    """Of a startup without consents, and with them."""

    @pytest.fixture
    def fresh(self, tmp_path: Any) -> Iterator[tuple[House, TestClient]]:
        house = build(tmp_path)
        with client_of(house) as client:
            yield house, client

    def test_the_owner_sees_them(self, fresh: tuple[House, TestClient]) -> None:
        house, client = fresh
        own = house.ask(client, "startup", "GET", "/startups/vi-du-pay")
        assert own.json()["contact_email"] == "kin@vidu.vn"
        assert own.json()["withheld"] == []
        assert own.headers["ETag"] == '"1"'

    def test_an_officer_without_consent_does_not(self, fresh: tuple[House, TestClient]) -> None:
        house, client = fresh
        for role in ("officer", "admin"):
            answer = house.ask(client, role, "GET", "/startups/vi-du-pay")
            assert answer.json()["contact_email"] is None
            assert answer.json()["founders"] is None
            assert answer.json()["withheld"] == ["founders", "contact_name", "contact_email"]
            assert answer.headers["ETag"] == '"1-withheld"'

    def test_no_other_address_lets_them_out(self, fresh: tuple[House, TestClient]) -> None:
        house, client = fresh
        for method, path, _, *_ in ROWS:
            if method == "GET":
                text = house.ask(client, "officer", method, path).text
                assert "Bí Mật" not in text, path
                assert "kin@" not in text, path
                assert "secret@" not in text, path

    def test_a_consent_opens_its_own_scope_only(self, fresh: tuple[House, TestClient]) -> None:
        house, client = fresh
        house.consent("vi-du-pay", "contact", "VN")
        one = house.ask(client, "officer", "GET", "/startups/vi-du-pay").json()
        assert one["contact_email"] == "kin@vidu.vn"
        assert one["withheld"] == ["founders"]
        listed = house.ask(client, "officer", "GET", "/startups").json()["items"]
        assert [p["contact_email"] for p in listed] == [None, None, "kin@vidu.vn"]
        exported = house.ask(client, "officer", "GET", "/export/startup").text
        assert "kin@vidu.vn" in exported
        assert "kin@nongtrai.vn" not in exported

    def test_an_incubator_needs_both_scopes(self, fresh: tuple[House, TestClient]) -> None:
        house, client = fresh
        house.consent("vi-du-pay", "contact", "vuon-uom-vi-du")
        path = "/startups/vi-du-pay"
        assert house.ask(client, "incubator", "GET", path).status_code == 404
        house.consent("vi-du-pay", "profile", "vuon-uom-vi-du")
        seen = house.ask(client, "incubator", "GET", path).json()
        assert seen["contact_email"] == "kin@vidu.vn"
        assert seen["withheld"] == ["founders"]

    def test_a_withdrawn_consent_closes_at_once(self, fresh: tuple[House, TestClient]) -> None:
        house, client = fresh
        given = house.ask(
            client,
            "startup",
            "POST",
            "/startups/vi-du-pay/consents",
            json={"scope": "all", "recipient": "vuon-uom-vi-du"},
        ).json()
        path = "/startups/vi-du-pay"
        assert house.ask(client, "incubator", "GET", path).json()["withheld"] == []
        house.ask(client, "startup", "DELETE", f"{path}/consents/{given['id']}")
        assert house.ask(client, "incubator", "GET", path).status_code == 404

    def test_sending_back_what_was_read_keeps_what_was_withheld(
        self, fresh: tuple[House, TestClient]
    ) -> None:
        house, client = fresh
        path = "/startups/vi-du-pay"
        read = house.ask(client, "officer", "GET", path)
        body = read.json() | {"stage": "series_a"}
        put = house.ask(
            client, "officer", "PUT", path, json=body, headers={"If-Match": read.headers["ETag"]}
        )
        assert put.status_code == 200
        with reading(house.parts.engine) as conn:
            kept: Any = get(conn, "startup", "vi-du-pay")
        assert kept.contact_email == "kin@vidu.vn"
        assert kept.founders[0].name == "Nguyễn Thị Bí Mật"
        assert kept.stage == "series_a"

    def test_what_was_shown_and_changed_is_in_the_audit(
        self, fresh: tuple[House, TestClient]
    ) -> None:
        house, client = fresh
        path = "/startups/vi-du-pay"
        house.consent("vi-du-pay", "founders", "*")
        house.ask(client, "officer", "GET", path, headers={"X-Request-ID": "request-0001"})
        house.ask(client, "startup", "PATCH", path, json={"note": "a"}, headers={"If-Match": '"1"'})
        lines = house.ask(client, "admin", "GET", "/audit?id=vi-du-pay").json()["items"]
        told = [(line["who"], line["action"], line["fields"]) for line in lines]
        own = ["founders", "contact_name", "contact_email"]
        assert told == [
            ("startup #3", "read", own),
            ("startup #3", "changed", ["verified", "note"]),
            ("officer #2", "read", ["founders"]),
        ]
        assert lines[2]["request_id"] == "request-0001"

    def test_an_owner_cannot_verify_itself(self, fresh: tuple[House, TestClient]) -> None:
        house, client = fresh
        path, patch = "/startups/vi-du-pay", {"verified": True}
        changed = house.ask(
            client, "officer", "PATCH", path, json=patch, headers={"If-Match": '"1-withheld"'}
        )
        assert changed.json()["verified"] is True
        own = house.ask(
            client,
            "startup",
            "PATCH",
            path,
            json={"verified": True, "employees": 500},
            headers={"If-Match": '"2"'},
        )
        assert own.json()["verified"] is False


def test_a_revoked_key_opens_nothing(tmp_path: Any) -> None:
    house = build(tmp_path)
    with client_of(house) as client:
        made = house.ask(client, "admin", "POST", "/keys", json=BODIES["key"]).json()
        header = {"Authorization": f"Bearer {made['secret']}"}
        assert client.get(f"{API}/startups", headers=header).status_code == 200
        assert house.ask(client, "admin", "DELETE", f"/keys/{made['id']}").status_code == 204
        assert client.get(f"{API}/startups", headers=header).status_code == 401
        listed = house.ask(client, "admin", "GET", "/keys")
        assert made["secret"] not in listed.text
        assert listed.json()["items"][-1]["revoked_at"] is not None
