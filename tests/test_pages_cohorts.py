"""Pages on which officers set up cohorts: forms that lose nothing, limits refused beside their
fields, files in and out, versions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from data import cohorts
from data.cohort_workbooks import write_cohort
from data.cohorts import StoredCohort
from data.engines import reading
from data.named_profiles import profiles_named
from matcher.cohort import Cohort, Intake, PairRule
from matcher.profile import Money
from tests.cohort_house import COHORT, ROUND, keep_cohort, run_cohort
from tests.page_fixtures import send, soup, token, visitor
from tests.service_fixtures import House, build

ROUND_AT = f"/cohorts/{ROUND}"
NUMBERS = count(2)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with one cohort that no test changes."""
    made = build(tmp_path_factory.mktemp("house"))
    keep_cohort(made)
    return made


@pytest.fixture(scope="module")
def officer(house: House) -> Iterator[TestClient]:
    with visitor(house, "officer") as one:
        one.get("/account?lang=en")
        yield one


@pytest.fixture
def at(house: House) -> str:
    """The address of a fresh cohort."""
    id = f"dot-{next(NUMBERS)}"
    keep_cohort(house, dataclasses.replace(COHORT, id=id))
    return f"/cohorts/{id}"


def kept(house: House, at: str, version: int | None = None) -> StoredCohort:
    with reading(house.parts.engine) as conn:
        return cohorts.get(conn, at.rpartition("/")[2], version)


def save(client: TestClient, to: str, /, version: int = 1, **fields: Any) -> Response:
    return send(client, "/account", to, version=str(version), **fields)


def details(**changes: str) -> dict[str, str]:
    return {"name": COHORT.name, "offers": "1"} | changes


def faults(answer: Response) -> dict[str, str]:
    """The sentences beside fields, by the name of the field."""
    found = soup(answer).select("p.fault")
    return {str(one["id"]).removesuffix("-fault"): one.text for one in found}


PAGES = ("", "/startups", "/programmes", "/rulings", "/limits", "/runs", "/published", "/history")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_of_a_cohort_reads_in_both_languages(house: House, lang: str) -> None:
    with visitor(house, "officer", lang) as client:
        for path in ("/cohorts", *(ROUND_AT + one for one in PAGES), f"{ROUND_AT}/lists"):
            answer = client.get(f"{path}?lang={lang}")
            assert answer.status_code == 200, path
            page = soup(answer)
            assert page.html["lang"] == lang
            assert len(page.find_all("h1")) == 1
            assert COHORT.name in answer.text


@pytest.mark.parametrize("who", ["startup", "incubator"])
def test_others_than_officers_see_and_change_nothing_of_cohorts(house: House, who: str) -> None:
    with visitor(house, who) as client:
        for path in (
            "/cohorts",
            *(ROUND_AT + one for one in PAGES),
            f"{ROUND_AT}/export",
            "/cohort-form",
        ):
            answer = client.get(path)
            assert answer.status_code == 403, path
            assert COHORT.name not in answer.text
        csrf = token(client, "/account")
        for path in ("", "/runs", "/startups", "/delete", "/undo"):
            path = ROUND_AT + path
            assert client.post(path, data={"csrf": csrf, "version": "1"}).status_code == 403


def test_the_list_tells_state_startups_and_places_with_unknown_ones_as_unknown(
    house: House, officer: TestClient, at: str
) -> None:
    row = row_of(officer, at)
    assert "Draft" in row
    assert "3 known; programmes whose places are unknown: 1" in row
    run_cohort(house, at.rpartition("/")[2])
    assert "Has runs" in row_of(officer, at)


def row_of(officer: TestClient, at: str) -> str:
    found = soup(officer.get("/cohorts")).select(f"tbody tr:has(a[href='{at}'])")
    return str(found[0].text)


def test_a_new_cohort_gets_an_id_of_its_name(house: House, officer: TestClient, at: str) -> None:
    for expected in ("dot-2-nam-2027", "dot-2-nam-2027-2"):
        answer = send(officer, "/cohorts", "/cohorts", name="Đợt 2 năm 2027")
        assert answer.headers["location"] == f"/cohorts/{expected}?said=cohort_made"
    again = send(officer, "/cohorts", "/cohorts", name="  ")
    assert again.status_code == 422
    assert "name" in faults(again)


def test_details_are_saved_as_a_new_version(house: House, officer: TestClient, at: str) -> None:
    fields = details(
        opens_on="2026-04-01", closes_on="2026-06-30", assumed_places="3", least_points="40,5",
        note="Ghi chú",
    )  # fmt: skip
    assert save(officer, at, **fields).headers["location"] == f"{at}?said=cohort_saved"
    after = kept(house, at)
    assert after.version == 2
    assert after.cohort.assumed_places == 3
    assert after.cohort.least_points == 40.5
    assert after.cohort.startups == COHORT.startups
    assert "officer" in after.changed_by.lower()


def test_what_does_not_hold_is_told_beside_its_field_and_nothing_typed_is_lost(
    house: House, officer: TestClient, at: str
) -> None:
    fields = details(budget="a lot", offers="99", note="Typed with care")
    answer = save(officer, at, **fields)
    assert answer.status_code == 422
    assert set(faults(answer)) == {"budget", "offers"}
    assert "Typed with care" in answer.text
    assert soup(answer).find(id="budget")["value"] == "a lot"
    window = save(officer, at, **details(opens_on="2026-06-01", closes_on="2026-05-01"))
    assert set(faults(window)) == {"closes_on"}
    budget = save(officer, at, **details(budget="2 tỷ đồng"))
    assert "cost per place" in faults(budget)["budget"]
    assert kept(house, at).version == 1


def test_two_officers_do_not_overwrite_each_other_unknowingly(
    house: House, officer: TestClient, at: str
) -> None:
    assert save(officer, at, **details(note="Of the first")).status_code == 303
    answer = save(officer, at, version=1, **details(assumed_places="5"))
    assert answer.status_code == 412
    page = soup(answer)
    assert page.find("input", attrs={"name": "version"})["value"] == "2"
    assert page.find(id="note").text == "Of the first"
    assert page.find(id="assumed_places")["value"] == "5"
    assert kept(house, at).cohort.assumed_places is None


def test_startups_are_added_by_search_and_taken_out_with_their_rulings(
    house: House, officer: TestClient
) -> None:
    with_rule = dataclasses.replace(
        COHORT,
        id="hai",
        startups=("vi-du-pay",),
        pair_rules=(
            PairRule(
                startup_id="vi-du-pay", programme_id="merlion-landing", ruling="forced", why="x"
            ),
        ),
    )
    keep_cohort(house, with_rule)
    at = "/cohorts/hai/startups"
    found = officer.get(f"{at}?q=nong trai")
    assert "Nông Trại Số" in found.text
    csrf = token(officer, at)
    form = {"csrf": csrf, "version": "1", "do": "add", "id": ["nong-trai-so"], "query": "q=nong"}
    added = officer.post(at, data=form, follow_redirects=False)
    assert added.headers["location"] == f"{at}?q=nong&said=cohort_saved"
    form |= {"version": "2", "do": "add_all", "id": [], "q": "", "sector": "", "stage": ""}
    officer.post(at, data=form)
    assert len(kept(house, "/cohorts/hai").cohort.startups) == 3
    form |= {"version": "3", "do": "remove", "id": ["vi-du-pay"]}
    officer.post(at, data=form)
    after = kept(house, "/cohorts/hai").cohort
    assert set(after.startups) == {"nong-trai-so", "lon-qua"}
    assert after.pair_rules == ()


def test_places_are_saved_by_line_and_refused_beside_their_line(
    house: House, officer: TestClient, at: str
) -> None:
    here = f"{at}/programmes"
    page = officer.get(here).text
    assert "Unknown: nobody is placed" in page
    assert "how many startups does it take" in page
    lines = {"do": "save", "line": ["merlion-growth", "seoul-farm"], "places:seoul-farm": "2"}
    wrong = save(
        officer, here, **lines, **{"min_intake:seoul-farm": "7", "places:merlion-growth": "4"}
    )
    assert wrong.status_code == 422
    assert set(faults(wrong)) == {"min_intake:seoul-farm"}
    assert "Seoul Farm Tech" in faults(wrong)["min_intake:seoul-farm"]
    assert soup(wrong).find(id="places:merlion-growth")["value"] == "4"
    odd = save(officer, here, **lines, **{"places:merlion-growth": "many"})
    assert set(faults(odd)) == {"places:merlion-growth"}
    good = {"places:merlion-growth": "4", "cost_per_place:merlion-growth": "300 triệu"}
    assert save(officer, here, **lines, **good).status_code == 303
    intakes = {one.programme_id: one for one in kept(house, at).cohort.intakes}
    assert intakes["merlion-growth"].places == 4
    assert intakes["merlion-growth"].cost_per_place == Money(3e8, "VND", 11520.0)
    assert intakes["merlion-landing"].places == 1


def test_programmes_come_and_go(house: House, officer: TestClient, at: str) -> None:
    here = f"{at}/programmes"
    save(officer, here, do="add", id="closed-one")
    assert Intake(programme_id="closed-one") in kept(house, at).cohort.intakes
    save(officer, here, version=2, do="remove", id="seoul-farm")
    assert len(kept(house, at).cohort.intakes) == 3


def test_a_ruling_names_its_pair_and_needs_its_reason(
    house: House, officer: TestClient, at: str
) -> None:
    here = f"{at}/rulings"
    fields = {"startup": "Ví Dụ Pay", "programme": "Nowhere", "ruling": "forced", "why": ""}
    wrong = save(officer, here, **fields)
    assert set(faults(wrong)) == {"programme"}
    assert soup(wrong).find(id="startup")["value"] == "Ví Dụ Pay"
    fields["programme"] = "Seoul Farm Tech"
    assert set(faults(save(officer, here, **fields))) == {"why"}
    assert save(officer, here, **fields | {"why": "The partner asked"}).status_code == 303
    assert kept(house, at).cohort.pair_rules[0].programme_id == "seoul-farm"
    assert "The partner asked" in officer.get(here).text
    save(officer, here, version=2, do="remove", pair="vi-du-pay|seoul-farm")
    assert kept(house, at).cohort.pair_rules == ()


def test_a_limit_is_set_by_what_the_round_has_and_refused_by_its_name(
    house: House, officer: TestClient, at: str
) -> None:
    here = f"{at}/limits"
    options = soup(officer.get(f"{here}?by=sector")).select("#value option")
    assert "Fintech – 2 in the round" in [one.text for one in options]
    fields = {"by": "sector", "value": "fintech", "limit_name": "Fintech", "at_least": "9"}
    wrong = save(officer, here, **fields)
    told = faults(wrong)["limit_name"]
    assert "“Fintech” (Fintech)" in told
    assert "more than the round can place" in told
    assert soup(wrong).find(id="at_least")["value"] == "9"
    assert set(faults(save(officer, here, **fields | {"at_least": "x"}))) == {"at_least"}
    assert save(officer, here, **fields | {"at_least": "1"}).status_code == 303
    changed = fields | {"was": "Fintech", "limit_name": "Fintech, ít nhất", "at_least": "1"}
    assert save(officer, here, version=2, **changed).status_code == 303
    names = [one.name for one in kept(house, at).cohort.quotas]
    assert names == ["Hàn Quốc", "Fintech, ít nhất"]
    save(officer, here, version=3, do="remove", limit="Hàn Quốc")
    assert len(kept(house, at).cohort.quotas) == 1


def test_every_version_is_told_and_can_be_used_again(
    house: House, officer: TestClient, at: str
) -> None:
    save(officer, at, **details(note="Second"))
    save(officer, f"{at}/startups", version=2, do="remove", id="lon-qua")
    rows = [row.text for row in soup(officer.get(f"{at}/history")).select("tbody tr")]
    assert "Startups (1 taken out)" in rows[0]
    assert "Note" in rows[1]
    back = save(officer, f"{at}/restore", version=3, restore="1")
    assert back.headers["location"] == f"{at}?said=cohort_saved"
    assert kept(house, at).cohort == kept(house, at, 1).cohort
    assert kept(house, at).version == 4


def test_a_cohort_is_deleted_only_in_the_version_seen(
    house: House, officer: TestClient, at: str
) -> None:
    assert save(officer, f"{at}/delete", version=7).status_code == 412
    gone = save(officer, f"{at}/delete")
    assert gone.headers["location"] == "/cohorts?said=cohort_deleted"
    assert officer.get(at).status_code == 404


def test_a_workbook_goes_out_and_loads_back_with_every_wrong_line_named(
    house: House, officer: TestClient, at: str
) -> None:
    out = officer.get(f"{at}/export")
    assert out.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert officer.get("/cohort-form").status_code == 200
    id = at.rpartition("/")[2]
    changed = dataclasses.replace(
        COHORT, id=id, startups=("vi-du-pay", "khong-co"), intakes=COHORT.intakes[:2]
    )
    content = workbook(house, changed)
    check = upload(officer, content, do="check", seen=f"{id}@1")
    assert "khong-co" in check.text
    assert "nothing is kept" in check.text
    assert kept(house, at).version == 1
    blind = upload(officer, content, do="load", seen="other@1")
    assert blind.status_code == 422
    done = upload(officer, content, do="load", seen=f"{id}@1")
    assert "Refused lines (1)" in done.text
    assert kept(house, at).cohort.startups == ("vi-du-pay",)
    assert upload(officer, b"", do="load", filename="").status_code == 422


def workbook(house: House, cohort: Cohort) -> bytes:
    with reading(house.parts.engine) as conn:
        startups, programmes = profiles_named(conn, "startup"), profiles_named(conn, "programme")
    return write_cohort(cohort, startups, programmes, "en")


def upload(client: TestClient, content: bytes, filename: str = "r.xlsx", **fields: str) -> Response:
    data = {"csrf": token(client, "/cohorts")} | fields
    files = {"file": (filename, content)} if filename else None
    return client.post("/cohorts/import", data=data, files=files)
