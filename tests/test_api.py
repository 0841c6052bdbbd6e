"""The API by its promises: profiles and their versions, lists, files, keys, figures, documents."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from data.listing import filters_of
from matcher.profile import KINDS, forms
from matcher.taxonomy import VOCABULARIES
from tests.service_fixtures import API, House, build, client_of

NEW = {"id": "moi", "name": "Mới", "country": "VN", "sectors": ["edtech"]}


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with client_of(house) as client:
        yield client


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("still"))


@pytest.fixture(scope="module")
def reader(still: House) -> Iterator[TestClient]:
    """A client of a house that no test changes."""
    with client_of(still) as client:
        yield client


class TestOneProfile:
    """Added, read, replaced, amended, deleted."""

    def test_is_added_at_its_address_with_its_version(
        self, house: House, client: TestClient
    ) -> None:
        made = house.ask(client, "officer", "POST", "/startups", json=NEW)
        assert made.status_code == 201
        assert made.headers["Location"] == f"{API}/startups/moi"
        assert made.headers["ETag"] == '"1"'
        assert made.json() == house.ask(client, "officer", "GET", "/startups/moi").json()
        again = house.ask(client, "officer", "POST", "/startups", json=NEW)
        assert again.status_code == 409

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/startups/vi-du-pay", "startup"),
            ("/programmes/merlion-landing", "programme"),
            ("/incubators/vuon-uom-vi-du", "incubator"),
        ],
    )
    def test_has_exactly_the_fields_of_its_kind(
        self, still: House, reader: TestClient, path: str, kind: str
    ) -> None:
        body = still.ask(reader, "officer", "GET", path).json()
        assert list(body) == [*forms(KINDS[kind]), "withheld"]

    def test_shows_dollars_beside_each_sum(self, still: House, reader: TestClient) -> None:
        body = still.ask(reader, "officer", "GET", "/programmes/merlion-landing").json()
        assert body["funding"]["currency"] == "SGD"
        assert 20_000 < body["funding"]["usd"] < 60_000

    def test_is_not_sent_again_to_who_holds_it(self, still: House, reader: TestClient) -> None:
        path = "/startups/vi-du-pay"
        tag = still.ask(reader, "startup", "GET", path).headers["ETag"]
        for held in (tag, f"W/{tag}", f'"9", {tag}', "*"):
            same = still.ask(reader, "startup", "GET", path, headers={"If-None-Match": held})
            assert same.status_code == 304
            assert same.content == b""
            assert same.headers.get_list("ETag") == [tag]
        other = still.ask(reader, "startup", "GET", path, headers={"If-None-Match": '"9"'})
        assert other.status_code == 200

    def test_is_another_text_where_fields_are_withheld(
        self, still: House, reader: TestClient
    ) -> None:
        path = "/startups/vi-du-pay"
        full = still.ask(reader, "startup", "GET", path).headers["ETag"]
        held = still.ask(reader, "officer", "GET", path, headers={"If-None-Match": full})
        assert held.status_code == 200

    def test_is_edited_only_on_its_present_version(self, house: House, client: TestClient) -> None:
        path, patch = "/startups/nong-trai-so", {"stage": "mvp"}

        def amend(headers: dict[str, str]) -> Any:
            return house.ask(client, "officer", "PATCH", path, json=patch, headers=headers)

        assert amend({}).status_code == 428
        assert amend({"If-Match": ""}).status_code == 428
        for wrong in ('"2"', 'W/"1"', "1", "nonsense", '"1'):
            stale = amend({"If-Match": wrong})
            assert stale.status_code == 412, wrong
        assert amend({"If-Match": '"7", "1"'}).status_code == 200
        assert amend({"If-Match": '"1"'}).status_code == 412
        assert amend({"If-Match": "*"}).status_code == 200

    def test_is_not_changed_by_equal_content(self, house: House, client: TestClient) -> None:
        path = "/startups/nong-trai-so"
        before = house.ask(client, "other_startup", "GET", path)
        same = house.ask(
            client,
            "other_startup",
            "PUT",
            path,
            json=before.json(),
            headers={"If-Match": before.headers["ETag"]},
        )
        assert same.status_code == 200
        assert same.headers["ETag"] == before.headers["ETag"]
        assert same.json() == before.json()

    def test_loses_by_put_what_is_left_out(self, house: House, client: TestClient) -> None:
        body = {"id": "lon-qua", "name": "Lớn Quá"}
        put = house.ask(
            client, "officer", "PUT", "/startups/lon-qua", json=body, headers={"If-Match": '"1"'}
        )
        assert put.json()["size"] is None
        assert put.json()["sectors"] is None

    def test_keeps_its_id(self, house: House, client: TestClient) -> None:
        for method, body in (("PUT", NEW), ("PATCH", {"id": "moi"})):
            answer = house.ask(
                client, "officer", method, "/startups/lon-qua", json=body, headers={"If-Match": "*"}
            )
            assert answer.status_code == 422
            assert answer.json()["type"].endswith("invalid-field")

    def test_is_amended_as_rfc_7396_says(self, house: House, client: TestClient) -> None:
        path = "/programmes/merlion-landing"
        patch = {"funding": {"amount": 70000}, "city": None, "sectors": ["ai"], "status": None}
        done = house.ask(
            client,
            "officer",
            "PATCH",
            path,
            json=patch,
            headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
        ).json()
        assert done["funding"]["amount"] == 70000
        assert done["funding"]["currency"] == "SGD"
        assert done["city"] is None
        assert done["sectors"] == ["ai"]
        assert done["status"] == "unknown"
        assert done["name"] == "Merlion Landing"
        bad = house.ask(
            client, "officer", "PATCH", path, json={"name": None}, headers={"If-Match": "*"}
        )
        assert bad.status_code == 422

    def test_is_gone_after_delete_and_comes_back(self, house: House, client: TestClient) -> None:
        path = "/startups/lon-qua"
        gone = house.ask(client, "officer", "DELETE", path, headers={"If-Match": '"1"'})
        assert gone.status_code == 204
        assert gone.content == b""
        assert house.ask(client, "officer", "GET", path).status_code == 404
        back = house.ask(
            client, "officer", "POST", "/startups", json={"id": "lon-qua", "name": "Trở Lại"}
        )
        assert back.status_code == 201
        assert back.headers["ETag"] == '"3"'
        history = house.ask(client, "officer", "GET", f"{path}/history").json()
        assert [(e["version"], e["action"]) for e in history["items"]] == [
            (3, "restored"),
            (2, "deleted"),
            (1, "added"),
        ]
        assert history["items"][0]["changed_by"] == "officer #2"
        page = house.ask(client, "officer", "GET", f"{path}/history?limit=1&offset=1").json()
        assert [e["version"] for e in page["items"]] == [2]
        assert page["total"] == 3

    def test_keeps_its_text_in_nfc(self, house: House, client: TestClient) -> None:
        made = house.ask(
            client, "officer", "POST", "/startups", json=NEW | {"name": "Mo\u031b\u0301i"}
        )
        assert made.json()["name"] == "Mới"


class TestLists:
    """Pages, filters and words."""

    def ids(self, house: House, client: TestClient, query: str) -> list[str]:
        answer = house.ask(client, "officer", "GET", query)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    def test_come_in_pages(self, still: House, reader: TestClient) -> None:
        page = still.ask(reader, "officer", "GET", "/programmes?limit=2&offset=1").json()
        assert [one["id"] for one in page["items"]] == ["merlion-growth", "merlion-landing"]
        assert (page["total"], page["limit"], page["offset"]) == (4, 2, 1)
        assert list(page) == ["items", "total", "limit", "offset"]
        assert self.ids(still, reader, "/programmes?offset=900") == []

    def test_are_filtered_by_code_and_word(self, still: House, reader: TestClient) -> None:
        assert self.ids(still, reader, "/programmes?country=KR") == ["seoul-farm"]
        assert self.ids(still, reader, "/programmes?country=KR&country=SG&status=closed") == [
            "closed-one"
        ]
        assert self.ids(still, reader, "/startups?q=nong+trai") == ["nong-trai-so"]
        assert self.ids(still, reader, "/startups?q=ruộng+lúa&sector=fintech") == []
        assert self.ids(still, reader, "/startups?city=TP.HCM") != []

    def test_have_their_filters_described(self, reader: TestClient) -> None:
        described = reader.get(f"{API}/openapi.json").json()
        for kind in KINDS:
            parameters = described["paths"][f"{API}/{kind}s"]["get"]["parameters"]
            names = {one["name"] for one in parameters if one["in"] == "query"}
            assert names == {*filters_of(kind), "q", "limit", "offset", "lang"}

    def test_have_the_longest_page_of_the_settings(self, tmp_path: Any) -> None:
        house = build(tmp_path, most_per_page=2)
        with client_of(house) as client:
            assert house.ask(client, "officer", "GET", "/startups?limit=3").status_code == 422
            described = client.get(f"{API}/openapi.json").json()
            (limit,) = (
                one["schema"]
                for one in described["paths"][f"{API}/startups"]["get"]["parameters"]
                if one["name"] == "limit"
            )
            assert limit["maximum"] == 2


class TestFiles:
    """Files in and out."""

    def test_a_file_is_loaded_with_a_report_of_refused_rows(
        self, house: House, client: TestClient
    ) -> None:
        table = "Mã,Tên,Giai đoạn,Số lao động\nmot,Một,seed,12\nhai,Hai,nope,x\n"
        content = {"file": ("startups.csv", table.encode())}
        dry = house.ask(client, "officer", "POST", "/import", files=content, data={"dry_run": "1"})
        assert dry.json()["dry_run"] is True
        assert house.ask(client, "officer", "GET", "/startups/mot").status_code == 404
        report = house.ask(
            client, "officer", "POST", "/import?lang=en", files=content, data={"kind": "startup"}
        ).json()
        assert report["counts"] == {"added": 1, "changed": 0, "unchanged": 0, "refused": 1}
        (row,) = report["refused"]
        assert row["line"] == 3
        assert [fault["field"] for fault in row["errors"]] == ["stage", "employees"]
        assert all(fault["next"] for fault in row["errors"])
        assert house.ask(client, "officer", "GET", "/startups/mot").status_code == 200
        again = house.ask(client, "officer", "POST", "/import", files=content).json()
        assert again["counts"]["unchanged"] == 1

    def test_a_file_that_is_none_is_refused(self, house: House, client: TestClient) -> None:
        for content in (b"", b"\x00\x01\x02" * 99, b"PK\x03\x04broken", b"a,b\n1,2\n"):
            answer = house.ask(client, "officer", "POST", "/import", files={"file": ("x", content)})
            assert answer.status_code == 422
            assert answer.json()["next"]
        assert house.ask(client, "officer", "POST", "/import").status_code == 422

    def test_a_file_may_be_longer_than_a_body_but_not_endless(self, tmp_path: Any) -> None:
        house = build(tmp_path, most_body_bytes=2_000, most_file_bytes=4_000)
        with client_of(house) as client:
            row = "mot,Một," + "x" * 3_000 + "\n"
            held = {"file": ("a.csv", ("Mã,Tên,Ghi chú\n" + row).encode())}
            assert house.ask(client, "officer", "POST", "/import", files=held).status_code == 200
            for size in (5_000, 200_000):
                long = {"file": ("a.csv", b"x" * size)}
                answer = house.ask(client, "officer", "POST", "/import", files=long)
                assert answer.status_code == 413

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("lang", ["vi", "en"])
    def test_what_goes_out_comes_in_unchanged(
        self, still: House, reader: TestClient, kind: str, lang: str
    ) -> None:
        for form in ("csv", "xlsx"):
            out = still.ask(reader, "officer", "GET", f"/export/{kind}?format={form}&lang={lang}")
            assert f'filename="{kind}s.{form}"' in out.headers["Content-Disposition"]
            back = still.ask(
                reader,
                "officer",
                "POST",
                "/import",
                files={"file": (f"x.{form}", out.content)},
                data={"dry_run": "true", "kind": kind},
            ).json()
            assert back["counts"]["refused"] == back["counts"]["changed"] == 0, back
            assert back["counts"]["unchanged"] > 0

    def test_a_workbook_opens_in_excel(self, still: House, reader: TestClient) -> None:
        out = still.ask(reader, "officer", "GET", "/export/programme?format=xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(out.content)).active
        assert sheet is not None
        assert sheet.max_row == 5


class TestKeysAndConsents:
    """Made, listed, ended."""

    def test_a_key_shows_its_secret_once(self, house: House, client: TestClient) -> None:
        body = {"name": "Sở KH&CN", "role": "startup", "profile_id": "lon-qua"}
        made = house.ask(client, "admin", "POST", "/keys", json=body)
        assert made.status_code == 201
        assert made.headers["Cache-Control"] == "no-store"
        assert made.json()["secret"].startswith("cn_")
        assert "secret" not in house.ask(client, "admin", "GET", "/keys").json()["items"][-1]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"name": "a", "role": "startup"}, 422),
            ({"name": "a", "role": "startup", "profile_id": "nobody"}, 404),
            ({"name": "a", "role": "officer", "profile_id": "lon-qua"}, 422),
            ({"name": "a", "role": "king"}, 422),
            ({"name": " ", "role": "officer"}, 422),
        ],
    )
    def test_a_key_for_nobody_is_not_made(
        self, house: House, client: TestClient, body: Any, status: int
    ) -> None:
        assert house.ask(client, "admin", "POST", "/keys", json=body).status_code == status
        assert len(house.ask(client, "admin", "GET", "/keys").json()["items"]) == 6

    def test_a_consent_names_somebody(self, house: House, client: TestClient) -> None:
        path = "/startups/vi-du-pay/consents"
        for recipient, status in (("*", 201), ("KR", 201), ("vuon-uom-hai", 201), ("ai-do", 404)):
            body = {"scope": "contact", "recipient": recipient}
            assert house.ask(client, "startup", "POST", path, json=body).status_code == status
        listed = house.ask(client, "startup", "GET", path).json()["items"]
        assert [one["recipient"] for one in listed] == ["*", "KR", "vuon-uom-hai"]

    def test_a_consent_of_another_cannot_be_withdrawn(
        self, house: House, client: TestClient
    ) -> None:
        number = house.consent("vi-du-pay", "all", "*")
        path = f"/startups/nong-trai-so/consents/{number}"
        assert house.ask(client, "other_startup", "DELETE", path).status_code == 404


class TestHealth:
    """What machines ask."""

    def test_readiness_says_what_is_missing(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cold = TestClient(house.app)
        answer = cold.get(f"{API}/health/ready")
        assert answer.status_code == 503
        assert answer.json() == {"status": "not ready", "missing": ["matchmaker"]}
        assert cold.get(f"{API}/health/live").json() == {"status": "live"}
        with client_of(house) as client:
            assert client.get(f"{API}/health/ready").status_code == 200

    def test_readiness_sees_a_lost_database(self, tmp_path: Any) -> None:
        house = build(tmp_path)
        with client_of(house) as client:
            # In one step, since the worker of runs may write into the folder meanwhile.
            tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-lost"))
            house.parts.engine.dispose()
            answer = client.get(f"{API}/health/ready")
            assert answer.status_code == 503
            assert answer.json()["missing"] == ["database"]
            asked = house.ask(client, "officer", "GET", "/startups")
            assert asked.status_code == 503
            assert str(tmp_path) not in asked.text

    def test_a_failed_start_is_tried_again(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        catch_up, fails = house.parts.matchmaker.catch_up, iter([True, False])

        def first_fail() -> int:
            if next(fails, False):
                raise RuntimeError("not yet")
            return catch_up()

        monkeypatch.setattr(house.parts.matchmaker, "catch_up", first_fail)
        house.app.state.warm_up.pause = 0.01
        with client_of(house) as client:
            assert client.get(f"{API}/health/ready").status_code == 200

    def test_figures_count_by_route_and_never_by_id(self, house: House, client: TestClient) -> None:
        house.ask(client, "officer", "GET", "/startups/vi-du-pay/matches?k=2")
        house.ask(client, "officer", "GET", "/guess/12345")
        client.request("BREW", f"{API}/startups")
        figures = house.ask(client, "officer", "GET", "/metrics")
        assert figures.headers["Content-Type"].startswith("text/plain")
        text = figures.text
        route = 'route="/api/v1/startups/{id}/matches"'
        assert f'caunoi_requests_total{{method="GET",{route},status="200"}} 1.0' in text
        assert f'caunoi_request_seconds_count{{method="GET",{route}}} 1.0' in text
        assert 'caunoi_matches_served_total{kind="startup"} 2.0' in text
        assert 'caunoi_profiles{kind="programme"} 4.0' in text
        assert "12345" not in text
        assert "BREW" not in text
        assert "vi-du-pay" not in text


class TestDocuments:
    """The description of the API, its page, and the headers of all."""

    def test_are_in_both_languages_with_examples(self, reader: TestClient) -> None:
        described = reader.get(f"{API}/openapi.json").json()
        operations = [one for path in described["paths"].values() for one in path.values()]
        assert len(operations) == 83
        assert all(" / " in one["summary"] for one in operations)
        assert len({one["operationId"] for one in operations}) == len(operations)
        create = described["paths"][f"{API}/startups"]["post"]
        examples = create["requestBody"]["content"]["application/json"]["examples"]
        assert set(examples) == {"vi", "en"}

    def test_examples_hold(self, house: House, client: TestClient) -> None:
        described = client.get(f"{API}/openapi.json").json()
        for kind in (*KINDS, "cohort"):
            body = described["paths"][f"{API}/{kind}s"]["post"]["requestBody"]
            for example in body["content"]["application/json"]["examples"].values():
                made = house.ask(client, "admin", "POST", f"/{kind}s", json=example["value"])
                assert made.status_code in (201, 409), made.text

    def test_list_every_code(self, reader: TestClient) -> None:
        schemas = reader.get(f"{API}/openapi.json").json()["components"]["schemas"]
        assert schemas["SectorCode"]["enum"] == list(VOCABULARIES["sector"])
        assert schemas["StartupBody"]["additionalProperties"] is False
        assert set(schemas["StartupBody"]["required"]) == {"id", "name"}

    def test_tell_of_every_problem_and_of_the_key(self, reader: TestClient) -> None:
        described = reader.get(f"{API}/openapi.json").json()
        for path, operations in described["paths"].items():
            for operation in operations.values():
                open_ = "/health/" in path or path.endswith("/version")
                assert ("401" in operation["responses"]) != open_
                assert bool(operation.get("security")) != open_
        assert "HTTPValidationError" not in str(described)

    def test_page_loads_nothing_from_elsewhere(self, reader: TestClient) -> None:
        page = reader.get("/docs")
        assert "http" not in page.text.replace("http-equiv", "")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe-eval" not in page.headers["Content-Security-Policy"]
        for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
            assert f"/docs/assets/{name}" in page.text
            assert reader.get(f"/docs/assets/{name}").status_code == 200
        start = reader.get("/docs/start.js")
        assert start.headers["Content-Type"].startswith("text/javascript")
        assert "<script>" not in page.text

    @pytest.mark.parametrize("path", ["/docs", f"{API}/version", f"{API}/startups", "/nothing"])
    def test_every_answer_is_guarded(self, reader: TestClient, path: str) -> None:
        headers = reader.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        is_page = path == "/nothing"  # whose forms must tell where they came from
        assert headers["Referrer-Policy"] == ("same-origin" if is_page else "no-referrer")
        assert "private" in headers["Cache-Control"]
        assert "server" not in headers

    @pytest.mark.parametrize(
        ("given", "kept"),
        [("abcd-1234", True), ("short", False), ("x" * 65, False), ("bad id\x01here", False)],
    )
    def test_every_answer_has_an_id(self, reader: TestClient, given: str, kept: bool) -> None:
        answer = reader.get(f"{API}/version", headers={"X-Request-ID": given})
        assert (answer.headers["X-Request-ID"] == given) == kept
