"""Pages of runs: ordered, watched, read with every reason, ruled on, published, undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from data import audit, cohorts, publications, runs
from data.engines import reading, transaction
from data.runs import Order, Run
from matcher.assignment.instance import How
from matcher.cohort import Cohort, Intake, PairRule, Quota
from matcher.outcome import Relaxation, WayOut
from service.relaxed_cohort import relaxed_cohort
from tests.cohort_house import COHORT, ROUND, keep_cohort, run_cohort
from tests.page_fixtures import send, soup, token, visitor
from tests.service_fixtures import NOW, House, build

NUMBERS = count(2)
TIGHT = dataclasses.replace(
    COHORT,
    id="chat",
    intakes=(Intake(programme_id="seoul-farm", places=3),),
    quotas=(Quota(name="Ít nhất 3", attribute="country", value="KR", at_least=3),),
)
TABS = ("", "/placements", "/programmes", "/fairness", "/moves", "/pictures", "/publish")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with two runs of one cohort, and one of a cohort that nobody can solve."""
    made = build(tmp_path_factory.mktemp("house"))
    keep_cohort(made)
    run_cohort(made)
    run_cohort(made, mode="fair")
    keep_cohort(made, TIGHT)
    run_cohort(made, TIGHT.id)
    return made


@pytest.fixture(scope="module")
def officer(house: House) -> Iterator[TestClient]:
    with visitor(house, "officer") as one:
        one.get("/account?lang=en")
        yield one


@pytest.fixture
def run(house: House) -> Run:
    """A run of a fresh cohort."""
    id = f"dot-{next(NUMBERS)}"
    keep_cohort(house, dataclasses.replace(COHORT, id=id))
    return run_cohort(house, id)


def kept(house: House, id: str) -> Cohort:
    with reading(house.parts.engine) as conn:
        return cohorts.get(conn, id).cohort


def post(client: TestClient, to: str, /, **fields: Any) -> Response:
    return send(client, "/account", to, **fields)


def placed(house: House, run: Run) -> tuple[tuple[str, str], ...]:
    with reading(house.parts.engine) as conn:
        latest = publications.latest(conn, run.order.cohort_id)
    return () if latest is None else latest.pairs


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_page_of_a_run_reads_in_both_languages(
    house: House, officer: TestClient, lang: str
) -> None:
    paths = [f"/runs/1{tab}" for tab in TABS]
    paths += ["/runs/3", "/runs/1/startups/vi-du-pay", "/runs/compare?a=1&b=2"]
    for path in paths:
        answer = officer.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
        assert answer.status_code == 200, path
        assert soup(answer).html["lang"] == lang
        assert len(soup(answer).find_all("h1")) == 1
    officer.get("/account?lang=en")


@pytest.mark.parametrize("who", ["startup", "incubator"])
def test_others_than_officers_learn_nothing_of_drafts(house: House, who: str) -> None:
    with visitor(house, who) as client:
        for tab in (*TABS, "/startups/vi-du-pay", "/report/csv"):
            answer = client.get(f"/runs/1{tab}")
            assert answer.status_code == 403
            assert "Nông Trại Số" not in answer.text
        csrf = token(client, "/account")
        for act in ("cancel", "replay", "relax", "publish", "startups/vi-du-pay"):
            assert client.post(f"/runs/1/{act}", data={"csrf": csrf}).status_code == 403


def test_what_a_reader_sees_of_a_run_is_noted(house: House, officer: TestClient) -> None:
    officer.get("/runs/1/placements")
    with reading(house.parts.engine) as conn:
        lines = audit.read_audit(conn, limit=5)
    assert any(line.action == "read placements" and line.id == "1" for line in lines)


def test_an_order_leads_to_its_progress_and_is_refused_by_its_fields(
    house: House, officer: TestClient
) -> None:
    at = f"/cohorts/{ROUND}"
    fields = {"mode": "fair", "keep_points": "lots", "seconds": "900", "reserves": "10"}
    wrong = post(officer, f"{at}/runs", **fields)
    assert wrong.status_code == 422
    found = {one["id"] for one in soup(wrong).select("p.fault")}
    assert found == {"keep_points-fault", "seconds-fault"}
    assert soup(wrong).find(id="keep_points")["value"] == "lots"
    assert soup(wrong).select_one("input[name=mode][checked]")["value"] == "fair"
    fields |= {"keep_points": "2,5", "seconds": "30", "max_moves": "1"}
    answer = post(officer, f"{at}/runs", **fields)
    number = int(answer.headers["location"].split("?")[0].rpartition("/")[2])
    with reading(house.parts.engine) as conn:
        how = runs.get(conn, number).order.how
    assert (how.mode, how.keep_value, how.max_moves, how.seconds) == ("fair", 250, 1, 30)
    post(officer, f"/runs/{number}/cancel")


def test_progress_works_without_script_and_a_run_can_be_cancelled(
    house: House, officer: TestClient
) -> None:
    order = Order(ROUND, 1, How(), None, "test", NOW)
    with transaction(house.parts.engine) as conn:
        number = runs.queue(conn, order)
        runs.claim(conn, "somebody else", NOW, number)
        runs.report(conn, number, "solving", 0.4, NOW)
    page = soup(officer.get(f"/runs/{number}"))
    assert page.select_one("noscript meta[http-equiv=refresh]") is not None
    assert page.progress["value"] == "40"
    assert "Finding the placements, 40% done" in page.text
    assert page.find("a", string="Look again now")["href"] == f"/runs/{number}"
    answer = post(officer, f"/runs/{number}/cancel")
    assert answer.headers["location"] == f"/runs/{number}?said=run_cancelled"
    ended = officer.get(f"/runs/{number}")
    assert "no result is kept" in ended.text
    assert not soup(ended).select("noscript meta")
    again = post(officer, f"/runs/{number}/cancel")
    assert again.headers["location"].endswith("said=run_over")


def test_a_result_tells_totals_proof_limits_and_what_it_rests_on(officer: TestClient) -> None:
    text = officer.get("/runs/1").text
    for told in ("2 / 2", "Proved", "Hàn Quốc", "at most 2", "Kept", "Digest of the result"):
        assert told in text, told


def test_everybody_is_listed_with_the_reasons_and_found_by_name(officer: TestClient) -> None:
    rows = soup(officer.get("/runs/1/placements")).select("tbody tr")
    assert [row.th.text for row in rows] == ["Lớn Quá", "Nông Trại Số", "Ví Dụ Pay"]
    assert all("startup" in row.text for row in rows)
    found = officer.get("/runs/1/placements?q=nong trai").text
    assert "Startups: 1" in found
    assert "Ví Dụ Pay" not in found
    assert "Not placed (1)" in found
    out = soup(officer.get("/runs/1/placements?state=out")).select("tbody tr")
    assert [row.th.text for row in out] == ["Lớn Quá"]
    at = officer.get("/runs/1/placements?at=seoul-farm").text
    assert "Placed at Seoul Farm Tech" in at


def test_unknown_places_are_told_as_unknown_with_whom_to_ask(officer: TestClient) -> None:
    text = officer.get("/runs/1/programmes").text
    assert "unknown" in text
    assert "Ask the programme for its places" in text


def test_the_fairness_sheet_says_what_is_not_known_of_anybody(officer: TestClient) -> None:
    text = officer.get("/runs/1/fairness").text
    assert "By sector" in text
    assert "Unknown for every startup of the round: support phase; district" in text
    assert "no startup of the round has consented" in text


def test_ways_out_are_told_and_one_is_taken_into_the_next_version(
    house: House, officer: TestClient
) -> None:
    page = officer.get("/runs/3")
    assert "Not all limits can be kept" in page.text
    assert "Ít nhất 3: lower by" in page.text
    assert "Total fit when relaxed" in page.text
    assert post(officer, "/runs/3/relax", way="99").status_code == 404
    taken = post(officer, "/runs/3/relax", way="0")
    assert taken.headers["location"] == f"/cohorts/{TIGHT.id}?said=cohort_relaxed"
    assert run_cohort(house, TIGHT.id).state == "done"
    assert post(officer, "/runs/3/relax", way="0").status_code == 412


def test_a_way_out_widens_each_kind_of_limit() -> None:
    class Numbers:
        programmes = ("a",)
        places, least = (2,), (3,)

    rule = PairRule(startup_id="s", programme_id="a", ruling="forced", why="x")
    before = dataclasses.replace(
        COHORT, intakes=(Intake(programme_id="a", min_intake=3),), pair_rules=(rule,)
    )
    relaxed = (
        Relaxation("places:a", 2), Relaxation("min_intake:a", 1, True), Relaxation("offers:s", 1),
        Relaxation("forced:s:a", 1, True), Relaxation("Hàn Quốc", 4),
    )  # fmt: skip
    numbers: Any = Numbers
    after = relaxed_cohort(before, WayOut(relaxed, 0), numbers, 1)
    assert after.intakes == (Intake(programme_id="a", places=4, min_intake=2),)
    assert after.offers == 2
    assert after.pair_rules == ()
    assert after.quotas[0].at_most == 6


def test_a_startup_is_told_what_would_change_and_what_elsewhere_costs(officer: TestClient) -> None:
    at = "/runs/1/startups/vi-du-pay"
    plain = officer.get(at).text
    assert "Takes some seconds" in plain
    why = officer.get(f"{at}?why=true").text
    assert "proved by running the whole round again" in why or "No single change" in why
    price = officer.get(f"{at}?to=merlion-growth").text
    assert "No placing that keeps all limits" in price
    assert "Proved by solving the whole round again" in price
    assert officer.get(f"{at}?to=unknown").status_code == 404
    assert officer.get("/runs/1/startups/unknown").status_code == 404
    closed = officer.get("/runs/1/startups/lon-qua?to=seoul-farm").text
    assert "is not open to this startup" in closed


def test_from_a_placement_a_pair_is_ruled_on_in_the_next_version(
    house: House, officer: TestClient, run: Run
) -> None:
    at, id = f"/runs/{run.id}/startups/vi-du-pay", run.order.cohort_id
    fields = {"version": "1", "programme": "seoul-farm", "ruling": "forced", "why": ""}
    wrong = post(officer, at, **fields)
    assert wrong.status_code == 422
    assert soup(wrong).find(id="why-fault") is not None
    stale = post(officer, at, **fields | {"version": "9", "why": "Asked for"})
    assert stale.status_code == 412
    assert soup(stale).find(id="why")["value"] == "Asked for"
    done = post(officer, at, **fields | {"why": "Asked for"})
    assert done.headers["location"] == f"/cohorts/{id}?said=cohort_ruled"
    assert kept(house, id).pair_rules[0].ruling == "forced"
    assert "The round was changed after this run" in officer.get(at).text


def test_a_run_is_published_in_part_and_whole_and_undone_with_reasons(
    house: House, officer: TestClient, run: Run
) -> None:
    at, id = f"/runs/{run.id}/publish", run.order.cohort_id
    fields = {"act": "0", "what": "part", "why": "Board of 3 March"}
    nobody = post(officer, at, **fields)
    assert nobody.status_code == 422
    assert soup(nobody).find(id="why")["value"] == "Board of 3 March"
    assert post(officer, at, **fields | {"why": "", "startup": "vi-du-pay"}).status_code == 422
    part = post(officer, at, **fields, startup="vi-du-pay")
    assert part.headers["location"] == f"/cohorts/{id}/published?said=run_published"
    assert [startup for startup, _ in placed(house, run)] == ["vi-du-pay"]
    page = soup(officer.get(at))
    act = page.find("input", attrs={"name": "act"})["value"]
    assert [row.th.text.strip() for row in page.select("tbody tr")] == ["Nông Trại Số"]
    late = post(officer, at, act="0", what="whole", why="late")
    assert late.status_code == 409
    assert "has changed since you saw it" in late.text
    assert post(officer, at, act=act, what="whole", why="All of it").status_code == 303
    assert len(placed(house, run)) == 2
    standing = soup(officer.get(f"/cohorts/{id}/published"))
    assert "Board of 3 March" in standing.text
    last = standing.find("input", attrs={"name": "act"})["value"]
    assert post(officer, f"/cohorts/{id}/undo", act=act, why="late").status_code == 409
    undone = post(officer, f"/cohorts/{id}/undo", act=last, why="A mistake")
    assert undone.headers["location"] == f"/cohorts/{id}/published?said=publication_undone"
    assert len(placed(house, run)) == 1


def test_moves_against_the_published_list_are_told_with_their_reasons(
    house: House, officer: TestClient, run: Run
) -> None:
    id = run.order.cohort_id
    post(officer, f"/runs/{run.id}/publish", act="0", what="whole", why="First")
    rule = PairRule(startup_id="vi-du-pay", programme_id="seoul-farm", ruling="forbidden")
    with transaction(house.parts.engine) as conn:
        now = cohorts.get(conn, id).cohort
        shut = dataclasses.replace(
            now,
            pair_rules=(rule, dataclasses.replace(rule, programme_id="merlion-landing")),
        )
        cohorts.replace(conn, shut, who="test", at=NOW, expected=1)
    after = run_cohort(house, id)
    text = officer.get(f"/runs/{after.id}/moves").text
    assert "Ví Dụ Pay" in text
    assert "no place" in text
    compared = officer.get(f"/runs/compare?a={run.id}&b={after.id}").text
    assert "Startups placed differently (1)" in compared
    assert officer.get(f"/runs/compare?a=1&b={after.id}").status_code == 404
    outdated = post(officer, f"/runs/{run.id}/publish", act="9", what="whole", why="Old")
    assert outdated.status_code == 409


def test_a_run_repeats_bit_for_bit_at_the_press_of_a_button(officer: TestClient) -> None:
    answer = post(officer, "/runs/1/replay")
    assert answer.status_code == 200
    assert "the same again, bit for bit" in answer.text


@pytest.mark.parametrize("form", ["csv", "xlsx", "docx", "flow.svg"])
def test_reports_are_files_under_their_names(officer: TestClient, form: str) -> None:
    answer = officer.get(f"/runs/1/report/{form}")
    assert answer.status_code == 200
    assert f"-1.{form}" in answer.headers["content-disposition"]
    assert "kin@" not in answer.content.decode("latin-1")


def test_what_is_not_there_is_said_so(officer: TestClient) -> None:
    for path in ("/runs/999", "/runs/999/placements", "/runs/1/report/exe", "/runs/3/placements"):
        assert officer.get(path).status_code in (404, 409), path
