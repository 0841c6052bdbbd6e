"""Runs over HTTP: ordered, watched, read with names and sentences, published, undone, repeated."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from typing import Any

import pytest
from fastapi.testclient import TestClient

from data import audit, runs
from data.engines import reading, transaction
from data.reports import REPORTS
from matcher.cohort import Intake, PairRule, Quota
from matcher.errors import OutOfTime
from matcher.profile import Money
from matcher.rounds import run_round
from tests.cohort_house import COHORT, ROUND, keep_cohort, run_cohort
from tests.service_fixtures import API, NOW, House, build

AT = f"/cohorts/{ROUND}"
PUBLISHED = f"{AT}/published"


@pytest.fixture
def house(tmp_path: Any) -> House:
    made = build(tmp_path)
    keep_cohort(made)
    return made


@pytest.fixture
def client(house: House) -> TestClient:
    """A client without the worker of runs: they stay in the queue."""
    return TestClient(house.app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with three runs, of which no test changes anything."""
    made = build(tmp_path_factory.mktemp("still"))
    keep_cohort(made)
    run_cohort(made)
    run_cohort(made, mode="fair")
    tight = Quota(name="Ít nhất 3", attribute="country", value="KR", at_least=3)
    intakes = (Intake(programme_id="seoul-farm", places=3),)
    keep_cohort(made, dataclasses.replace(COHORT, id="chat", quotas=(tight,), intakes=intakes))
    run_cohort(made, "chat")
    return made


@pytest.fixture(scope="module")
def reader(still: House) -> TestClient:
    return TestClient(still.app, raise_server_exceptions=False)


def get(house: House, client: TestClient, path: str, role: str = "officer") -> Any:
    answer = house.ask(client, role, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def publish(house: House, client: TestClient, tag: str, **body: Any) -> Any:
    headers = {"If-Match": tag}
    return house.ask(client, "officer", "POST", PUBLISHED, json=body, headers=headers)


class TestOrdering:
    """Queued, watched, cancelled; a dry run."""

    def test_a_run_waits_with_what_was_asked(self, house: House, client: TestClient) -> None:
        asked = {"mode": "fair", "keep_points": 2.5, "max_moves": 4, "seed": 7, "seconds": 30}
        made = house.ask(client, "officer", "POST", f"{AT}/runs", json=asked)
        assert made.status_code == 202, made.text
        run = made.json()
        assert made.headers["Location"] == f"{API}/runs/{run['id']}"
        assert (run["state"], run["share"], run["cohort_version"]) == ("queued", 0.0, 1)
        assert run["how"] == asked | {"proposing": "startup", "reserves": 10}
        assert (run["grounds"], run["error"], run["held_from"]) == (None, None, None)
        assert run == get(house, client, f"/runs/{run['id']}")
        assert [one["name"] for one in run["limits"]] == ["Hàn Quốc"]
        assert get(house, client, f"{AT}/runs")["items"] == [run | {"limits": None}]

    def test_a_worker_takes_it_up_and_it_tells_what_it_rests_on(
        self, house: House, client: TestClient
    ) -> None:
        house.ask(client, "officer", "POST", f"{AT}/runs", json={})
        with transaction(house.parts.engine) as conn:
            claimed = runs.claim(conn, "worker", NOW)
        assert claimed is not None
        assert get(house, client, f"/runs/{claimed.id}")["state"] == "running"
        house.app.state.parts.rounds.attempt(claimed, run_round)
        run = get(house, client, f"/runs/{claimed.id}")
        assert (run["state"], run["share"], run["placed"], run["proved"]) == ("done", 1, 2, True)
        assert run["total"] == run["bound"]
        grounds = run["grounds"]
        assert sum(part["points"] for part in grounds["weights"]) == pytest.approx(100)
        assert grounds["profiles"] == 6
        assert len(grounds["input_digest"]) == len(run["result_digest"]) == 64

    def test_a_run_is_cancelled_and_one_that_has_ended_stays(
        self, house: House, client: TestClient
    ) -> None:
        run = house.ask(client, "officer", "POST", f"{AT}/runs", json={}).json()
        gone = house.ask(client, "officer", "DELETE", f"/runs/{run['id']}")
        assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
        done = run_cohort(house)
        kept = house.ask(client, "officer", "DELETE", f"/runs/{done.id}")
        assert kept.json()["state"] == "done"
        assert house.ask(client, "officer", "GET", "/runs/99").status_code == 404
        waiting = house.ask(client, "officer", "GET", f"/runs/{run['id']}/outcome")
        assert waiting.status_code == 409

    def test_a_failed_run_says_why_and_what_to_do_in_the_readers_language(
        self, house: House, client: TestClient
    ) -> None:
        run = house.ask(client, "officer", "POST", f"{AT}/runs", json={}).json()
        error = OutOfTime(seconds=60)
        with transaction(house.parts.engine) as conn:
            runs.claim(conn, "worker", NOW)
            runs.fail(conn, run["id"], error.code, error.facts, NOW)
        told = [
            get(house, client, f"/runs/{run['id']}?lang={lang}")["error"] for lang in ("vi", "en")
        ]
        assert {one["code"] for one in told} == {"out-of-time"}
        assert told[0]["title"] != told[1]["title"]
        assert "60" in told[1]["detail"]
        assert all(one["next"] for one in told)

    def test_a_dry_run_says_what_would_come_out_and_keeps_nothing(
        self, house: House, client: TestClient
    ) -> None:
        dry = house.ask(client, "officer", "POST", f"{AT}/runs", json={"dry_run": True})
        assert dry.status_code == 200, dry.text
        assert dry.headers["Content-Language"] == "vi"
        assert (dry.json()["run"], dry.json()["placed"]) == (None, 2)
        assert get(house, client, f"{AT}/runs")["items"] == []

    @pytest.mark.parametrize(
        "wrong",
        [{"mode": "random"}, {"seconds": 601}, {"seconds": 0}, {"keep_points": 101}, {"x": 1}],
    )
    def test_what_no_run_can_be_asked_is_refused(
        self, still: House, reader: TestClient, wrong: dict[str, Any]
    ) -> None:
        answer = still.ask(reader, "officer", "POST", f"{AT}/runs", json=wrong)
        assert answer.status_code == 422

    def test_runs_are_listed_newest_first_by_page(self, still: House, reader: TestClient) -> None:
        first = get(still, reader, f"{AT}/runs?limit=1")
        assert ([run["id"] for run in first["items"]], first["next"]) == ([2], 2)
        second = get(still, reader, f"{AT}/runs?limit=1&before=2")
        assert ([run["id"] for run in second["items"]], second["next"]) == ([1], None)


class TestReading:
    """What a run says, with names, points and sentences."""

    def test_the_outcome_has_totals_loads_fairness_and_limits(
        self, still: House, reader: TestClient
    ) -> None:
        outcome = get(still, reader, "/runs/1/outcome?lang=en")
        assert (outcome["state"], outcome["placed"], outcome["gap"]) == ("done", 2, 0)
        assert outcome["total"] == pytest.approx(outcome["sheet"]["here"]["total"])
        loads = {load["programme"]["id"]: load for load in outcome["loads"]}
        assert loads["seoul-farm"]["programme"]["name"] == "Seoul Farm Tech"
        assert 0 < loads["seoul-farm"]["highest"] <= 100
        assert loads["merlion-growth"]["places"] is None
        assert any("places are not known" in note for note in outcome["notes"])
        (limit,) = outcome["limits"]
        assert limit == {
            "name": "Hàn Quốc",
            "attribute": "country",
            "value": "KR",
            "at_least": None,
            "at_most": 2,
            "found": 1,
            "currency": None,
            "kept": True,
        }
        labels = {group["label"] for group in outcome["sheet"]["groups"]}
        assert any("agri" in label.lower() for label in labels)

    def test_an_infeasible_run_names_the_limits_that_must_give_way(
        self, still: House, reader: TestClient
    ) -> None:
        assert get(still, reader, "/runs/3")["state"] == "infeasible"
        outcome = get(still, reader, "/runs/3/outcome")
        assert (outcome["state"], outcome["total"], outcome["sheet"]) == ("infeasible", None, None)
        relaxed = outcome["ways_out"][0]["relaxed"]
        assert [(one["limit"], one["label"]) for one in relaxed] == [("Ít nhất 3", "Ít nhất 3")]
        assert relaxed[0]["by"] >= 1
        assert relaxed[0]["lowers"]
        assert still.ask(reader, "officer", "GET", "/runs/3/placements").status_code == 409

    def test_every_placement_has_names_points_and_reasons(
        self, still: House, reader: TestClient
    ) -> None:
        page = get(still, reader, "/runs/1/placements?lang=en")
        assert page["total"] == 3
        ids = [one["startup"]["id"] for one in page["items"]]
        assert ids == sorted(ids)
        for one in page["items"]:
            assert one["startup"]["name"] != one["startup"]["id"]
            assert all(reason.endswith(".") for reason in one["reasons"])
            assert not any("seoul-farm" in reason for reason in one["reasons"])
            for place in one["places"]:
                assert round(place["points"], 2) == place["points"]
        states = {one["startup"]["id"]: one["state"] for one in page["items"]}
        placed = get(still, reader, "/runs/1/placements?state=placed&limit=1&offset=1")
        assert placed["total"] == sum(state == "placed" for state in states.values())
        assert len(placed["items"]) == 1

    def test_a_placement_is_explained_with_what_would_change_it(
        self, still: House, reader: TestClient
    ) -> None:
        told = get(still, reader, "/runs/1/placements/vi-du-pay")
        assert told["placement"]["startup"]["name"] == "Ví Dụ Pay"
        for one in told["what_ifs"]:
            assert one["reasons"]
            assert (one["change"] is None) == (one["kind"] != "change")
        assert still.ask(reader, "officer", "GET", "/runs/1/placements/abc").status_code == 404

    def test_two_runs_are_compared_startup_by_startup(
        self, house: House, client: TestClient
    ) -> None:
        run_cohort(house)
        shut = PairRule(startup_id="nong-trai-so", programme_id="seoul-farm", ruling="forbidden")
        path = f"{AT}/pair-rules/{shut.startup_id}/{shut.programme_id}"
        rest = {"json": {"ruling": shut.ruling}, "headers": {"If-Match": "*"}}
        assert house.ask(client, "officer", "PUT", path, **rest).status_code == 200
        run_cohort(house)
        difference = get(house, client, "/runs/1/difference/2")
        moved = {move["startup"]["id"]: move for move in difference["moves"]}
        farm = moved["nong-trai-so"]
        assert [one["name"] for one in farm["before"]] == ["Seoul Farm Tech"]
        assert [one["name"] for one in farm["after"]] == ["Merlion Landing"]
        assert farm["reasons"]

    def test_a_run_repeats_bit_for_bit(self, still: House, reader: TestClient) -> None:
        for run in (1, 2, 3):
            again = still.ask(reader, "officer", "POST", f"/runs/{run}/replay").json()
            assert again["same"], again
            assert again["points"] == "same"

    @pytest.mark.parametrize("form", ["xlsx", "docx", "csv", "loads.svg"])
    def test_a_run_is_a_file_in_the_readers_language(
        self, still: House, reader: TestClient, form: str
    ) -> None:
        for lang, word in (("vi", "luot-ghep"), ("en", "run")):
            answer = still.ask(reader, "officer", "GET", f"/runs/1/report/{form}?lang={lang}")
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == REPORTS[form].media_type
            assert f'filename="{ROUND}-{word}-1.' in answer.headers["Content-Disposition"]
            if form in ("xlsx", "docx"):
                assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
            assert b"Tr\xe1\xba\xa7n K\xc3\xadn" not in answer.content
        known = still.ask(reader, "officer", "GET", "/runs/1/report/pdf")
        assert known.status_code == 422


class TestPublishing:
    """A list that stands, published and undone by who has seen the last act."""

    def test_nothing_stands_before_somebody_publishes(
        self, house: House, client: TestClient
    ) -> None:
        empty = house.ask(client, "officer", "GET", PUBLISHED)
        assert empty.headers["ETag"] == '"0"'
        assert (empty.json()["publication"], empty.json()["placements"]) == (None, [])

    def test_a_run_is_published_and_undone(self, house: House, client: TestClient) -> None:
        run = run_cohort(house)
        made = publish(house, client, '"0"', run_id=run.id, why="Quyết định 12")
        assert made.status_code == 201, made.text
        assert made.headers["ETag"] == f'"{made.json()["id"]}"'
        listed = house.ask(client, "officer", "GET", PUBLISHED)
        assert listed.headers["ETag"] == made.headers["ETag"]
        assert listed.json()["publication"] == made.json()
        given = {(o["startup"]["id"], o["programme"]["name"]) for o in listed.json()["placements"]}
        assert ("nong-trai-so", "Seoul Farm Tech") in given
        held = {"If-None-Match": made.headers["ETag"]}
        assert house.ask(client, "officer", "GET", PUBLISHED, headers=held).status_code == 304
        undone = house.ask(
            client,
            "officer",
            "DELETE",
            f"{PUBLISHED}?why=nhầm",
            headers={"If-Match": made.headers["ETag"]},
        )
        assert (undone.status_code, undone.json()["action"]) == (200, "undo")
        acts = get(house, client, f"{AT}/publications")["items"]
        assert [(act["action"], act["why"], act["placed"]) for act in acts] == [
            ("undo", "nhầm", 0),
            ("publish", "Quyết định 12", 2),
        ]
        again = house.ask(
            client, "officer", "DELETE", PUBLISHED, headers={"If-Match": undone.headers["ETag"]}
        )
        assert again.status_code == 409

    def test_two_officers_cannot_publish_over_each_other(
        self, house: House, client: TestClient
    ) -> None:
        first, second = run_cohort(house), run_cohort(house, mode="fair")
        assert publish(house, client, '"0"', run_id=first.id).status_code == 201
        late = publish(house, client, '"0"', run_id=second.id)
        assert late.status_code == 409
        assert late.json()["type"] == "urn:caunoi:problem:overtaken"
        bare = house.ask(client, "officer", "POST", PUBLISHED, json={"run_id": second.id})
        assert bare.status_code == 428
        assert publish(house, client, "*", run_id=second.id).status_code == 201

    def test_a_part_of_a_run_leaves_the_rest_of_the_list(
        self, house: House, client: TestClient
    ) -> None:
        run = run_cohort(house)
        part = publish(house, client, '"0"', run_id=run.id, startups=["nong-trai-so"])
        assert part.json()["placed"] == 1
        given = get(house, client, PUBLISHED)["placements"]
        assert [one["startup"]["id"] for one in given] == ["nong-trai-so"]

    def test_a_run_of_a_cohort_that_has_changed_since_is_not_published(
        self, house: House, client: TestClient
    ) -> None:
        run = run_cohort(house)
        headers = {"If-Match": "*"}
        house.ask(client, "officer", "PATCH", AT, json={"note": "x"}, headers=headers)
        answer = publish(house, client, '"0"', run_id=run.id)
        assert answer.status_code == 409
        assert publish(house, client, '"0"', run_id=99).status_code == 404

    def test_the_next_run_knows_the_published_list(self, house: House, client: TestClient) -> None:
        act = publish(house, client, '"0"', run_id=run_cohort(house).id).json()
        run = run_cohort(house)
        assert get(house, client, f"/runs/{run.id}")["held_from"] == act["id"]
        outcome = get(house, client, f"/runs/{run.id}/outcome")
        assert (outcome["moves"], outcome["least_moves"]) == ([], 0)

    def test_a_startup_sees_its_own_published_place_and_no_draft(
        self, house: House, client: TestClient
    ) -> None:
        path, run = "/startups/nong-trai-so/placement", run_cohort(house)
        assert get(house, client, path, "other_startup")["placements"] == []
        publish(house, client, '"0"', run_id=run.id)
        for role in ("other_startup", "officer"):
            told = get(house, client, path, role)
            assert told["startup"]["name"] == "Nông Trại Số"
            (one,) = told["placements"]
            assert one["cohort"] == {"id": ROUND, "name": COHORT.name}
            assert one["programme"]["name"] == "Seoul Farm Tech"
        for role, refused in (("startup", 404), ("incubator", 404), ("nobody", 401)):
            assert house.ask(client, role, "GET", path).status_code == refused

    def test_every_act_is_noted(self, house: House, client: TestClient) -> None:
        run = run_cohort(house)
        made = publish(house, client, '"0"', run_id=run.id)
        headers = {"If-Match": made.headers["ETag"]}
        house.ask(client, "officer", "DELETE", PUBLISHED, headers=headers)
        get(house, client, f"/runs/{run.id}/placements")
        with reading(house.parts.engine) as conn:
            found = {line.action for line in audit.read_audit(conn, who="officer #2")}
        assert found >= {f"published run {run.id}", "undid publication", "read placements"}


class TestLists:
    """Lists that respect the places before anybody applies."""

    def test_every_startup_gets_a_list_and_the_spread_is_told(
        self, still: House, reader: TestClient
    ) -> None:
        told = get(still, reader, f"{AT}/lists?k=2&slack=1")
        assert (told["k"], told["slack"], told["total"]) == (2, 1, 3)
        assert told["cohort"]["name"] == COHORT.name
        assert set(told["plain"]) == set(told["capped"])
        assert all(cap["listed"] <= cap["cap"] + cap["over"] for cap in told["caps"])
        entries = sum(len(one["programmes"]) for one in told["items"])
        assert entries == told["capped"]["entries"]
        page = get(still, reader, f"{AT}/lists?k=2&slack=1&limit=1&offset=1")
        assert page["items"] == told["items"][1:2]
        assert still.ask(reader, "officer", "GET", f"{AT}/lists?slack=0.5").status_code == 422


def test_a_budget_is_told_in_its_own_currency(house: House, client: TestClient) -> None:
    cost = Money(300_000_000.0, "VND")
    intakes = tuple(dataclasses.replace(one, cost_per_place=cost) for one in COHORT.intakes)
    pinned = tuple(
        PairRule(startup_id=one, programme_id="seoul-farm", ruling="forced", why="x")
        for one in ("nong-trai-so",)
    )
    least = Quota(name="Hai suất", attribute="country", value="KR", at_least=1)
    rich = dataclasses.replace(
        COHORT,
        id="ngan-sach",
        intakes=intakes,
        pair_rules=pinned,
        quotas=(least,),
        budget=Money(500_000_000.0, "VND"),
    )
    keep_cohort(house, rich)
    run = run_cohort(house, "ngan-sach")
    limits = {one["name"]: one for one in get(house, client, f"/runs/{run.id}/outcome")["limits"]}
    budget = limits["budget"]
    assert (budget["at_most"], budget["currency"], budget["kept"]) == (500_000_000, "VND", True)
    assert budget["found"] == 300_000_000


@pytest.mark.parametrize(
    "empty", [{"startups": ()}, {"intakes": ()}, {"startups": (), "intakes": ()}]
)
def test_a_cohort_with_nobody_in_it_yet_is_run_and_told_all_the_same(
    house: House, client: TestClient, empty: dict[str, Any]
) -> None:
    keep_cohort(house, dataclasses.replace(COHORT, id="rong", quotas=(), **empty))
    for mode in ("best", "fair", "stable"):
        run = run_cohort(house, "rong", mode=mode)
        assert get(house, client, f"/runs/{run.id}/outcome")["placed"] == 0
        for form in ("xlsx", "docx", "csv", "flow.svg"):
            path = f"/runs/{run.id}/report/{form}"
            assert house.ask(client, "officer", "GET", path).status_code == 200
    lists = get(house, client, "/cohorts/rong/lists")
    assert lists["capped"]["entries"] == 0


@pytest.mark.parametrize("role", ["startup", "incubator", "nobody"])
def test_runs_are_for_officers_alone(still: House, reader: TestClient, role: str) -> None:
    refused = 401 if role == "nobody" else 403
    for method, path in (
        ("POST", f"{AT}/runs"),
        ("GET", "/runs/1"),
        ("DELETE", "/runs/1"),
        ("GET", "/runs/1/outcome"),
        ("GET", "/runs/1/placements"),
        ("GET", "/runs/1/report/xlsx"),
        ("POST", "/runs/1/replay"),
        ("GET", PUBLISHED),
        ("POST", PUBLISHED),
        ("GET", f"{AT}/lists"),
    ):
        asked = {"json": {}} if method == "POST" and not path.endswith("replay") else {}
        answer = still.ask(reader, role, method, path, **asked)
        assert answer.status_code == refused, path
