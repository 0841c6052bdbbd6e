"""Cohorts over HTTP: kept in versions, edited part by part, refused by the name of a limit."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from data import audit
from data.engines import reading
from matcher.cohort import Cohort
from matcher.profile import forms
from tests.cohort_house import COHORT, ROUND, keep_cohort, run_cohort, tag_of
from tests.service_fixtures import API, House, build

AT = f"/cohorts/{ROUND}"
NEW = {
    "id": "dot-2",
    "name": "Đợt 2",
    "budget": {"amount": 1_000_000_000, "currency": "VND"},
    "startups": ["vi-du-pay"],
    "intakes": [
        {
            "programme_id": "seoul-farm",
            "places": 3,
            "cost_per_place": {"amount": 200_000_000, "currency": "VND"},
        }
    ],
}


@pytest.fixture
def house(tmp_path: Any) -> House:
    made = build(tmp_path)
    keep_cohort(made)
    return made


@pytest.fixture
def client(house: House) -> TestClient:
    """A client without the worker of runs: they stay in the queue."""
    return TestClient(house.app, raise_server_exceptions=False)


def edit(house: House, client: TestClient, method: str, path: str, **rest: Any) -> Any:
    """Edit a part of the cohort as it stands."""
    headers = tag_of(house, client, AT)
    return house.ask(client, "officer", method, f"{AT}{path}", headers=headers, **rest)


def whole(house: House, client: TestClient) -> Any:
    return house.ask(client, "officer", "GET", AT).json()


def noted(house: House, action: str) -> list[tuple[str, ...]]:
    """The fields of every audit line of an action on the cohort."""
    with reading(house.parts.engine) as conn:
        lines = audit.read_audit(conn, kind="cohort", id=ROUND)
    return [line.fields for line in lines if line.action == action]


class TestOneCohort:
    """Added, read, replaced, amended, deleted."""

    def test_is_added_at_its_address_with_its_version(
        self, house: House, client: TestClient
    ) -> None:
        made = house.ask(client, "officer", "POST", "/cohorts", json=NEW)
        assert made.status_code == 201, made.text
        assert made.headers["Location"] == f"{API}/cohorts/dot-2"
        assert made.headers["ETag"] == '"1"'
        assert list(made.json()) == list(forms(Cohort))
        assert made.json() == house.ask(client, "officer", "GET", "/cohorts/dot-2").json()
        assert house.ask(client, "officer", "POST", "/cohorts", json=NEW).status_code == 409

    def test_shows_dollars_beside_each_sum_and_takes_them_back(
        self, house: House, client: TestClient
    ) -> None:
        made = house.ask(client, "officer", "POST", "/cohorts", json=NEW)
        body = made.json()
        assert 30_000 < body["budget"]["usd"] < 50_000
        assert 6_000 < body["intakes"][0]["cost_per_place"]["usd"] < 10_000
        again = house.ask(
            client, "officer", "PUT", "/cohorts/dot-2", json=body, headers={"If-Match": '"1"'}
        )
        assert (again.status_code, again.headers["ETag"]) == (200, '"1"')

    def test_is_edited_on_the_version_that_was_read_only(
        self, house: House, client: TestClient
    ) -> None:
        body = whole(house, client) | {"name": "Đợt một"}
        bare = house.ask(client, "officer", "PUT", AT, json=body)
        assert bare.status_code == 428
        kept = house.ask(client, "officer", "PUT", AT, json=body, headers={"If-Match": '"1"'})
        assert (kept.status_code, kept.headers["ETag"]) == (200, '"2"')
        stale = house.ask(client, "officer", "PUT", AT, json=body, headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        assert stale.json()["type"] == "urn:caunoi:problem:cohort-stale"
        assert noted(house, "changed") == [("name",)]

    def test_changes_the_named_fields_alone_by_a_merge_patch(
        self, house: House, client: TestClient
    ) -> None:
        before = whole(house, client)
        patch = {"offers": 2, "quotas": None}
        after = edit(house, client, "PATCH", "", json=patch).json()
        assert after == before | {"offers": 2, "quotas": []}
        other = edit(house, client, "PATCH", "", json={"id": "other"})
        assert other.status_code == 422

    def test_names_every_fault_of_a_body(self, house: House, client: TestClient) -> None:
        wrong = NEW | {"offers": 0, "quotas": [{"name": "x", "attribute": "colour"}], "size": 3}
        answer = house.ask(client, "officer", "POST", "/cohorts?lang=en", json=wrong)
        assert answer.status_code == 422
        fields = {fault["field"] for fault in answer.json()["errors"]}
        assert fields == {"offers", "quotas.0.attribute", "quotas.0.value", "size"}

    def test_is_refused_by_the_name_of_a_limit_that_cannot_hold(
        self, house: House, client: TestClient
    ) -> None:
        quota = {"name": "Nông nghiệp", "attribute": "country", "value": "KR", "at_least": 9}
        answer = house.ask(client, "officer", "POST", "/cohorts", json=NEW | {"quotas": [quota]})
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:caunoi:problem:limit-invalid"
        assert "Nông nghiệp" in answer.json()["detail"]
        gone = house.ask(client, "officer", "POST", "/cohorts", json=NEW | {"startups": ["abc"]})
        assert gone.json()["type"] == "urn:caunoi:problem:cohort-member-unknown"

    def test_is_deleted_and_keeps_its_versions(self, house: House, client: TestClient) -> None:
        edit(house, client, "PATCH", "", json={"note": "Ghi chú"})
        assert edit(house, client, "DELETE", "").status_code == 204
        assert house.ask(client, "officer", "GET", AT).status_code == 404
        old = house.ask(client, "officer", "GET", f"{AT}?version=1")
        assert (old.json()["note"], old.headers["ETag"]) == (None, '"1"')
        history = house.ask(client, "officer", "GET", f"{AT}/history").json()
        assert [line["version"] for line in history["items"]] == [3, 2, 1]
        assert history["total"] == 3

    def test_is_not_deleted_while_its_list_stands(self, house: House, client: TestClient) -> None:
        rounds, run = house.app.state.parts.rounds, run_cohort(house)
        rounds.publish(ROUND, run.id, startups=None, expected=None, who="test", why=None)
        assert edit(house, client, "DELETE", "").status_code == 409

    def test_is_not_sent_again_to_who_holds_it(self, house: House, client: TestClient) -> None:
        held = house.ask(client, "officer", "GET", AT, headers={"If-None-Match": '"1"'})
        assert (held.status_code, held.content) == (304, b"")


class TestParts:
    """Rulings, programmes, limits and startups, one by one."""

    def test_a_pair_is_pinned_with_a_reason_and_released(
        self, house: House, client: TestClient
    ) -> None:
        path = "/pair-rules/lon-qua/seoul-farm"
        bare = edit(house, client, "PUT", path, json={"ruling": "forced"})
        assert bare.status_code == 422
        assert bare.json()["type"] == "urn:caunoi:problem:limit-invalid"
        pinned = edit(house, client, "PUT", path, json={"ruling": "forced", "why": "Đã ký"})
        assert (pinned.status_code, pinned.headers["ETag"]) == (200, '"2"')
        assert (pinned.json()["version"], pinned.json()["pair_rules"]) == (2, 1)
        edit(house, client, "PUT", path, json={"ruling": "conflict"})
        (rule,) = whole(house, client)["pair_rules"]
        assert rule["ruling"] == "conflict"
        assert rule.get("why") is None
        assert edit(house, client, "DELETE", path).json()["pair_rules"] == 0
        assert edit(house, client, "DELETE", path).status_code == 404
        assert noted(house, "changed") == [("pair_rules",)] * 3

    def test_a_programme_gets_its_places_and_leaves(self, house: House, client: TestClient) -> None:
        cost = {"amount": 5_000, "currency": "USD"}
        body = {"places": 4, "min_intake": 2, "cost_per_place": cost}
        assert edit(house, client, "PUT", "/intakes/seoul-farm", json=body).status_code == 200
        kept = {one["programme_id"]: one for one in whole(house, client)["intakes"]}
        assert kept["seoul-farm"]["places"] == 4
        assert kept["seoul-farm"]["cost_per_place"] == cost | {"usd": 5_000}
        low = edit(house, client, "PUT", "/intakes/seoul-farm", json={"places": 1, "min_intake": 2})
        assert low.status_code == 422
        assert edit(house, client, "PUT", "/intakes/closed-one", json={}).json()["programmes"] == 4
        assert edit(house, client, "DELETE", "/intakes/closed-one").json()["programmes"] == 3
        assert edit(house, client, "PUT", "/intakes/nobody", json={}).status_code == 422

    def test_a_limit_is_set_under_its_own_name_whatever_stands_in_it(
        self, house: House, client: TestClient
    ) -> None:
        body = {"attribute": "country", "value": "SG", "at_most": 1}
        for name in ("Tối đa 1 / Singapore", "T%E1%BB%91i%20%C4%91a"):
            assert edit(house, client, "PUT", f"/quotas/{name}", json=body).status_code == 200
        names = [one["name"] for one in whole(house, client)["quotas"]]
        assert names == ["Hàn Quốc", "Tối đa 1 / Singapore", "Tối đa"]
        edit(house, client, "PUT", "/quotas/Hàn Quốc", json=body | {"value": "KR"})
        assert whole(house, client)["quotas"][0]["at_most"] == 1
        taken = edit(house, client, "DELETE", "/quotas/Tối đa 1 / Singapore")
        assert taken.json()["quotas"] == 2
        reserved = edit(house, client, "PUT", "/quotas/budget", json=body)
        assert reserved.status_code == 422

    def test_a_startup_joins_once_and_stays_while_a_ruling_names_it(
        self, house: House, client: TestClient
    ) -> None:
        assert edit(house, client, "DELETE", "/startups/lon-qua").json()["startups"] == 2
        assert edit(house, client, "PUT", "/startups/lon-qua").json()["startups"] == 3
        assert edit(house, client, "PUT", "/startups/lon-qua").json()["version"] == 3
        edit(house, client, "PUT", "/pair-rules/lon-qua/seoul-farm", json={"ruling": "forbidden"})
        assert edit(house, client, "DELETE", "/startups/lon-qua").status_code == 422
        assert edit(house, client, "PUT", "/startups/abc").status_code == 422

    def test_an_edit_of_a_part_needs_the_version_too(
        self, house: House, client: TestClient
    ) -> None:
        path = f"{AT}/startups/lon-qua"
        assert house.ask(client, "officer", "DELETE", path).status_code == 428
        stale = house.ask(client, "officer", "DELETE", path, headers={"If-Match": '"7"'})
        assert stale.status_code == 412


class TestFiles:
    """A workbook out, in again, and an empty one."""

    def test_an_export_loads_back_unchanged(self, house: House, client: TestClient) -> None:
        for lang in ("vi", "en"):
            out = house.ask(client, "officer", "GET", f"{AT}/export?lang={lang}")
            assert f'filename="{ROUND}.xlsx"' in out.headers["Content-Disposition"]
            file = {"file": ("dot.xlsx", out.content)}
            back = house.ask(
                client, "officer", "POST", "/cohorts/import", files=file, data={"version": "1"}
            )
            assert back.status_code == 200, back.text
            assert (back.json()["action"], back.json()["refused"]) == ("unchanged", [])

    def test_a_list_of_startups_makes_a_cohort_and_names_what_it_refused(
        self, house: House, client: TestClient
    ) -> None:
        rows = "Tên startup,Mã\nVí Dụ Pay,vi-du-pay\nKhông Ai,\n"
        file = {"file": ("ds.csv", rows.encode())}
        named = {"id": "dot-3", "name": "Đợt 3"}
        ask = {"files": file, "data": named | {"dry_run": "1"}}
        dry = house.ask(client, "officer", "POST", "/cohorts/import", **ask).json()
        assert (dry["dry_run"], dry["action"], dry["version"]) == (True, "added", None)
        assert house.ask(client, "officer", "GET", "/cohorts/dot-3").status_code == 404
        made = house.ask(client, "officer", "POST", "/cohorts/import", files=file, data=named)
        report = made.json()
        assert (report["action"], report["version"], report["startups"]) == ("added", 1, 1)
        assert [line["line"] for line in report["refused"]] == [3]
        assert report["refused"][0]["errors"][0]["next"]
        kept = house.ask(client, "officer", "GET", "/cohorts/dot-3").json()
        assert kept["startups"] == ["vi-du-pay"]

    def test_a_cohort_that_is_there_is_changed_only_by_who_has_seen_it(
        self, house: House, client: TestClient
    ) -> None:
        file = {"file": ("ds.csv", "Mã,Tên startup\nlon-qua,Lớn Quá\n".encode())}

        def send(**more: str) -> Any:
            data = {"id": ROUND} | more
            return house.ask(client, "officer", "POST", "/cohorts/import", files=file, data=data)

        assert send().status_code == 422
        assert send(version="7").status_code == 412
        assert send(dry_run="1").json()["action"] == "changed"
        assert send(version="1").json()["version"] == 2
        kept = whole(house, client)
        assert kept["startups"] == ["lon-qua"]
        assert len(kept["intakes"]) == len(COHORT.intakes)

    def test_an_empty_form_has_a_sheet_for_each_part(
        self, house: House, client: TestClient
    ) -> None:
        out = house.ask(client, "officer", "GET", "/cohort-form")
        assert len(openpyxl.load_workbook(io.BytesIO(out.content)).sheetnames) == 5

    def test_any_list_of_ids_and_names_is_not_taken_for_a_round(
        self, house: House, client: TestClient
    ) -> None:
        file = {"file": ("x.csv", "id,name\nvi-du-pay,Ví Dụ Pay\n".encode())}
        for data in ({}, {"id": ROUND, "version": "1"}):
            answer = house.ask(client, "officer", "POST", "/cohorts/import", files=file, data=data)
            assert answer.status_code == 422
        assert whole(house, client)["name"] == COHORT.name

    def test_a_file_without_a_name_for_the_round_is_refused(
        self, house: House, client: TestClient
    ) -> None:
        file = {"file": ("ds.csv", "Mã,Tên startup\nlon-qua,Lớn Quá\n".encode())}
        answer = house.ask(client, "officer", "POST", "/cohorts/import", files=file)
        assert answer.status_code == 422


def test_cohorts_are_listed_by_page_without_those_deleted(house: House, client: TestClient) -> None:
    house.ask(client, "officer", "POST", "/cohorts", json=NEW)
    page = house.ask(client, "officer", "GET", "/cohorts?limit=1&offset=1").json()
    assert (page["total"], [one["id"] for one in page["items"]]) == (2, ["dot-2"])
    edit(house, client, "DELETE", "")
    left = house.ask(client, "officer", "GET", "/cohorts").json()
    assert [one["id"] for one in left["items"]] == ["dot-2"]
    assert house.ask(client, "officer", "GET", "/cohorts?limit=900").status_code == 422


@pytest.mark.parametrize(
    "role", ["startup", "other_startup", "incubator", "other_incubator", "nobody"]
)
def test_cohorts_are_for_officers_alone(house: House, client: TestClient, role: str) -> None:
    refused = 401 if role == "nobody" else 403
    for method, path in (
        ("GET", "/cohorts"),
        ("GET", AT),
        ("DELETE", AT),
        ("GET", f"{AT}/history"),
        ("GET", f"{AT}/export"),
        ("GET", "/cohort-form"),
        ("PUT", f"{AT}/startups/vi-du-pay"),
        ("DELETE", f"{AT}/quotas/x"),
    ):
        assert house.ask(client, role, method, path).status_code == refused
