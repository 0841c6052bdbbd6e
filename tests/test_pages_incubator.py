"""Pages of incubators and their partners: of officers, and of the incubator that is signed in."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from data import decisions, profiles
from data.audit import read_audit
from data.engines import reading, transaction
from service.matchmaking import Wish
from service.partnering import homes_of, pairs_of_partner, partner_of
from tests import builders
from tests.page_fixtures import account_of, send, soup, visitor
from tests.service_fixtures import NOW, House, build

PAGE = "/incubators/vuon-uom-vi-du"


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that nobody changes."""
    return build(tmp_path_factory.mktemp("quiet"))


@pytest.fixture(scope="module")
def officer(quiet: House) -> Iterator[TestClient]:
    with visitor(quiet, "officer") as one:
        yield one


@pytest.fixture(scope="module")
def incubator(quiet: House) -> Iterator[TestClient]:
    with visitor(quiet, "incubator") as one:
        yield one


def test_the_page_lists_partners_abroad_with_both_directions_of_the_exchange(
    officer: TestClient,
) -> None:
    page = soup(officer.get(PAGE))
    cards = page.select("ol.cards > li")
    assert [card.h3.get_text(strip=True) for card in cards] == ["Seoul Agency", "Merlion Agency"]
    ways = [heading.text for heading in cards[0].select(".way h4")]
    assert ways == [
        "What the partner brings",
        "What the incubator gives back",
        "Exchange in both directions",
    ]
    assert cards[0].h3.a["href"] == "/partners/org-seoul-agency"


def test_incubators_of_the_same_country_are_refused_with_the_reason(officer: TestClient) -> None:
    group = soup(officer.get(PAGE)).select_one("details.group")
    assert "Second Incubator" in group.text
    alone = officer.get(f"{PAGE}/blocked?rule=abroad")
    assert soup(alone).select_one("main a[href='/incubators/vuon-uom-hai']")


def test_partners_are_filtered_by_country_and_limited_per_country(officer: TestClient) -> None:
    page = soup(officer.get(f"{PAGE}?country=SG&per_country=1"))
    assert [h.get_text(strip=True) for h in page.select("ol.cards h3")] == ["Merlion Agency"]


def test_a_decision_about_a_partner_leads_back_and_is_on_record(house: House) -> None:
    partner = "org-seoul-agency"
    with visitor(house, "officer") as one:
        answer = send(
            one, PAGE, f"{PAGE}/decide", partner=partner, decision="shortlisted", why="MOU"
        )
        assert answer.headers["location"] == f"{PAGE}?said=decided#s-{partner}"
        assert "MOU" in soup(one.get(PAGE)).find(id=f"d-{partner}").text
        assert "MOU" in soup(one.get(f"/partners/{partner}")).main.text
        nobody = send(one, PAGE, f"{PAGE}/decide", partner="org-x", decision="declined")
        assert nobody.status_code == 404
        against = send(one, PAGE, f"{PAGE}/decide", partner="vuon-uom-hai", decision="shortlisted")
        assert against.status_code == 422
    with reading(house.parts.engine) as conn:
        made = decisions.latest_about_target(conn, "incubator", partner)
    assert [(one.startup_id, one.decision) for one in made] == [("vuon-uom-vi-du", "shortlisted")]


def test_an_organisation_abroad_tells_its_programmes_and_whom_it_suits(
    officer: TestClient,
) -> None:
    page = soup(officer.get("/partners/org-merlion-agency"))
    links = {a["href"] for a in page.select("section[aria-labelledby=programmes] a")}
    assert links == {
        "/programmes/merlion-landing",
        "/programmes/merlion-growth",
        "/programmes/closed-one",
    }
    homes = [h.get_text(strip=True) for h in page.select("ol.cards h3")]
    assert homes == ["Second Incubator", "Example Incubator"]
    assert officer.get("/partners/org-nobody").status_code == 404


def test_a_pair_has_the_same_points_from_both_ends(quiet: House) -> None:
    matchmaker = quiet.parts.matchmaker
    partner = partner_of(matchmaker, "org-seoul-agency")
    for answer in pairs_of_partner(matchmaker, partner, homes_of(matchmaker)):
        listed = matchmaker.top_partners(answer.asker.id, Wish()).ranking.matches
        points = {match.id: match.score for match in listed}
        assert answer.ranking.matches[0].score == points[partner.id]


def test_near_ties_among_the_incubators_of_a_partner_name_each_other(house: House) -> None:
    twin = builders.incubator(id="vuon-uom-ba", name="Third Incubator")
    with transaction(house.parts.engine) as conn:
        profiles.put(conn, twin, who="test", at=NOW)
    with visitor(house, "officer") as one:
        page = soup(one.get("/partners/org-seoul-agency"))
    assert "Third Incubator" in page.find(id="h-vuon-uom-vi-du").select_one(".tie").text


def test_an_incubator_sees_its_own_partners_and_no_other_incubator(
    incubator: TestClient,
) -> None:
    page = soup(incubator.get("/partners"))
    assert page.h1.text == "Example Incubator"
    assert [h.get_text(strip=True) for h in page.select("ol.cards h3")] == [
        "Seoul Agency",
        "Merlion Agency",
    ]
    assert "Second Incubator" not in page.text
    assert not page.select("form[action$='/decide']")
    for path in ("", "/what-if", "/blocked?rule=abroad", "/profile"):
        assert incubator.get(f"/incubators/vuon-uom-hai{path}").status_code == 404
    assert incubator.get("/partners/vuon-uom-hai").status_code == 404
    own = incubator.get(PAGE, follow_redirects=False)
    assert (own.status_code, own.headers["location"]) == (303, "/partners")


def test_an_incubator_sees_of_a_partner_how_it_suits_itself_alone(incubator: TestClient) -> None:
    page = soup(incubator.get("/partners/org-merlion-agency"))
    assert [h.get_text(strip=True) for h in page.select("ol.cards h3")] == ["Example Incubator"]
    assert all(a["href"].endswith("/profile") for a in page.select("#programmes ~ ul a"))


def test_what_officers_do_is_shut_to_an_incubator_and_all_to_a_startup(
    quiet: House, incubator: TestClient
) -> None:
    for path in ("partners.xlsx", "partners.docx"):
        assert incubator.get(f"{PAGE}/{path}").status_code == 403
    assert incubator.post(f"{PAGE}/decide", data={"partner": "x"}).status_code == 403
    with visitor(quiet, "startup") as one:
        for path in ("/partners", "/partners/org-merlion-agency", PAGE, f"{PAGE}/what-if"):
            assert one.get(path).status_code == 403, path
    with visitor(quiet, "officer") as one:
        assert one.get("/partners").status_code == 403


def test_only_startups_that_consented_are_shown_with_their_programmes(house: House) -> None:
    house.consent("vi-du-pay", "profile", "vuon-uom-vi-du")
    with visitor(house, "incubator") as one:
        page = soup(one.get("/partners"))
        shown = page.select_one("section[aria-labelledby=startups]")
        assert [h.text for h in shown.select("h3")] == ["Ví Dụ Pay"]
        assert "Merlion Landing" in shown.text
        assert "Trần Kín" not in page.text
        assert "kin@vidu.vn" not in page.text
    with visitor(house, "other_incubator") as other:
        assert "Ví Dụ Pay" not in other.get("/partners").text


def test_contacts_are_shown_only_under_their_own_consent_and_noted(house: House) -> None:
    house.consent("vi-du-pay", "profile", "VN")
    house.consent("vi-du-pay", "contact", "VN")
    with visitor(house, "incubator") as one:
        text = one.get("/partners").text
    assert "Trần Kín" in text
    assert "Nguyễn Thị Bí Mật" not in text
    account = account_of(house, "incubator")
    with reading(house.parts.engine) as conn:
        lines = read_audit(conn, who=account.label, kind="startup", id="vi-du-pay")
    assert lines[0].action == "match"
    assert set(lines[0].fields) == {"contact_name", "contact_email"}


@pytest.mark.parametrize("who", ["officer", "incubator"])
def test_what_if_an_incubator_sought_something_else(quiet: House, who: str) -> None:
    query = "turned=yes&wants=lab_access&services=market_access&services=mentoring&sectors=fintech"
    with visitor(quiet, who) as one:
        page = soup(one.get(f"{PAGE}/what-if?{query}"))
    rows = page.select("table.moved tbody tr")
    assert rows[0].th.get_text(strip=True) == "Merlion Agency"
    assert "▲" in rows[0].text
    with reading(quiet.parts.engine) as conn:
        kept = profiles.get(conn, "incubator", "vuon-uom-vi-du")
    assert kept.wants == ("market_access",)


def test_the_files_of_partners_have_both_lists(officer: TestClient) -> None:
    answer = officer.get(f"{PAGE}/partners.xlsx?lang=vi")
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Đủ điều kiện", "Không đủ điều kiện"]
    assert book["Đủ điều kiện"].cell(2, 2).value == "Seoul Agency"
    assert officer.get(f"{PAGE}/partners.docx").content.startswith(b"PK")


@pytest.mark.parametrize("path", ["/partners", "/partners/org-merlion-agency", f"{PAGE}/what-if"])
def test_pages_are_whole_in_vietnamese(incubator: TestClient, path: str) -> None:
    answer = incubator.get(f"{path}?lang=vi")
    assert answer.status_code == 200
    assert answer.headers["content-language"] == "vi"
    incubator.get(f"{path}?lang=en")
